# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: ends with=kcsan programs=meet
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

# two_processors_run: whether they do at the same time, just now. Other programs of the
# machine may be on them, and both of ours on one.
two_processors_run() {
	[ "$(/umd/meet 1000)" -lt 100 ]
}

# spinning_pays: fails when Handlers sleep although they need not.
spinning_pays() {
	_tries=0
	_end=$(($(now) + 2000 * SLOW))
	until hardly_sleeps; do
		! two_processors_run || _tries=$((_tries + 1))
		[ $_tries -lt 10 ] || fail "the Handler slept $slept times of 1000"
		[ "$(now)" -lt "$_end" ] || {
			echo "the machine has no two processors for the guest"
			return
		}
	done
}

handlers_that_spin_need_not_sleep() {
	fresh
	does 0 call uma
	# With one processor, nobody could happen to do anything meanwhile.
	if [ "$(nproc)" -gt 1 ]; then
		set_parameters spin_us=0
		wait_for 20 sleeps_often
		set_parameters spin_us=1000
		spinning_pays
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
