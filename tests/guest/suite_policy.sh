# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: ends clock=instructions programs=look
#
# The failure policy: who has to wait after failures, causes of death, what
# becomes of the requests of a Handler that dies, bounded queues.

. /umd/ktap.sh
. /umd/machine.sh
. /umd/umd_test.sh

# fails_to_start ERROR ELF: loads it until the driver backs off.
fails_to_start() {
	default_parameters
	set_parameters start_window_ms=$((3000 * SLOW))
	known uma timeout_ms=${3-5000}
	began=$(now)
	for round in 1 2 3 4 5; do
		does "$1" load uma path="$2"
		expect "$(count_handlers uma)" 0 "Handlers after load $round"
	done
	lasted $(($(now) - began)) 0 250 "the time for this test's loads"
	does EHOSTDOWN call uma
	lasted "$(value ms)" 0 1000 "the time"
	expect "$(state uma)" failing state
}

a_file_that_is_no_program_trips_the_back_off() {
	fails_to_start ENOEXEC /umd/ktap.sh
}

an_exit_before_HELLO_trips_the_back_off() {
	fails_to_start EPIPE /umd/test_umh_exit
}

no_answer_to_HELLO_trips_the_back_off() {
	fails_to_start ETIMEDOUT /umd/test_umh_hang 200
}

another_version_trips_the_back_off() {
	fails_to_start EPROTO /umd/test_umh_version
}

other_limits_trip_the_back_off() {
	fails_to_start EPROTO /umd/test_umh_limits
}

a_status_to_HELLO_trips_the_back_off() {
	fails_to_start EPROTO /umd/test_umh_status
}

# fails_in_post_start NUMBER ERROR
fails_in_post_start() {
	fresh post_start=1
	set_parameters start_window_ms=$((3000 * SLOW))
	does 0 post_start uma post_start=-"$1"
	kill_handlers uma
	for round in 1 2 3 4 5; do
		expect "$(state uma)" idle "state before start $round"
		does "$2" call uma
	done
	does EHOSTDOWN call uma
	lasted "$(value ms)" 0 1000 "the time"
	expect "$(state uma)" failing state
	expect "$(statistic uma end_start)" 5 "Handlers whose start failed"
}

a_failing_post_start_trips_the_back_off() { fails_in_post_start 126 ENOKEY; }
# EBUSY of post_start says nothing of user mode helpers.
a_post_start_that_is_busy_does_too() { fails_in_post_start 16 EBUSY; }

the_back_off_ends_with_the_window() {
	fresh post_start=1
	set_parameters start_window_ms=$((2000 * SLOW)) start_limit=2
	does 0 post_start uma post_start=-126
	kill_handlers uma
	began=$(now)
	does ENOKEY call uma
	does ENOKEY call uma
	does EHOSTDOWN call uma
	does 0 post_start uma post_start=1
	wait_for 10 is idle state uma
	# The window is that of the last failure, a little after $began.
	lasted $(($(now) - began)) $((199 * SLOW)) 400 "the time in hundredths of a second"
	does 0 call uma
}

a_start_that_works_is_not_held_against_the_driver() {
	fresh post_start=1
	for round in 1 2 3 4 5 6 7; do
		kill_handlers uma
		does 0 call uma
	done
}

# The Handler may exit before its start is over. There is nothing to ask in that
# case.
loads_one_that_exits_later() {
	known uma
	is "error 0" umd load uma path=/umd/test_umh_exit_later
}

an_exit_right_after_HELLO_fails_the_requests() {
	default_parameters
	wait_for 30 loads_one_that_exits_later
	errors=
	for round in 1 2 3 4 5 6 7 8; do
		answer=$(umd call uma)
		errors="$errors $(value error)"
	done
	echo "$errors"
	case $errors in
	*" EPIPE"*" EHOSTDOWN") ;;
	*) fail "no EPIPE, or no EHOSTDOWN in the end" ;;
	esac
	case $errors in
	*EHOSTDOWN*EPIPE*) fail "the back-off did not last" ;;
	esac
	between "$(statistic uma starts)" 1 5 starts
}

