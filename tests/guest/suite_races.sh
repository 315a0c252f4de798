# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
#
# All that can happen to a driver at the same time, on four processors: callers,
# callers that are killed, kills of Handlers, stops, aborts, unloads, loads,
# parameters, looks at its files, and Handlers that crash by themselves. Every
# call returns, with an error that is possible or with its own reply.
#
# The first argument is how many rounds each of them makes (default 5).

ROUNDS=5
case $1 in
[1-9]*)
	ROUNDS=$1
	shift
	;;
esac

. /umd/ktap.sh
. /umd/umd_test.sh
. /umd/leaks.sh

# Each does its deed over and over, so long as there is work.
DOING=/tmp/doing

repeat() {
	while [ -e $DOING ]; do
		"$@"
		# A pause that is not the same each time.
		usleep $(($$ * 7919 % 5000 + 500))
	done
}

kills() {
	# shellcheck disable=SC2046
	kill -KILL $(pidof uma) 2>/dev/null
}

stops_handlers() {
	for pid in $(pidof uma); do
		kill -STOP "$pid" 2>/dev/null
		kill -CONT "$pid" 2>/dev/null
	done
}

unloads() { umd unload uma >/dev/null; }
loads() { umd load uma path=$ELF >/dev/null; }
aborts() { echo 1 >$ADMIN/uma/abort; }

stops_and_goes_on() {
	echo 1 >$ADMIN/uma/stopped
	echo 0 >$ADMIN/uma/stopped
}

looks() {
	cat $DEBUG/uma/* $ADMIN/uma/stopped >/dev/null
}

sets_parameters() {
	default_parameters
	set_parameters start_limit=0 crash_limit=0 crash_window_ms=1
}

kills_a_caller() {
	umd call uma op=spin count=$((SPIN * 20)) >/dev/null 2>&1 &
	usleep 10000
	kill -KILL $! 2>/dev/null
	wait $!
}

crashes_one() { umd call uma op=fault >/dev/null; }

# A driver that comes and goes beside it.
registers_another() {
	umd register umb max_workers=2 >/dev/null
	umd load umb path=$ELF >/dev/null
	umd call umb >/dev/null
	umd unregister umb >/dev/null
}

# calls_are_possible: each error of the last answer is one that these deeds
# may cause.
calls_are_possible() {
	for count in $(calls); do
		case ${count%=*} in
		0 | EPIPE | ESHUTDOWN | ECANCELED | EPERM | EHOSTDOWN | ENOPROTOOPT) ;;
		ETIMEDOUT) ;; # a Handler that was stopped while it worked
		*) fail "a call returned ${count%=*}" ;;
		esac
	done
}

# race WORKERS DEED...: the deeds, while eight callers ask.
race() {
	known uma timeout_ms=2000 max_workers="$1" idle_ms=20
	shift
	sets_parameters
	loads_on_demand $ELF
	touch $DOING
	# Not into the next test, when this one fails.
	trap 'rm -f $DOING' EXIT
	deeds=
	for deed; do
		repeat "$deed" 2>/dev/null &
		deeds="$deeds $!"
	done
	for round in $(seq "$ROUNDS"); do
		does 0 stress uma threads=8 requests=8 in=1000 op=spin \
			count=$((SPIN / 2)) pause_us=2000
		expect "$(value wrong)" 0 "wrong replies in round $round"
		calls_are_possible
		calls >>/tmp/race_calls
	done
	rm $DOING
	for deed in $deeds; do
		wait "$deed" || fail "one of them has ended before"
	done
	works_again
	does_not_load_on_demand
}

works_again() {
	echo 0 >$ADMIN/uma/stopped
	umd load uma path=$ELF >/dev/null
	default_parameters
	does 0 call uma
	expect "$(value right)" 1 "the reply"
}

kills_and_crashes() { race 2 kills stops_handlers crashes_one kills_a_caller; }
loads_and_unloads() { race 2 loads unloads looks kills_a_caller; }
the_administrator() { race 1 aborts stops_and_goes_on looks sets_parameters; }

all_at_once() {
	race 4 kills stops_handlers crashes_one kills_a_caller loads unloads \
		aborts stops_and_goes_on looks sets_parameters registers_another
	sort /tmp/race_calls | tr ' ' '\n' |
		awk -F= '{ n[$1] += $2 } END { for (e in n) print e, n[e] }'
	echo "$((4 * ROUNDS)) rounds of races"
}

nothing_is_left() {
	wait_for 20 forget umb
	does_not_leak "$BEFORE" $((4 * ROUNDS * 64))
}

umd_test_begin
known uma
does 0 load uma path=$ELF
does 0 stress uma threads=8 requests=8
does 0 unload uma
BEFORE=$(usage)
ktap_run kills_and_crashes loads_and_unloads the_administrator all_at_once \
	nothing_is_left
