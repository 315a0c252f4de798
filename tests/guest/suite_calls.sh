# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: clock=instructions with=6.12-rt,6.12-arm64
#
# Calls: deadlines, callers that are killed, whose reply is whose, and each
# error of a call.

. /umd/ktap.sh
. /umd/machine.sh
. /umd/umd_test.sh

a_call_has_the_deadline_of_its_driver() {
	fresh timeout_ms=500
	does ETIMEDOUT call uma op=never
	lasted "$(value ms)" 500 3000 "the time"
	does 0 call uma
}

a_call_can_have_a_deadline_of_its_own() {
	fresh timeout_ms=30000
	for timeout in 1 100 300; do
		does ETIMEDOUT call uma op=never timeout_ms=$timeout
		lasted "$(value ms)" $timeout 3000 "the time"
	done
	fresh timeout_ms=100
	in_flight uma long call uma op=hold timeout_ms=30000
	usleep 500000
	all_go_on uma
	finish long 0
	lasted "$(value ms)" 100 30000 "the time"
}

# The kernel's timers are late by up to an eighth of a long delay.
a_short_deadline_behind_a_long_one_is_kept() {
	# How late such a timer is depends on when it was set.
	for early in 10000 20000 30000; do
		fresh timeout_ms=$((20000 * SLOW))
		does 0 call uma
		# The watchdog comes for that call's deadline, just before the next one's.
		usleep $((20000000 * SLOW - early))
		does ETIMEDOUT call uma op=never timeout_ms=100
		between "$(value ms)" 100 $((200 * SLOW)) "the time"
	done
}

a_short_deadline_does_not_wait_for_a_long_one() {
	fresh max_workers=2
	in_flight uma long call uma op=never timeout_ms=60000
	does ETIMEDOUT call uma op=never timeout_ms=300
	lasted "$(value ms)" 300 3000 "the time"
	does 0 unload uma
	finish long ESHUTDOWN
}

a_deadline_in_the_queue_harms_nobody() {
	fresh timeout_ms=60000
	pid=$(handlers uma)
	in_flight uma long call uma op=hold
	does ETIMEDOUT call uma timeout_ms=300
	lasted "$(value ms)" 300 1400 "the time"
	expect "$(busy uma)" 1 "busy Handlers"
	go_on "$pid"
	finish long 0
	expect "$(value right)" 1 "the reply"
	expect "$(handlers uma)" "$pid" "the Handler"
}

a_handler_gets_its_time_for_a_request_that_waited() {
	fresh timeout_ms=60000
	pid=$(handlers uma)
	in_flight uma first call uma op=hold
	queued uma second call uma op=hold timeout_ms=$((2000 * SLOW))
	# Half of its time. The Handler reads it then, and has 2000 ms from there on.
	usleep $((1000000 * SLOW))
	go_on "$pid"
	finish first 0
	finish second ETIMEDOUT
	go_on "$pid"
	does 0 call uma
	expect "$(value right)" 1 "the reply"
	expect "$(handlers uma)" "$pid" "the Handler"
}

a_caller_in_flight_can_be_killed() {
	fresh timeout_ms=60000
	pid=$(handlers uma)
	in_flight uma victim call uma op=hold
	kill -KILL "$pid_victim"
	wait "$pid_victim" 2>/dev/null
	expect $? 137 "the caller's end"
	# The caller did not have to wait for the Handler, which works on.
	expect "$(busy uma)" 1 "busy Handlers"
	expect "$(statistic uma error_EINTR)" 1 "calls that a signal ended"
	go_on "$pid"
	# The Handler's late reply is not the next caller's.
	does 0 call uma in=64
	expect "$(value right)" 1 "the reply"
	expect "$(handlers uma)" "$pid" "the Handler"
}

a_caller_in_the_queue_can_be_killed() {
	fresh timeout_ms=60000
	pid=$(handlers uma)
	in_flight uma long call uma op=hold
	queued uma victim call uma op=exit
	kill -KILL "$pid_victim"
	wait "$pid_victim" 2>/dev/null
	expect "$(busy uma)" 1 "busy Handlers"
	queued uma other call uma
	go_on "$pid"
	finish long 0
	finish other 0
	expect "$(handlers uma)" "$pid" "the Handler"
}

a_caller_that_waits_for_a_start_can_be_killed() {
	fresh timeout_ms=60000 post_start=1
	does 0 post_start uma post_start=3000
	kill_handlers uma
	begin victim call uma
	wait_for 5 grep -q starting $DEBUG/uma/workers
	kill -KILL "$pid_victim"
	wait "$pid_victim" 2>/dev/null
	grep -q starting $DEBUG/uma/workers || fail "it waited for the start"
	does 0 call uma
}

