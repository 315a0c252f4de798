# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: ends clock=instructions
#
# Loading on demand: one load for all callers, whatever modprobe does, within a
# bound of its own, and no further than the administrator wants.

. /umd/ktap.sh
. /umd/umd_test.sh

# unloaded [KEY=VALUE]...: a driver without a binary, and no modprobe counted.
unloaded() {
	default_parameters
	does_not_load_on_demand
	known uma "$@"
	rm -f /tmp/asked /tmp/loaded
	touch /tmp/asked
}

# modprobe_does COMMANDS: what the kernel's request for a module does. Each test has
# files of its own: a shell reads on in a script that changes.
modprobe_does() {
	_script=$(mktemp)
	printf '#!/bin/sh\n. /umd/umd_test.sh\necho >>/tmp/asked\n%s\n' "$1" >"$_script"
	chmod 755 "$_script"
	echo "$_script" >/proc/sys/kernel/modprobe
}

modprobes() {
	wc -l </tmp/asked
}

loads="umd load uma path=$ELF >/tmp/loaded"

# So many milliseconds a deadline, a stop or an abort may be late, and two ticks: the
# one in which it began, and the one in which it passes.
LATE=$((100 * SLOW + 8))

callers_share_one_load() {
	unloaded timeout_ms=60000 load_timeout_ms=60000
	modprobe_does "usleep $((2000000 * SLOW)); $loads"
	does 0 stress uma threads=64
	expect "$(calls)" 0=64 calls
	expect "$(value wrong)" 0 "wrong replies"
	expect "$(modprobes)" 1 modprobes
}

# load_others: has the kernel ask for another module, ten times.
load_others() {
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		# The kernel asks for this file system's module.
		! mount -t umd_none none /tmp 2>/dev/null ||
			fail "there is a file system umd_none"
	done
}

# The kernel has 50 slots for modprobes.
other_modules_load_meanwhile() {
	unloaded timeout_ms=60000 load_timeout_ms=60000
	modprobe_does "case \"\$*\" in *umd_test_loader*) usleep $((3000000 * SLOW)); $loads ;; *) exit 0 ;; esac"
	began=$(now)
	load_others
	alone=$(($(now) - began))
	: >/tmp/asked
	begin crowd stress uma threads=64
	wait_for 10 is 1 modprobes
	began=$(now)
	load_others
	between $(($(now) - began)) 0 $((alone * 3 / 2)) \
		"the time of ten other modprobes, of $alone without callers"
	finish crowd 0
	expect "$(calls)" 0=64 calls
}

a_modprobe_that_hangs_costs_its_bound() {
	unloaded timeout_ms=60000 load_timeout_ms=$((1000 * SLOW))
	modprobe_does "usleep $((4000000 * SLOW))"
	does ETIMEDOUT call uma
	between "$(value ms)" $((1000 * SLOW)) $((1000 * SLOW + LATE)) "the time"
	does 0 stress uma threads=3
	expect "$(calls)" ETIMEDOUT=3 calls
	between "$(value ms)" $((1000 * SLOW)) $((1000 * SLOW + LATE)) "their time"
	expect "$(modprobes)" 1 modprobes
}

the_deadline_begins_with_the_binary() {
	unloaded timeout_ms=$((500 * SLOW)) load_timeout_ms=$((20000 * SLOW))
	modprobe_does "usleep $((1500000 * SLOW)); $loads"
	does 0 call uma
	does 0 unload uma
	does ETIMEDOUT call uma op=never
	lasted "$(value ms)" $((1900 * SLOW)) 2500 "the time of a load and of a hang"
}

# waits_for_modprobe SECONDS: the call `one` waits for a modprobe that loads after that.
waits_for_modprobe() {
	unloaded timeout_ms=60000 load_timeout_ms=60000
	modprobe_does "usleep $(($1 * 1000000 * SLOW)); $loads"
	begin one call uma
	wait_for 10 is 1 modprobes
}

stopping_ends_the_wait() {
	waits_for_modprobe 4
	began=$(now)
	stops uma 1
	finish one EPERM
	between $(($(now) - began)) 0 $((LATE / 10)) "the time"
	# What modprobe loads after all is refused.
	wait_for 20 [ -s /tmp/loaded ]
	expect "$(cat /tmp/loaded)" "error EPERM" "the load"
	expect "$(modprobes)" 1 modprobes
	does EPERM call uma
	stops uma 0
	modprobe_does "$loads"
	does 0 call uma
}

