# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: with=kcsan
#
# Handlers and callers that look for what they wait for before they sleep, for which
# there have to be several processors.

. /umd/ktap.sh
. /umd/umd_test.sh

# sleeps DRIVER: how often its Handler has gone to sleep.
sleeps() {
	sed -n 's/^voluntary_ctxt_switches:\s*//p' "/proc/$(handlers "$1")/status"
}

# asks_in_a_row: asks a thousand times; sets slept, how often the Handler did.
asks_in_a_row() {
	_before=$(sleeps uma)
	does 0 measure uma requests=1000
	slept=$(($(sleeps uma) - _before))
}

sleeps_often() {
	asks_in_a_row
	[ $slept -ge 500 ]
}

hardly_sleeps() {
	asks_in_a_row
	[ $slept -lt 400 ]
}

handlers_that_spin_need_not_sleep() {
	fresh
	does 0 call uma
	# With one processor, nobody could happen to do anything meanwhile. With
	# more of them, other programs of the machine may be on them, and both of
	# ours on one.
	if [ "$(nproc)" -gt 1 ]; then
		set_parameters spin_us=0
		wait_for 20 sleeps_often
		set_parameters spin_us=1000
		wait_for 20 hardly_sleeps
	fi
	does 0 stress uma threads=4 requests=200
	expect "$(calls)" "0=800" "the calls"
	expect "$(value wrong)" 0 "wrong replies"
	kill_handlers uma
	does 0 call uma
	in_flight uma one call uma op=never
	does 0 unload uma
	finish one ESHUTDOWN
	expect "$(count_handlers uma)" 0 "Handlers"
	expect "$(write_errno $PARAMETERS/spin_us 1001)" EINVAL "a long time"
	default_parameters
}

umd_test_begin
ktap_run handlers_that_spin_need_not_sleep