a_killed_caller_does_not_harm_others() {
	fresh timeout_ms=60000 max_workers=2
	in_flight uma victim call uma op=hold
	in_flight uma other call uma op=hold
	queued uma third call uma
	pids=$(handlers uma)
	kill -KILL "$pid_victim"
	all_go_on uma
	for name in other third; do
		finish $name 0
		expect "$(value right)" 1 "the reply of $name"
	done
	expect "$(handlers uma)" "$pids" "the Handlers"
}

each_of_many_callers_gets_its_own_reply() {
	fresh timeout_ms=60000 max_workers=2
	does 0 stress uma threads=16 requests=100 in=200
	expect "$(calls)" 0=1600 calls
	expect "$(value wrong)" 0 "wrong replies"
}

requests_of_any_length_come_back() {
	fresh
	for length in 0 1 31 32 1023 1024 1025 4095 4096 4097 131071 1048576; do
		does 0 call uma in=$length
		expect "$(value length)" $length length
		expect "$(value right)" 1 "the reply of $length"
	done
}

replies_of_any_length_are_told() {
	fresh
	for length in 0 1 100 4097 1048576; do
		does 0 call uma op=length count=$length out=1048576
		expect "$(value length)" $length length
	done
}

a_request_that_is_too_long_is_EMSGSIZE() {
	fresh max_request=100
	pid=$(handlers uma)
	does 0 call uma in=100
	does EMSGSIZE call uma in=101
	does EMSGSIZE call uma in=2097152
	expect "$(handlers uma)" "$pid" "the Handler"
	expect "$(statistic uma requests)" 1 "requests in the queue"
}

a_reply_without_room_is_EMSGSIZE() {
	fresh
	pid=$(handlers uma)
	does EMSGSIZE call uma in=100 out=99
	does EMSGSIZE call uma in=100 out=0
	does 0 call uma in=100 out=100
	expect "$(handlers uma)" "$pid" "the Handler"
}

a_reply_beyond_the_limit_is_EPROTO() {
	fresh max_reply=4096
	does 0 call uma op=length count=4096 out=10000
	does EPROTO call uma op=length count=4097 out=10000
	does EPROTO call uma op=length count=4097 out=10
	does 0 call uma
}

a_reply_below_the_minimum_is_EPROTO() {
	fresh
	does 0 call uma in=24 min=24
	does EPROTO call uma in=24 min=25 out=25
	does 0 call uma
}

a_reply_to_another_request_is_EPROTO() {
	fresh
	pid=$(handlers uma)
	does EPROTO call uma op=bad
	does 0 call uma
	[ "$(handlers uma)" != "$pid" ] || fail "the Handler is still there"
}

a_handler_that_dies_is_EPIPE() {
	fresh
	for op in exit fault illegal call; do
		does EPIPE call uma op=$op count=$NR_getpid
		does 0 call uma
	done
}

# a_crowd_survives_stops REQUESTS [KEY=VALUE]...: counts them on in stopped.
a_crowd_survives_stops() {
	requests=$1
	shift
	begin crowd stress uma threads=2 requests="$requests" "$@"
	while [ -d "/proc/$pid_crowd" ]; do
		# A Handler that has read a request keeps it, but not for long.
		for pid in $(handlers uma); do
			kill -STOP "$pid" && kill -CONT "$pid" && stopped=$((stopped + 1))
		done 2>/dev/null
	done
	finish crowd 0
	expect "$(calls)" 0=$((2 * requests)) calls
	expect "$(value wrong)" 0 "wrong replies"
}

# With checkers and one processor, a Handler is hardly ever stopped at short work, and a
# Handler that waits for a request is replaced before it could go on. The work is
# therefore longer from the second round on.
handlers_that_are_stopped_for_a_moment_lose_nothing() {
	fresh timeout_ms=20000
	stopped=0
	set -- 500
	for round in $(seq 50); do
		a_crowd_survives_stops "$@"
		[ $stopped -lt 3 ] || break
		set -- 50 op=spin count=100000
	done
	between $stopped 3 1000000 "how often one was stopped"
	echo "$stopped stopped in $round rounds"
}

# starts ARGUMENTS...: begins a load, in which post_start asks the Handler, and has
# the Handler read PING when about half of its time is over. Sets pid.
HALF_MS=$((1000 * SLOW))
starts() {
	default_parameters
	known uma post_start=1 timeout_ms=$((2 * HALF_MS)) "$@"
	begin load load uma path="$elf"
	wait_for 5 grep -q '^[1-9][0-9]* starting$' $DEBUG/uma/workers
	pid=$(handlers uma)
	usleep $((1000 * HALF_MS))
	go_on "$pid"
}

