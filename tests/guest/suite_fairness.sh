# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: ends clock=instructions
# may skip: a_handler_without_processor_time_is_nobodys_fault debug uml
#
# Fairness: what hostile users cost the others, and what nobody is charged for.
# User 1 and those above 10 are hostile, user 2 is not.

. /umd/ktap.sh
. /umd/umd_test.sh

# How long a request may take that waits for a start and for nobody else, in us.
SOON=300000

# honest COUNT: so many calls of user 2, one after the other, each served soon.
honest() {
	does 0 stress uma uid=2 requests="$1"
	expect "$(calls)" "0=$1" "calls of the honest user"
	lasted "$(value slowest_us)" 0 $SOON "the slowest of them in us"
}

hangs_of_a_user_delay_no_other() {
	fresh timeout_ms=$((2000 * SLOW)) max_workers=0
	set_parameters crash_limit=0
	honest 1
	begin hostile stress uma uid=1 threads=4 requests=2 op=never
	wait_for 10 is 1 busy uma
	honest 10
	expect "$(busy uma)" 1 "Handlers that hang"
	does 0 unload uma
	finish hostile 0
}

# As long as there are fewer of them than Handlers.
hangs_of_some_users_delay_no_other() {
	fresh timeout_ms=$((4000 * SLOW)) max_workers=4
	set_parameters crash_limit=0
	honest 1
	# All are present: before that, one of them could have more Handlers.
	for uid in 11 12 13; do
		does 0 stress uma uid=$uid
	done
	for uid in 11 12 13; do
		begin "hostile_$uid" stress uma uid=$uid threads=4 op=never
	done
	wait_for 10 is 3 busy uma
	honest 10
	expect "$(busy uma)" 3 "Handlers that hang"
	does 0 unload uma
	for uid in 11 12 13; do
		finish "hostile_$uid" 0
		expect "$(calls)" ESHUTDOWN=4 "calls of user $uid"
	done
}

# Nobody else is there.
a_user_who_is_alone_may_have_all_handlers() {
	fresh timeout_ms=60000 max_workers=0
	begin crowd stress uma uid=1 threads=2 op=hold
	wait_for 10 is 2 busy uma
	all_go_on uma
	finish crowd 0
	expect "$(calls)" 0=2 calls
}

# The other has been gone for ten seconds.
a_user_who_is_alone_again_may_have_all_handlers() {
	fresh timeout_ms=$((60000 * SLOW)) max_workers=0
	honest 1
	begin crowd stress uma uid=1 threads=2 op=hold
	wait_for 10 is 1 busy uma
	expect "$(statistic uma requests)" 3 requests
	wait_for 20 is 2 busy uma
	all_go_on uma
	finish crowd 0
	expect "$(calls)" 0=2 calls
}

a_limit_of_crashes_holds_for_queued_requests() {
	fresh timeout_ms=60000 max_workers=0
	honest 1
	does 0 stress uma uid=1 threads=200 op=fault
	# No more than those that were running when the limit was reached.
	case $(calls) in
	"EPIPE=5 EHOSTDOWN=195" | "EPIPE=6 EHOSTDOWN=194") ;;
	*) fail "calls: $(calls)" ;;
	esac
	honest 1
}

hangs_in_rounds_are_charged() {
	fresh timeout_ms=$((200 * SLOW)) max_workers=2
	set_parameters crash_limit=5 crash_window_ms=$((500 * SLOW))
	refused=
	for _ in $(seq 8); do
		does 0 stress uma uid=1 threads=2 op=never
		case $(calls) in
		*EHOSTDOWN*) refused=1 && break ;;
		ETIMEDOUT=2) ;;
		*) fail "calls: $(calls)" ;;
		esac
		usleep $((520000 * SLOW))
	done
	[ "$refused" ] || fail "user 1 was never refused"
	honest 1
}

requests_are_read_in_turn() {
	fresh timeout_ms=$((20000 * SLOW)) max_workers=1
	begin crowd stress uma uid=1 threads=100 op=spin count=$((30 * SPIN))
	wait_for 10 more_than 50 statistic uma requests
	honest 5
	does 0 unload uma
	finish crowd 0
}