# A Handler that never reads a request is no better than one that does not start.
a_handler_that_stops_reading_costs_a_deadline() {
	default_parameters
	known uma timeout_ms=$((500 * SLOW))
	does 0 load uma path=/umd/test_umh_deaf
	for round in 1 2 3 4 5; do
		does ETIMEDOUT call uma
		# The deadline counts from the start.
		lasted "$(value ms)" 0 3000 "the time"
		wait_for 5 is 0 count_handlers uma
	done
	expect "$(statistic uma end_timeout)" 5 "Handlers that hung"
	does EHOSTDOWN call uma
}

# crashes UID ERROR COUNT ARGUMENTS...: COUNT calls of the user, each of which
# must end with ERROR.
crashes() {
	_uid=$1 _want=$2 _count=$3
	shift 3
	does 0 stress uma uid="$_uid" requests="$_count" "$@"
	expect "$(calls)" "$_want=$_count" "the calls of user $_uid"
}

# only_the_user_waits ERROR ARGUMENTS...
only_the_user_waits() {
	fresh
	_error=$1
	shift
	crashes 1000 "$_error" 5 "$@"
	crashes 1000 EHOSTDOWN 3
	lasted "$(value slowest_us)" 0 1000000 "the time"
	crashes 2000 0 3
	does 0 call uma
	expect "$(state uma)" running state
}

exits_are_charged_to_the_user() { only_the_user_waits EPIPE op=exit; }
faults_are_charged_to_the_user() { only_the_user_waits EPIPE op=fault; }
forbidden_calls_are_charged_to_the_user() {
	only_the_user_waits EPIPE op=call count=$NR_getpid
}
violations_are_charged_to_the_user() { only_the_user_waits EPROTO op=bad; }
hangs_are_charged_to_the_user() {
	# Enough to find, or to start, one that reads it.
	only_the_user_waits ETIMEDOUT op=never timeout_ms=$((300 * SLOW))
}

# Together they take longer than the window, which begins anew with each.
slow_hangs_are_charged_too() {
	fresh
	set_parameters crash_window_ms=$((1200 * SLOW)) crash_limit=3
	crashes 1000 ETIMEDOUT 3 op=never timeout_ms=$((700 * SLOW))
	crashes 1000 EHOSTDOWN 1
	crashes 2000 0 1
}

# ends_after_the_reply CAUSE OP
ends_after_the_reply() {
	fresh timeout_ms=$((300 * SLOW))
	set_parameters crash_limit=3
	for round in 1 2 3; do
		crashes 1000 0 1 op="$2"
		# Nobody has to ask for that.
		wait_for 5 is 0 count_handlers uma
	done
	expect "$(statistic uma "end_$1")" 3 "Handlers that ended so"
	crashes 1000 EHOSTDOWN 1
	crashes 2000 0 1
}

hangs_after_the_reply_are_charged_too() { ends_after_the_reply timeout reply_hang; }
exits_after_the_reply_are_charged_too() { ends_after_the_reply exit reply_exit; }

# With one Handler: the next one gets the request.
a_hang_after_the_reply_costs_the_next_caller_time_only() {
	fresh timeout_ms=$((300 * SLOW))
	crashes 1000 0 1 op=reply_hang
	crashes 2000 0 1 timeout_ms=$((5000 * SLOW))
}

# asks_as ID OWNER MAP: has an id in a user namespace that OWNER has made, with
# that map beside OWNER as 0, crash a Handler, and prints the error.
asks_as() {
	rm -f /tmp/inside /tmp/mapped
	cat >/tmp/inner <<-END
		echo \$\$ >/tmp/inside
		until [ -e /tmp/mapped ]; do usleep 10000; done
		su -s /bin/sh $1 -c 'echo "call uma op=exit" >&3 && cat <&3'
	END
	su -s /bin/sh "$2" -c "unshare -U sh /tmp/inner" 3<>"$CONTROL" >/tmp/asked &
	wait_for 5 [ -s /tmp/inside ]
	_pid=$(cat /tmp/inside)
	for _map in uid_map gid_map; do
		printf '0 %s 1\n%s\n' "$(id -u "$2")" "$3" >"/proc/$_pid/$_map" || fail $_map
	done
	touch /tmp/mapped
	wait $!
	answer=$(cat /tmp/asked)
	value error
}