# The first PING of post_start has timed out when its reply comes, and the second
# is still to be read: that is not the end of deadlines.
a_late_reply_leaves_the_next_request_its_deadline() {
	elf=/umd/test_umh_late
	starts
	wait_for 5 is 1 statistic uma error_ETIMEDOUT
	go_on "$pid"
	(wait_for 30 [ -s /tmp/answer.load ]) || fail "the load hangs: $(umd unload uma)"
	finish load ETIMEDOUT
	expect "$(count_handlers uma)" 0 Handlers
	expect "$(state uma)" unloaded state
}

# The Manager takes the start for a success although the Handler hangs in it. The
# Handler has read PING when half of the request's time was over.
a_hang_in_post_start_ends_at_its_deadline() {
	elf=/umd/test_umh_stuck
	starts tolerant=1
	finish load 0
	wait_for 30 is timeout statistic uma last_end
	wait_for 5 is 0 count_handlers uma
}

# The Handler that post_start probes takes no other requests yet.
a_call_within_post_start_is_EDEADLK() {
	default_parameters
	known uma post_start=1 inner=1
	does EDEADLK load uma path=$ELF
	expect "$(state uma)" unloaded state
}

memory_has_an_end() {
	fresh
	does EPIPE call uma op=stack count=1000
	does 0 call uma op=touch count=4
	does 0 unload uma
	does ENOMEM load uma path=/umd/test_umh_huge
}

the_handlers_status_is_passed_on() {
	fresh
	pid=$(handlers uma)
	for pair in -1:EPERM -5:EIO -110:ETIMEDOUT -133:EHWPOISON; do
		does 0 call uma status=${pair%:*}
		expect "$(value status)" "${pair#*:}" "status ${pair%:*}"
		expect "$(value length)" 0 length
	done
	expect "$(handlers uma)" "$pid" "the Handler"
	for status in 1 -134 -512; do
		does EPROTO call uma status=$status
	done
}

the_simple_call_demands_the_length() {
	fresh
	does 0 call uma simple=1 in=100 out=100
	expect "$(value right)" 1 "the reply"
	does EPROTO call uma simple=1 in=100 out=101
	does EMSGSIZE call uma simple=1 in=100 out=99
}

the_simple_call_passes_the_status_through() {
	fresh
	does EIO call uma simple=1 status=-5
	does 0 call uma simple=1
}

core_operations_are_the_librarys() {
	fresh
	does 0 call uma op=ping in=0
	for op in hello 2 255; do
		does EINVAL call uma op=$op
	done
	does 0 call uma op=256
}

without_a_loader_it_is_ENOPROTOOPT() {
	fresh
	does 0 unload uma
	does ENOPROTOOPT call uma
	does 0 load uma path=$ELF
	does 0 call uma
}

a_call_when_the_loader_fails_gets_its_error() {
	fresh
	does 0 unload uma
	loads_on_demand /umd/test_umh_version
	does EPROTO call uma
	truncate -s 9M /tmp/too_large
	loads_on_demand /tmp/too_large
	does EINVAL call uma
	loads_on_demand $ELF
	does 0 call uma
	does_not_load_on_demand
}

umd_test_begin
ktap_run a_call_has_the_deadline_of_its_driver \
	a_call_can_have_a_deadline_of_its_own \
	a_short_deadline_does_not_wait_for_a_long_one \
	a_short_deadline_behind_a_long_one_is_kept \
	a_deadline_in_the_queue_harms_nobody \
	a_handler_gets_its_time_for_a_request_that_waited \
	a_caller_in_flight_can_be_killed a_caller_in_the_queue_can_be_killed \
	a_caller_that_waits_for_a_start_can_be_killed \
	a_killed_caller_does_not_harm_others \
	each_of_many_callers_gets_its_own_reply \
	requests_of_any_length_come_back replies_of_any_length_are_told \
	a_request_that_is_too_long_is_EMSGSIZE \
	a_reply_without_room_is_EMSGSIZE a_reply_beyond_the_limit_is_EPROTO \
	a_reply_below_the_minimum_is_EPROTO \
	a_reply_to_another_request_is_EPROTO a_handler_that_dies_is_EPIPE \
	handlers_that_are_stopped_for_a_moment_lose_nothing \
	a_late_reply_leaves_the_next_request_its_deadline \
	a_hang_in_post_start_ends_at_its_deadline \
	a_call_within_post_start_is_EDEADLK \
	memory_has_an_end the_handlers_status_is_passed_on \
	the_simple_call_demands_the_length \
	the_simple_call_passes_the_status_through \
	core_operations_are_the_librarys without_a_loader_it_is_ENOPROTOOPT \
	a_call_when_the_loader_fails_gets_its_error
