# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: ends clock=instructions append=notsc without=uml
# may skip: an_unload_that_waits_for_the_handler_does_not_hold_it_up 6.1 debug
#
# Suspend, as far as where all processes are frozen: it is not delayed, no
# deadline passes meanwhile, and requests go on afterwards, whatever they wait
# for.
#
# User Mode Linux has no way to test suspend. While all is frozen, the kernel waits in a
# loop. With a time-stamp counter that is a loop of the instruction pause, which takes
# minutes where the clock counts instructions; `notsc` has the kernel count down instead.
# The kernel debug may be Linux 6.1, too.

. /umd/ktap.sh
. /umd/umd_test.sh

POWER=/sys/power
# How long all stays frozen in seconds, in which the processor works.
FROZEN=1

# sleep_as STATE: suspends up to the frozen processes, and back.
sleep_as() {
	dmesg -c >/dev/null
	echo freezer >$POWER/pm_test
	echo $FROZEN >/sys/module/suspend/parameters/pm_test_delay
	expect "$(write_errno $POWER/state "$1")" 0 "the error of suspend"
	echo none >$POWER/pm_test
	freeze_ms=$(dmesg | sed -n 's/.*Freezing user space processes.*elapsed \([0-9.]*\) seconds.*/\1/p' |
		awk '{ printf "%d\n", $1 * 1000 }')
	lasted "$freeze_ms" 0 999 "the time to freeze in ms"
	echo "frozen in $freeze_ms ms"
}

count_loaders() {
	pidof modprobe | wc -w
}

answered() {
	finish "$1" 0
	expect "$(value right)" 1 "the reply of $1"
}

a_request_in_flight_survives() {
	fresh timeout_ms=60000
	pid=$(handlers uma)
	# The work is not over when the freezer comes; the deadline would be.
	FROZEN=3
	in_flight uma one call uma op=hold timeout_ms=2000
	sleep_as freeze
	go_on "$pid"
	answered one
	expect "$(handlers uma)" "$pid" "the Handler"
}

a_request_in_the_queue_survives() {
	fresh timeout_ms=60000
	# The deadline of the second would pass before all goes on.
	FROZEN=3
	in_flight uma one call uma op=hold
	queued uma two call uma timeout_ms=2000
	sleep_as freeze
	all_go_on uma
	answered one
	answered two
}

a_deadline_does_not_pass_meanwhile() {
	fresh timeout_ms=60000
	FROZEN=3
	in_flight uma one call uma op=never timeout_ms=2000
	sleep_as freeze
	expect "$(busy uma)" 1 "busy Handlers after the thaw"
	finish one ETIMEDOUT
	lasted "$(value ms)" 4000 60000 "the time"
	does 0 call uma
}

# The post_start of the driver asks the new Handler, after a while.
a_request_that_waits_for_a_start_survives() {
	fresh timeout_ms=60000 post_start=1
	does 0 post_start uma post_start=1000
	kill_handlers uma
	begin one call uma
	wait_for 5 grep -q starting $DEBUG/uma/workers
	sleep_as freeze
	answered one
	# Nobody tries again and again while no process can be started.
	between "$(statistic uma end_start)" 0 2 "the starts that failed"
}

a_request_made_while_all_goes_to_sleep_survives() {
	fresh timeout_ms=60000
	# The callers never stop asking: some ask in each phase of the suspend.
	begin crowd stress uma threads=2 requests=1000000 timeout_ms=1000
	wait_for 10 more_than 10 statistic uma replies
	sleep_as freeze
	wait_for 10 more_than $(($(statistic uma replies) + 100)) \
		statistic uma replies
	kill -KILL "$pid_crowd"
	wait "$pid_crowd" 2>/dev/null
	expect "$(statistic uma error_ETIMEDOUT)" 0 "calls that timed out"
	expect "$(statistic uma error_EPIPE)" 0 "calls that failed"
	# The callers are kernel threads, for which suspend may wait.
	wait_for 1 more_than 0 statistic uma error_EDEADLK
}

# The kernel synchronizes file systems after it has notified of hibernation, and
# waits for a mount that waits for a Handler.
a_mount_is_served_before_hibernation() {
	known uma timeout_ms=60000 load_timeout_ms=60000
	loads_on_demand $ELF 1000000
	mkdir -p /tmp/mounted
	mount -t umd_test none /tmp/mounted &
	mount=$!
	wait_for 5 more_than 0 count_loaders
	sleep_as disk
	wait "$mount" || fail "the mount has failed"
	umount /tmp/mounted
	expect "$(statistic uma starts)" 1 starts
	does_not_load_on_demand
}

a_caller_with_a_lock_does_not_hold_it_up() {
	fresh timeout_ms=60000
	in_flight uma one call uma op=never holds_lock=1
	sleep_as freeze
	finish one EDEADLK
	kill_handlers uma
	does 0 call uma holds_lock=1
}

# The wait for modprobe ends, and modprobe goes on.
a_slow_modprobe_does_not_hold_it_up() {
	known uma timeout_ms=60000 load_timeout_ms=60000
	loads_on_demand $ELF 12000000
	begin one call uma
	wait_for 5 more_than 0 count_loaders
	began=$(now)
	sleep_as freeze
	lasted $(($(now) - began)) 0 500 "the sleep in 1/100 s"
	answered one
	does_not_load_on_demand
}

