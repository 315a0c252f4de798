# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: ends clock=instructions
#
# Life cycle: loading and unloading at any time, and starts that are cut short.

. /umd/ktap.sh
. /umd/umd_test.sh
. /umd/sample.sh

unloading_ends_every_request() {
	fresh timeout_ms=60000 max_workers=2
	in_flight uma one call uma op=never
	in_flight uma two call uma op=hold
	queued uma three call uma
	pids=$(handlers uma)
	began=$(now)
	does 0 unload uma
	lasted $(($(now) - began)) 0 200 "the time"
	# The caller that has unloaded finds no process.
	for pid in $pids; do
		gone "$pid" || fail "process $pid is still there"
	done
	for name in one two three; do
		finish $name ESHUTDOWN
	done
	expect "$(state uma)" unloaded state
}

unloading_ends_a_stopped_handler() {
	fresh timeout_ms=60000
	pid=$(handlers uma)
	in_flight uma call call uma op=never
	freeze "$pid"
	began=$(now)
	does 0 unload uma
	lasted $(($(now) - began)) 0 200 "the time"
	gone "$pid" || fail "process $pid is still there"
	finish call ESHUTDOWN
}

unloading_ends_a_start() {
	known uma timeout_ms=60000
	begin load load uma path=/umd/test_umh_hang
	wait_for 5 grep -q starting $DEBUG/uma/workers
	began=$(now)
	does 0 unload uma
	lasted $(($(now) - began)) 0 200 "the time"
	finish load ESHUTDOWN
	expect "$(count_handlers uma)" 0 Handlers
}

a_second_load_changes_nothing() {
	fresh
	pid=$(handlers uma)
	does EEXIST load uma path=$ELF
	expect "$(handlers uma)" "$pid" "the Handler"
	does 0 call uma
	does 0 unload uma
	does 0 unload uma
}

what_is_too_small_or_too_large_is_refused() {
	known uma
	dd if=/dev/zero of=/tmp/large bs=4096 count=2049 2>/dev/null
	does EINVAL load uma path=/tmp/large
	head -c 100 $ELF >/tmp/cut
	does ENOEXEC load uma path=/tmp/cut
	printf x >/tmp/tiny
	does ENOEXEC load uma path=/tmp/tiny
	rm /tmp/large /tmp/cut /tmp/tiny
	does 0 load uma path=$ELF
}

a_load_can_be_killed() {
	known uma timeout_ms=60000
	begin load load uma path=/umd/test_umh_hang
	wait_for 5 grep -q starting $DEBUG/uma/workers
	kill -KILL "$pid_load"
	wait "$pid_load" 2>/dev/null
	expect $? 137 "the end of the load"
	wait_for 5 is 0 count_handlers uma
	expect "$(state uma)" unloaded state
	does 0 load uma path=$ELF
	does 0 call uma
}

an_unregistered_driver_takes_all_with_it() {
	fresh
	pid=$(handlers uma)
	does 0 unregister uma
	gone "$pid" || fail "process $pid is still there"
	fresh
	known umb
	does 0 load umb path=$ELF
	rmmod umd_test || fail rmmod
	expect "$(pidof uma umb)" "" "Handlers after rmmod"
	rmmod umd_mgmt || fail "rmmod umd_mgmt"
	modprobe umd_test || fail modprobe
}

# The Handler has replied, and does something else than to read.
a_handler_that_hangs_does_not_hold_up_a_removal() {
	fresh timeout_ms=60000
	pid=$(handlers uma)
	does 0 call uma op=reply_hang
	began=$(now)
	rmmod umd_test || fail rmmod
	lasted $(($(now) - began)) 0 200 "the time"
	gone "$pid" || fail "process $pid is still there"
	modprobe umd_test || fail modprobe
}

the_binary_that_runs_is_the_one_that_was_loaded() {
	fresh
	cmp "/proc/$(handlers uma)/exe" $ELF || fail "another one"
	does 0 unload uma
	does 0 load uma path=/umd/evil_umh
	cmp "/proc/$(handlers uma)/exe" /umd/evil_umh || fail "another one"
}

a_manager_that_cannot_register_leaves_nothing() {
	wait_for 5 forget sample_umh
	does 0 register sample_umh
	# modprobe takes EEXIST for a success.
	modprobe sample_mgr
	grep -q '^sample_mgr' /proc/modules && fail "two drivers of one name"
	does 0 unregister sample_umh
	modprobe sample_mgr || fail "modprobe after that"
	expect "$(ask 1)" 0 "a request"
	rmmod sample_loader_kmod sample_mgr
}

first_calls_at_the_same_time_all_load() {
	known uma timeout_ms=60000
	loads_on_demand $ELF
	for round in 1 2 3 4 5; do
		does 0 stress uma threads=8
		expect "$(calls)" 0=8 calls
		does 0 unload uma
	done
	does_not_load_on_demand
}

umd_test_begin
ktap_run unloading_ends_every_request unloading_ends_a_stopped_handler \
	unloading_ends_a_start a_second_load_changes_nothing \
	what_is_too_small_or_too_large_is_refused a_load_can_be_killed \
	an_unregistered_driver_takes_all_with_it \
	a_handler_that_hangs_does_not_hold_up_a_removal \
	the_binary_that_runs_is_the_one_that_was_loaded \
	a_manager_that_cannot_register_leaves_nothing \
	first_calls_at_the_same_time_all_load