# A user gets such ids by newuidmap, for one.
ids_of_a_users_own_namespace_are_charged_to_him() {
	mkdir -p /etc
	for id in 0:root 1:one 2:two 3:three 4:four 1000:owner; do
		echo "${id#*:}:x:${id%:*}:${id%:*}::/:/bin/sh"
	done >/etc/passwd
	fresh
	set_parameters crash_limit=3
	for id in one two three; do
		expect "$(asks_as $id owner "1 100001 9")" EPIPE "the error of id $id"
	done
	expect "$(asks_as four owner "1 100001 9")" EHOSTDOWN "the error of another id"
	crashes 1000 EHOSTDOWN 1
	crashes 2000 0 1
	# Ids of a namespace that root has made, as for a container, are users.
	for id in one two three four; do
		expect "$(asks_as $id root "1 200001 9")" EPIPE "the error of user $id"
	done
	rm /etc/passwd
}

the_user_may_ask_again_after_the_window() {
	fresh
	set_parameters crash_window_ms=$((2000 * SLOW)) crash_limit=2
	crashes 1000 EPIPE 2 op=exit
	began=$(now)
	crashes 1000 EHOSTDOWN 1
	while [ "$(umd stress uma uid=1000 | grep -c calls_0)" = 0 ]; do
		usleep 20000
		[ $(($(now) - began)) -lt $((1000 * SLOW)) ] || fail "still down"
	done
	# What is not forgotten yet counts.
	crashes 1000 EPIPE 1 op=exit
	crashes 1000 EHOSTDOWN 1
}

kills_from_outside_are_charged_to_nobody() {
	fresh timeout_ms=60000
	for round in 1 2 3 4 5 6; do
		in_flight uma victim call uma op=never
		kill_handlers uma
		finish victim EPIPE
	done
	does 0 call uma
	expect "$(statistic uma end_outside)" 6 "kills from outside"
}

idle_ends_are_charged_to_nobody() {
	fresh idle_ms=20
	for round in 1 2 3 4 5 6 7; do
		wait_for 5 is idle state uma
		does 0 call uma
	done
}

a_limit_of_zero_is_no_limit() {
	fresh post_start=1
	set_parameters crash_limit=0 start_limit=0
	crashes 1000 EPIPE 8 op=exit
	does 0 post_start uma post_start=-126
	for round in 1 2 3 4 5 6 7 8; do
		does ENOKEY call uma
	done
	default_parameters
}

# dies CAUSE COMMAND...: checks that a Handler ended by that cause.
dies() {
	_cause=$1
	shift
	_before=$(statistic uma "end_$_cause")
	umd "$@" >/dev/null
	wait_for 5 is $((_before + 1)) statistic uma "end_$_cause"
	expect "$(statistic uma last_end)" "$_cause" "the cause after '$*'"
}

causes_of_death_are_told_apart() {
	fresh
	dies exit call uma op=exit count=3
	dies fault call uma op=fault
	dies fault call uma op=illegal
	dies seccomp call uma op=call count=$NR_getpid
	default_parameters
	fresh
	dies seccomp call uma op=call count=$NR_exit_group
	dies violation call uma op=bad
	dies timeout call uma op=never timeout_ms=100
	does 0 call uma
	kill_handlers uma
	wait_for 5 is outside statistic uma last_end
	does 0 call uma
	dies unload unload uma
}

signals_from_outside_are_told_from_crashes() {
	fresh
	for signal in TERM HUP INT KILL; do
		does 0 call uma
		pid=$(handlers uma)
		kill -$signal "$pid"
		wait_for 5 gone "$pid"
		expect "$(statistic uma last_end)" outside "after SIG$signal"
	done
}