# Nobody in particular holds a Handler that is frozen with all others.
a_handler_is_not_replaced_for_being_frozen_with_all_others() {
	fresh timeout_ms=60000
	pid=$(handlers uma)
	touch /tmp/asking
	# A process each: kernel threads are refused.
	while [ -e /tmp/asking ]; do umd call uma; done >/tmp/answers &
	asking=$!
	wait_for 10 more_than 3 statistic uma replies
	sleep_as freeze
	wait_for 10 more_than $(($(statistic uma replies) + 3)) statistic uma replies
	rm /tmp/asking
	wait $asking
	expect "$(grep ^error /tmp/answers | sort -u)" "error 0" "all errors"
	expect "$(handlers uma)" "$pid" "the Handler"
}

# The kernel does not sleep as long as a modprobe runs.
a_request_that_waits_for_the_loader_survives() {
	known uma timeout_ms=60000
	loads_on_demand $ELF 700000
	begin one call uma
	wait_for 5 more_than 0 count_loaders
	sleep_as freeze
	answered one
	does_not_load_on_demand
}

a_load_whose_start_takes_long_does_not_hold_it_up() {
	known uma timeout_ms=60000 post_start=1
	does 0 post_start uma post_start=8000
	loads_on_demand $ELF
	begin one call uma
	wait_for 5 grep -q starting $DEBUG/uma/workers
	does 0 post_start uma post_start=1
	began=$(now)
	sleep_as freeze
	lasted $(($(now) - began)) 0 600 "the sleep in 1/100 s"
	answered one
	does_not_load_on_demand
}

# The file of a caller that writes holds a lock of the file system meanwhile.
a_writer_to_securityfs_survives() {
	does_not_load_on_demand
	modprobe sample_mgr || fail modprobe
	(write_errno /sys/kernel/security/sample_umd 5 >/tmp/written) &
	writer=$!
	sleep_as freeze
	wait $writer
	expect "$(cat /tmp/written)" 0 "the request"
	expect "$(write_errno /sys/kernel/security/sample_umd 6)" 0 "the next"
	rmmod sample_loader_kmod sample_mgr
}

each_kind_of_sleep_is_survived() {
	fresh timeout_ms=60000
	kinds=$(cat $POWER/state)
	[ "$kinds" ] || fail "the kernel knows none"
	for kind in $kinds; do
		in_flight uma one call uma op=hold
		sleep_as "$kind"
		all_go_on uma
		answered one
		echo "$kind"
	done
}

an_idle_end_waits_for_the_thaw() {
	FROZEN=3
	fresh idle_ms=2000
	pid=$(handlers uma)
	sleep_as freeze
	expect "$(handlers uma)" "$pid" "the Handler after the thaw"
	wait_for 10 is 0 count_handlers uma
}

# Each command is short: a task that does not leave the kernel cannot be frozen.
cycles_on() {
	while [ -e /tmp/cycling ]; do
		umd cycle uma path=$ELF cycles=2 threads=2 requests=1 >/dev/null
	done
}

loading_while_all_goes_to_sleep_works() {
	known uma timeout_ms=60000
	touch /tmp/cycling
	cycles_on &
	wait_for 30 more_than 3 statistic uma starts
	sleep_as freeze
	rm /tmp/cycling
	wait
	umd unload uma >/dev/null
	does 0 load uma path=$ELF
	does 0 call uma
}

# A Handler that is frozen dies only later.
an_unload_that_waits_for_the_handler_does_not_hold_it_up() {
	case $(uname -r) in
	6.1.*) skip "Linux 6.1 warns of any process that two freezers hold" ;;
	esac
	known uma
	does 0 load uma path=$ELF
	mkdir -p /tmp/freezer
	mount -t cgroup -o freezer freezer /tmp/freezer ||
		skip "no control groups of version 1"
	mkdir /tmp/freezer/uma
	pid=$(handlers uma)
	echo "$pid" >/tmp/freezer/uma/tasks
	echo FROZEN >/tmp/freezer/uma/freezer.state
	begin gone unload uma
	wait_for 5 grep -q "^S..Pnd:.*1..$" "/proc/$pid/status"
	sleep_as freeze
	kill -0 "$pid_gone" || fail "it did not wait"
	echo THAWED >/tmp/freezer/uma/freezer.state
	finish gone 0
	expect "$(count_handlers uma)" 0 "Handlers"
	rmdir /tmp/freezer/uma
	umount /tmp/freezer
}

umd_test_begin
ktap_run a_request_in_flight_survives a_request_in_the_queue_survives \
	a_deadline_does_not_pass_meanwhile \
	a_request_that_waits_for_a_start_survives \
	a_request_made_while_all_goes_to_sleep_survives \
	a_handler_is_not_replaced_for_being_frozen_with_all_others \
	a_request_that_waits_for_the_loader_survives \
	a_load_whose_start_takes_long_does_not_hold_it_up \
	a_mount_is_served_before_hibernation \
	a_caller_with_a_lock_does_not_hold_it_up a_slow_modprobe_does_not_hold_it_up \
	a_writer_to_securityfs_survives each_kind_of_sleep_is_survived \
	an_idle_end_waits_for_the_thaw loading_while_all_goes_to_sleep_works \
	an_unload_that_waits_for_the_handler_does_not_hold_it_up
