# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: long processors=2
#
# The machine changes while requests run: processors come and go, the clock jumps.

. /umd/ktap.sh
. /umd/umd_test.sh
. /umd/crowd.sh

CPU1=/sys/devices/system/cpu/cpu1/online

processors_come_and_go_while_requests_run() {
	several
	crowd_begins
	for _ in 1 2 3 4 5; do
		for online in 0 1; do
			expect "$(write_errno $CPU1 $online)" 0 "$online in online"
			goes_on
		done
	done
	crowd_ends
}

# jump SECONDS: sets the clock forward or backward.
jump() {
	date -s "@$(($(date +%s) + $1))" >/dev/null || fail "the clock cannot be set"
}

YEAR=31536000

the_clock_jumps_while_requests_run() {
	several
	crowd_begins
	for _ in 1 2 3; do
		jump $YEAR
		goes_on
		jump -$YEAR
		goes_on
	done
	crowd_ends
}

no_deadline_comes_with_a_jump_of_the_clock() {
	fresh timeout_ms=60000
	pid=$(handlers uma)
	in_flight uma one call uma op=hold
	queued uma two call uma
	jump $YEAR
	is 1 busy uma || fail "the request has ended"
	kill -0 "$pid_one" "$pid_two" || fail "a call has ended"
	go_on "$pid"
	finish one 0
	finish two 0
	jump -$YEAR
	expect "$(handlers uma)" "$pid" "the Handler"
}

nor_is_one_put_off() {
	fresh timeout_ms=60000
	in_flight uma one call uma op=never timeout_ms=2000
	jump -$YEAR
	finish one ETIMEDOUT
	lasted "$(value ms)" 1900 4000 "the time in ms"
	jump $YEAR
	does 0 call uma
}

umd_test_begin
ktap_run processors_come_and_go_while_requests_run \
	the_clock_jumps_while_requests_run \
	no_deadline_comes_with_a_jump_of_the_clock nor_is_one_put_off