the_oom_killer_is_told_from_others() {
	default_parameters
	# The machine has less than the Handler's .bss.
	echo 1 >/proc/sys/vm/overcommit_memory
	known uma memory_max=2147483648 oom_score_adj=1000 timeout_ms=60000
	does 0 load uma path=/umd/test_umh_huge
	does EPIPE call uma op=touch count=1000
	expect "$(statistic uma last_end)" oom "the cause"
	for round in 1 2 3 4 5; do
		does 0 call uma
	done
	echo 0 >/proc/sys/vm/overcommit_memory
}

unread_requests_go_to_the_next_handler() {
	fresh timeout_ms=60000
	in_flight uma first call uma op=never
	queued uma second call uma
	queued uma third call uma op=spin count=1000
	kill_handlers uma
	finish first EPIPE
	for name in second third; do
		finish $name 0
		expect "$(value right)" 1 "the reply of $name"
	done
}

a_stopped_handler_costs_no_unread_request() {
	fresh timeout_ms=60000
	# The request comes before the process has stopped, and after.
	for round in $(seq 40); do
		pid=$(handlers uma)
		kill -STOP "$pid"
		[ $((round % 2)) = 0 ] || wait_for 5 gone "$pid"
		does 0 call uma
		expect "$(value right)" 1 "the reply"
		lasted "$(value ms)" 0 5000 "the time of round $round"
		wait_for 5 gone "$pid"
	done
	expect "$(statistic uma end_traced)" 40 "Handlers replaced"
}

# The Handler is stopped as soon as it has replied, in the read() that has brought
# the reply.
a_handler_about_to_stop_takes_no_request() {
	fresh timeout_ms=60000
	pid=$(handlers uma)
	in_flight uma one call uma op=hold
	queued uma two call uma
	/umd/look stop "$pid" || fail look
	finish one 0
	finish two 0
	expect "$(value right)" 1 "the reply"
	wait_for 5 gone "$pid"
	expect "$(statistic uma end_traced)" 1 "Handlers replaced"
}

a_stopped_handler_costs_its_request_a_deadline() {
	fresh timeout_ms=$((1000 * SLOW))
	pid=$(handlers uma)
	in_flight uma one call uma op=hold
	freeze "$pid"
	finish one ETIMEDOUT
	lasted "$(value ms)" $((1000 * SLOW)) 4000 "the time"
	wait_for 5 gone "$pid"
	does 0 call uma
}

other_requests_are_not_made_twice() {
	fresh timeout_ms=60000
	in_flight uma one call uma op=hold
	kill_handlers uma
	finish one EPIPE
}

idempotent_requests_are_made_twice() {
	fresh timeout_ms=60000 idempotent=1
	in_flight uma one call uma op=hold
	kill_handlers uma
	wait_for 10 is 1 busy uma
	all_go_on uma
	finish one 0
	expect "$(value right)" 1 "the reply"
	expect "$(statistic uma starts)" 2 starts
}

idempotent_requests_are_not_made_three_times() {
	fresh timeout_ms=60000 idempotent=1
	in_flight uma one call uma op=never
	kill_handlers uma
	wait_for 5 is 1 busy uma
	kill_handlers uma
	finish one EPIPE
	does 0 call uma
}

idempotent_requests_that_crash_are_not_made_twice() {
	fresh idempotent=1
	does EPIPE call uma op=fault
	does EPROTO call uma op=bad
	does ETIMEDOUT call uma op=never timeout_ms=200
	expect "$(statistic uma requests)" 3 requests
	expect "$(statistic uma end_fault)" 1 faults
}