# Of two users who ask all the time, each has half of the Handler's time.
shares_are_of_time() {
	fresh timeout_ms=$((60000 * SLOW)) max_workers=1
	begin long stress uma uid=1 threads=4 requests=1000 op=spin count=$((80 * SPIN))
	begin short stress uma uid=2 threads=4 requests=1000 op=spin count=$((10 * SPIN))
	usleep $((4000000 * SLOW))
	does 0 unload uma
	finish long 0
	long=$(calls)
	finish short 0
	short=$(calls)
	echo "80 ms each: $long; 10 ms each: $short"
	long=${long#0=} && long=${long%% *}
	short=${short#0=} && short=${short%% *}
	between $((short * 10 / long)) 50 120 "tenths of short requests for each long one"
}

# Ten callers, each of whom waits for one second at most, ask a Handler that needs
# 200 ms for each request: twice what it can do.
most_of_what_can_be_done_is_done_in_time() {
	fresh timeout_ms=$((1000 * SLOW)) max_workers=1
	does 0 stress uma uid=1 threads=10 requests=8 op=spin count=$((200 * SPIN))
	echo "$(calls) in $(value ms) ms"
	served=$(calls)
	served=${served#0=} && served=${served%% *}
	possible=$(($(value ms) / (200 * SLOW)))
	between "$((100 * served / possible))" 80 110 "the percentage of what is possible"
}

nobody_starves_under_overload() {
	fresh timeout_ms=$((1000 * SLOW)) max_workers=1
	begin crowd stress uma uid=1 threads=40 requests=100 op=spin count=$((50 * SPIN))
	wait_for 10 more_than 30 statistic uma requests
	does 0 stress uma uid=2 threads=2 requests=10 op=spin count=$((50 * SPIN))
	echo "the other user: $(calls) in $(value ms) ms"
	expect "$(calls)" 0=20 "calls of the other user"
	# Half of the Handler's time would be two seconds.
	lasted "$(value ms)" 0 4000 "the time"
	does 0 unload uma
	finish crowd 0
}

a_full_queue_takes_from_the_longest() {
	fresh timeout_ms=60000 max_workers=1 max_queued=8
	in_flight uma one call uma op=hold
	begin crowd stress uma uid=1 threads=8
	wait_for 10 is 9 statistic uma requests
	begin other stress uma uid=2
	wait_for 10 is 10 statistic uma requests
	all_go_on uma
	finish one 0
	finish other 0
	expect "$(calls)" 0=1 "calls of the other user"
	finish crowd 0
	expect "$(calls)" "0=7 EAGAIN=1" "calls of the crowd"
}

nobody_is_charged_for_missing_processes() {
	fresh timeout_ms=60000
	kill_handlers uma
	most=$(cat /proc/sys/kernel/threads-max)
	# No process can be made now, not even by this shell.
	echo 20 >/proc/sys/kernel/threads-max
	all=
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		call_without_fork uma
		all="$all $error"
	done
	echo "$most" >/proc/sys/kernel/threads-max
	expect "$all" " EAGAIN EAGAIN EAGAIN EAGAIN EAGAIN EAGAIN EAGAIN EAGAIN EAGAIN EAGAIN" calls
	expect "$(state uma)" idle state
	wait_for 2 is 0 error_of call uma
}

running_handlers_serve_without_processes() {
	fresh timeout_ms=60000 max_workers=2
	in_flight uma one call uma op=hold
	does 0 stress uma uid=2
	most=$(cat /proc/sys/kernel/threads-max)
	echo 20 >/proc/sys/kernel/threads-max
	call_without_fork uma
	echo "$most" >/proc/sys/kernel/threads-max
	expect "$error" 0 "the call"
	all_go_on uma
	finish one 0
}

# The watchdog comes for a deadline before the pause after the failed start is over.
a_start_is_tried_again_once_there_are_resources() {
	fresh timeout_ms=60000 max_workers=2
	known umb timeout_ms=60000
	does 0 load umb path="$ELF"
	does 0 call umb
	in_flight uma one call uma op=hold
	mkfifo /tmp/go
	most=$(cat /proc/sys/kernel/threads-max)
	# Shell functions and builtins, none of which needs a process.
	{
		read -r _ </tmp/go
		call_without_fork "uma timeout_ms=60"
		call_without_fork "umb op=spin count=$((500 * SPIN))"
		echo "$most" >/proc/sys/kernel/threads-max
	} &
	echo 20 >/proc/sys/kernel/threads-max
	echo >/tmp/go
	call_without_fork "uma timeout_ms=$((5000 * SLOW))"
	echo "$most" >/proc/sys/kernel/threads-max
	expect "$error" 0 "the call that waited for a start"
	expect "$(statistic uma error_ETIMEDOUT)" 1 "calls that timed out"
	wait $!
	all_go_on uma
	finish one 0
}

# Its control group has 1 % of a processor.
a_handler_without_processor_time_is_nobodys_fault() {
	fresh timeout_ms=$((500 * SLOW)) max_workers=1
	set_parameters crash_limit=1
	mkdir -p /tmp/cg
	mount -t cgroup2 none /tmp/cg
	trap 'umount /tmp/cg' EXIT
	grep -qw cpu /tmp/cg/cgroup.controllers || skip "this kernel's groups have no time"
	echo +cpu >/tmp/cg/cgroup.subtree_control || fail "no group for time"
	mkdir -p /tmp/cg/slow
	echo 10000 1000000 >/tmp/cg/slow/cpu.max
	handlers uma >/tmp/cg/slow/cgroup.procs
	does 0 stress uma uid=1 op=never
	expect "$(calls)" ETIMEDOUT=1 "the call that got no time"
	does 0 stress uma uid=1
	expect "$(calls)" 0=1 "the next"
	does 0 stress uma uid=1 op=never
	expect "$(calls)" ETIMEDOUT=1 "a call that hangs"
	does 0 stress uma uid=1
	expect "$(calls)" EHOSTDOWN=1 "the last"
	wait_for 20 rmdir /tmp/cg/slow
}

umd_test_calibrate
ktap_run hangs_of_a_user_delay_no_other hangs_of_some_users_delay_no_other \
	a_user_who_is_alone_may_have_all_handlers \
	a_user_who_is_alone_again_may_have_all_handlers \
	a_limit_of_crashes_holds_for_queued_requests hangs_in_rounds_are_charged \
	requests_are_read_in_turn shares_are_of_time \
	most_of_what_can_be_done_is_done_in_time nobody_starves_under_overload \
	a_full_queue_takes_from_the_longest nobody_is_charged_for_missing_processes \
	running_handlers_serve_without_processes \
	a_start_is_tried_again_once_there_are_resources \
	a_handler_without_processor_time_is_nobodys_fault