aborting_ends_the_wait() {
	waits_for_modprobe 3
	began=$(now)
	echo 1 >$ADMIN/uma/abort
	finish one ECANCELED
	between $(($(now) - began)) 0 $((LATE / 10)) "the time"
	# The next call waits for the same modprobe.
	does 0 call uma
	expect "$(modprobes)" 1 modprobes
}

a_caller_that_waits_can_be_killed() {
	waits_for_modprobe 3
	kill -KILL "$pid_one"
	wait "$pid_one" 2>/dev/null
	wait_for 5 is 1 statistic uma error_EINTR
	does 0 call uma
	expect "$(modprobes)" 1 modprobes
}

a_driver_can_go_while_its_loader_hangs() {
	unloaded timeout_ms=60000 load_timeout_ms=$((500 * SLOW))
	modprobe_does "usleep $((6000000 * SLOW))"
	does ETIMEDOUT call uma
	began=$(now)
	does 0 unregister uma
	lasted $(($(now) - began)) 0 50 "the time"
}

# most_modprobes TIME: for calls that follow each other for so many hundredths of a second.
# A load is two of them, and only the first load is not remembered: for 0.1 s, then twice
# as long each time.
most_modprobes() {
	_most=4
	_pause=10
	_left=$(($1 - _pause))
	while [ $_left -ge 0 ]; do
		_most=$((_most + 2))
		_pause=$((_pause * 2))
		_left=$((_left - _pause))
	done
	echo $_most
}

# An administrator may forbid a module by `install NAME /bin/true`.
what_modprobe_does_not_load_is_remembered() {
	unloaded
	modprobe_does "exit 0"
	does 0 stress uma threads=8
	expect "$(calls)" ENOPROTOOPT=8 calls
	expect "$(modprobes)" 2 "modprobes for eight calls"
	began=$(now)
	for _ in $(seq 20); do
		does ENOPROTOOPT call uma
	done
	lasts=$(($(now) - began + 1))
	between "$(modprobes)" 4 "$(most_modprobes $lasts)" \
		"the modprobes for 28 calls, of which 20 took $lasts/100 s"
	# A Loader that comes is used.
	does 0 load uma path=$ELF
	does 0 unload uma
	modprobe_does "$loads"
	does 0 call uma
}

# asks_modprobe COUNT: whether there were so many modprobes, after one call more.
asks_modprobe() {
	does ENOPROTOOPT call uma
	[ "$(modprobes)" -ge "$1" ]
}

the_administrator_has_it_forgotten() {
	unloaded
	modprobe_does "exit 3"
	for asked in 1 2 3 4 5; do
		wait_for 20 asks_modprobe $asked
	done
	dmesg | grep -q "uma: no Handler: module umd_test_loader cannot be loaded: modprobe exited with code 3" ||
		fail "the log does not say why"
	modprobe_does "$loads"
	does ENOPROTOOPT call uma
	stops uma 1
	stops uma 0
	does 0 call uma
}

no_process_for_modprobe_is_no_missing_loader() {
	unloaded
	modprobe_does "$loads"
	most=$(cat /proc/sys/kernel/threads-max)
	echo 20 >/proc/sys/kernel/threads-max
	call_without_fork uma
	echo "$most" >/proc/sys/kernel/threads-max
	expect "$error" EAGAIN "the call without a process"
	wait_for 2 is 0 error_of call uma
}

the_queue_is_bounded_while_a_loader_loads() {
	unloaded timeout_ms=60000 load_timeout_ms=60000 max_queued=8 max_queued_uid=4
	modprobe_does "usleep $((2000000 * SLOW)); $loads"
	begin crowd stress uma uid=1 threads=10
	wait_for 10 is 1 modprobes
	begin other stress uma uid=2 threads=3
	finish other 0
	expect "$(calls)" 0=3 "calls of the other user"
	finish crowd 0
	expect "$(calls)" "0=4 EAGAIN=6" "calls of the crowd"
}

the_loaders_error_is_the_callers() {
	unloaded
	modprobe_does "umd load uma path=/umd/ktap.sh"
	does ENOEXEC call uma
	expect "$(modprobes)" 1 modprobes
}

umd_test_begin
ktap_run callers_share_one_load other_modules_load_meanwhile \
	a_modprobe_that_hangs_costs_its_bound the_deadline_begins_with_the_binary \
	stopping_ends_the_wait aborting_ends_the_wait \
	a_caller_that_waits_can_be_killed a_driver_can_go_while_its_loader_hangs \
	what_modprobe_does_not_load_is_remembered the_administrator_has_it_forgotten \
	no_process_for_modprobe_is_no_missing_loader \
	the_queue_is_bounded_while_a_loader_loads the_loaders_error_is_the_callers