# The second worker cannot be started, the first one works, then is killed.
what_waits_when_the_back_off_begins_is_told() {
	fresh timeout_ms=60000 max_workers=2 post_start=1
	set_parameters start_limit=1 start_window_ms=60000
	does 0 post_start uma post_start=-126
	in_flight uma one call uma op=never
	queued uma two call uma
	wait_for 10 is 1 statistic uma end_start
	queued uma three call uma
	kill_handlers uma
	finish one EPIPE
	finish two EHOSTDOWN
	finish three EHOSTDOWN
	expect "$(state uma)" failing state
	default_parameters
}

# The start that is cut short comes back when the driver goes on already.
a_stop_in_the_middle_of_a_start_is_told_to_nobody_later() {
	fresh timeout_ms=60000 post_start=1
	does 0 post_start uma post_start=2000
	kill_handlers uma
	begin one call uma
	wait_for 5 grep -q starting $DEBUG/uma/workers
	stops uma 1
	finish one EPERM
	does 0 post_start uma post_start=1
	stops uma 0
	does 0 call uma
	expect "$(statistic uma end_start)" 0 "starts that failed"
}

the_queue_is_bounded() {
	fresh timeout_ms=60000 max_queued=3
	in_flight uma busy call uma op=hold
	queued uma one call uma
	queued uma two call uma
	queued uma three call uma
	does EAGAIN call uma
	lasted "$(value ms)" 0 1000 "the time"
	all_go_on uma
	for name in busy one two three; do
		finish $name 0
	done
	does 0 call uma
	expect "$(statistic uma error_EAGAIN)" 1 "calls refused"
}

one_user_cannot_fill_the_queue() {
	fresh timeout_ms=60000 max_queued=100 max_queued_uid=2
	in_flight uma busy call uma op=hold
	queued uma one stress uma uid=1000
	queued uma two stress uma uid=1000
	does 0 stress uma uid=1000
	expect "$(calls)" EAGAIN=1 "the third call of user 1000"
	queued uma three stress uma uid=2000
	all_go_on uma
	for name in busy one two three; do
		finish $name 0
	done
	expect "$(calls)" 0=1 "the first call of user 2000"
}

umd_test_begin
ktap_run a_file_that_is_no_program_trips_the_back_off \
	an_exit_before_HELLO_trips_the_back_off \
	no_answer_to_HELLO_trips_the_back_off \
	another_version_trips_the_back_off other_limits_trip_the_back_off \
	a_status_to_HELLO_trips_the_back_off \
	a_failing_post_start_trips_the_back_off \
	a_post_start_that_is_busy_does_too \
	the_back_off_ends_with_the_window \
	a_start_that_works_is_not_held_against_the_driver \
	an_exit_right_after_HELLO_fails_the_requests \
	a_handler_that_stops_reading_costs_a_deadline \
	exits_are_charged_to_the_user faults_are_charged_to_the_user \
	forbidden_calls_are_charged_to_the_user \
	violations_are_charged_to_the_user hangs_are_charged_to_the_user \
	slow_hangs_are_charged_too hangs_after_the_reply_are_charged_too \
	exits_after_the_reply_are_charged_too \
	a_hang_after_the_reply_costs_the_next_caller_time_only \
	ids_of_a_users_own_namespace_are_charged_to_him \
	the_user_may_ask_again_after_the_window \
	kills_from_outside_are_charged_to_nobody \
	idle_ends_are_charged_to_nobody a_limit_of_zero_is_no_limit \
	causes_of_death_are_told_apart \
	signals_from_outside_are_told_from_crashes \
	the_oom_killer_is_told_from_others \
	unread_requests_go_to_the_next_handler \
	a_stopped_handler_costs_no_unread_request \
	a_handler_about_to_stop_takes_no_request \
	a_stopped_handler_costs_its_request_a_deadline \
	other_requests_are_not_made_twice idempotent_requests_are_made_twice \
	idempotent_requests_are_not_made_three_times \
	idempotent_requests_that_crash_are_not_made_twice \
	what_waits_when_the_back_off_begins_is_told \
	a_stop_in_the_middle_of_a_start_is_told_to_nobody_later \
	the_queue_is_bounded one_user_cannot_fill_the_queue
