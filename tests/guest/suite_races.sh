# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: ends processors=4 with=kcsan without=uml
#
# All that can happen to a driver at the same time, on four processors: callers,
# callers that are killed, kills of Handlers, stops, aborts, unloads, loads,
# parameters, looks at its files, and Handlers that crash by themselves. Every
# call returns, with an error that is possible or with its own reply. How many
# Handlers there are changes all the time, too: they end when they are idle.
#
# User Mode Linux has one processor, where nothing races. (Version 6.12 also
# faults itself, in flush_tlb_mm(), when a fork is interrupted by the kills.)
#
# The first argument is how many rounds each of them makes at least (default 5).

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

# Each action is repeated so long as there is work.
DOING=/tmp/doing

repeat() {
	while [ -e $DOING ]; do
		"$@"
		# A pause that is not the same each time.
		usleep $(($$ * 7919 % 5000 + 500))
	done
}

kills() {
	for pid in $(pidof uma); do
		kill -KILL "$pid" && echo >>/tmp/kills
	done
}

stops_handlers() {
	for pid in $(pidof uma); do
		kill -STOP "$pid" 2>/dev/null
		kill -CONT "$pid" 2>/dev/null
	done
}

unloads() { umd unload uma >/dev/null; }
loads() { umd load uma path=$ELF >/dev/null; }
# The administrator takes his time, or nothing would ever go well: an abort also ends
# what waits for a binary.
aborts() {
	echo 1 >$ADMIN/uma/abort
	usleep 150000
}

stops_and_goes_on() {
	echo 1 >$ADMIN/uma/stopped
	echo 0 >$ADMIN/uma/stopped
	usleep 150000
}

looks() {
	cat $DEBUG/uma/* $ADMIN/uma/stopped >/dev/null
}

# No limit is ever low enough to refuse a call: however late this comes to its last
# line, calls go on meanwhile.
sets_parameters() {
	set_parameters start_limit=1000000 start_window_ms=10000 \
		crash_limit=1000000 crash_window_ms=10000 spin_us=20
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

# Whether the driver is loaded before the actions begin, or by the first call.
loaded_before=

# race WORKERS ERRORS ACTION...: the actions, while eight callers ask, whose calls
# go well or end with one of the errors that these actions may cause.
race() {
	# Where no call may time out, a slow machine must not be the reason for it.
	case $2 in
	*ETIMEDOUT*)
		deadline_ms=$((2000 * SLOW))
		# A request that would be late may also end before that.
		possible=" 0 EAGAIN $2 "
		;;
	*)
		deadline_ms=60000
		possible=" 0 $2 "
		;;
	esac
	known uma timeout_ms=$deadline_ms load_timeout_ms=60000 max_workers="$1" idle_ms=20
	[ ! "$loaded_before" ] || does 0 load uma path=$ELF
	shift 2
	sets_parameters
	: >/tmp/race_calls
	: >/tmp/kills
	loads_on_demand $ELF
	touch $DOING
	# Not into the next test, when this one fails.
	trap 'rm -f $DOING' EXIT
	actions=
	for action; do
		repeat "$action" 2>/dev/null &
		actions="$actions $!"
	done
	round=0
	while [ $round -lt "$ROUNDS" ] || lacks_kills; do
		round=$((round + 1))
		echo $round >>/tmp/rounds
		# A request takes 5 ms or more: long enough to meet the actions.
		does 0 stress uma threads=8 requests=8 in=1000 op=spin \
			count=$((SPIN * 5)) pause_us=2000
		expect "$(value wrong)" 0 "wrong replies in round $round"
		calls >>/tmp/race_calls
	done
	rm $DOING
	for action in $actions; do
		wait "$action" || fail "an action has ended before"
	done
	works_again
	does_not_load_on_demand
	for count in $(cat /tmp/race_calls); do
		case $possible in
		*" ${count%=*} "*) ;;
		*) fail "a call returned ${count%=*}" ;;
		esac
	done
	sums
	[ "$(calls_with 0)" -gt 0 ] || fail "none went well"
}

# In a slow guest kills come less often than rounds are over.
least_kills=0
lacks_kills() {
	[ "$(wc -l </tmp/kills)" -lt $least_kills ] && [ $round -lt 100 ]
}

# How all calls of the race went: ERROR COUNT.
sums() {
	tr ' ' '\n' </tmp/race_calls |
		awk -F= '{ n[$1] += $2 } END { for (e in n) print e, n[e] }'
}

calls_with() {
	sums | awk -v error="$1" '$1 == error { n = $2 } END { print n + 0 }'
}

works_again() {
	echo 0 >$ADMIN/uma/stopped
	umd load uma path=$ELF >/dev/null
	default_parameters
	does 0 call uma
	expect "$(value right)" 1 "the reply"
}

# A Handler that is stopped while it works may be late.
kills_and_crashes() {
	least_kills=10
	race 2 "EPIPE ETIMEDOUT" kills stops_handlers crashes_one kills_a_caller
	kills=$(wc -l </tmp/kills)
	echo "$kills Handlers killed"
	# A killed Handler takes the request with it that it has read, and no other.
	between "$(calls_with EPIPE)" 1 "$kills" "the requests lost"
}

loads_and_unloads() { race 2 "ESHUTDOWN ENOPROTOOPT" loads unloads looks kills_a_caller; }

# A stop that cuts a load short ends that load. The calls that have come since then go
# with it (ESHUTDOWN), so the load is over before the first stop.
the_administrator() {
	loaded_before=1
	race 1 "ECANCELED EPERM" aborts stops_and_goes_on looks sets_parameters
}

all_at_once() {
	race 4 "EPIPE ETIMEDOUT ESHUTDOWN ENOPROTOOPT ECANCELED EPERM" \
		kills stops_handlers crashes_one kills_a_caller loads unloads \
		aborts stops_and_goes_on looks sets_parameters registers_another
	echo "$(wc -l </tmp/rounds) rounds of races"
}

nothing_is_left() {
	wait_for 20 forget umb
	does_not_leak "$BEFORE" $((64 * $(wc -l </tmp/rounds)))
}

umd_test_calibrate
: >/tmp/rounds
known uma
does 0 load uma path=$ELF
does 0 stress uma threads=8 requests=8
does 0 unload uma
BEFORE=$(usage)
ktap_run kills_and_crashes loads_and_unloads the_administrator all_at_once \
	nothing_is_left
