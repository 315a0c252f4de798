# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: clock=instructions handler=probe_umh.c programs=look
#
# The seal as users have it, with tests/evil/probe_umh.c as the sample driver's
# Handler: any system call of suite_probe.sh kills, and one that is traced or
# stopped while it works is not heard.

. /umd/ktap.sh
. /umd/sample.sh
. /umd/hold.sh

# killed NUMBER: the attempt ends the Handler, and its request with it.
killed() {
	expect "$(ask "$1")" EPIPE "probe $1"
	expect "$(last_end)" seccomp "the cause"
	expect "$(ask 1000)" 0 "the next request"
}

the_library_is_no_test_build() {
	dmesg | grep -q 'TEST BUILD' && fail "it says so"
	expect $(($(cat /proc/sys/kernel/tainted) >> 18 & 1)) 0 "test taint"
	expect "$(status Seccomp)" 1 Seccomp
}

a_request_without_a_system_call_is_served() { expect "$(ask 3)" 0 "it"; }

dup_kills() { killed 61; }
execve_kills() { killed 47; }
fcntl_kills() { killed 77; }
fork_kills() { killed 79; }
ioctl_kills() { killed 68; }
kill_kills() { killed 41; }
mmap_kills() { killed 51; }
mount_kills() { killed 21; }
open_kills() { killed 63; }
personality_kills() { killed 40; }
poll_kills() { killed 76; }
prctl_kills() { killed 37; }
ptrace_kills() { killed 42; }
setuid_kills() { killed 24; }
sigtimedwait_kills() { killed 2; }
socket_kills() { killed 65; }
threads_kill() { killed 84; }
unshare_kills() { killed 44; }

a_fault_is_no_violation_of_seccomp() {
	expect "$(ask 1)" EPIPE "the request"
	expect "$(last_end)" fault "the cause"
}

# traced_while_busy HOW: the reply of one that is traced meanwhile is not taken.
traced_while_busy() {
	hold
	trace "$1"
	expect "$(cat /tmp/traced)" traced "the tracer"
	release
	wait_for 10 [ -f /tmp/answer ]
	kill -KILL "$tracer"
	expect "$(cat /tmp/answer)" EPIPE "the request"
	expect "$(last_end)" traced "the cause"
	expect "$(ask 1000)" 0 "the next request"
}

the_reply_of_a_traced_handler_is_not_taken() { traced_while_busy seize; }
nor_if_it_was_stopped_first() { traced_while_busy continue; }

# As any other that does not reply.
one_that_is_stopped_while_it_works_is_replaced() {
	hold
	kill -STOP "$pid"
	answer_is ETIMEDOUT
	expect "$(ask 1000)" 0 "the next request"
	wait_for 5 gone "$pid"
}

one_that_goes_on_in_time_is_heard() {
	hold
	kill -STOP "$pid"
	release
	wait_for 10 is "T (stopped)" status State
	kill -CONT "$pid"
	answer_is 0
	expect "$(handler)" "$pid" "the Handler"
}

released_and_answered() {
	release
	[ -f /tmp/answer ]
}

# With this id it waits before it reads anything, and again when it has.
one_that_is_traced_before_it_reads_is_told_nothing() {
	remove_all || fail "rmmod"
	modprobe umd_mgmt uid_base=1900000001
	modprobe sample_mgr
	rm -f /tmp/answer
	(ask 1000 >/tmp/answer.new; mv /tmp/answer.new /tmp/answer) &
	wait_worker starting
	trace seize
	expect "$(cat /tmp/traced)" traced "the tracer"
	release
	# The tracer has to take note of the Handler's end.
	wait_for 10 grep -q '^State:.Z' "/proc/$pid/status"
	kill -KILL "$tracer"
	wait_for 5 gone "$pid"
	expect "$(last_end)" traced "the cause"
	wait_worker starting
	wait_for 10 released_and_answered
	expect "$(cat /tmp/answer)" 0 "the request"
}

# With this id it makes its attempts before it reads anything.
the_first_instruction_is_sealed() {
	remove_all || fail "rmmod"
	modprobe umd_mgmt uid_base=1900000002
	modprobe sample_mgr
	expect "$(ask 1000)" EPIPE "the request"
	expect "$(last_end)" seccomp "the cause"
	grep '^starts 0$' /sys/kernel/debug/umd/sample_umh/statistics ||
		fail "it has started"
	remove_all
}

modprobe umd_mgmt crash_limit=0
modprobe sample_mgr
ask 1000 >/dev/null

ktap_run the_library_is_no_test_build \
	a_request_without_a_system_call_is_served dup_kills execve_kills \
	fcntl_kills fork_kills ioctl_kills kill_kills mmap_kills mount_kills \
	open_kills personality_kills poll_kills prctl_kills ptrace_kills \
	setuid_kills sigtimedwait_kills socket_kills threads_kill \
	unshare_kills a_fault_is_no_violation_of_seccomp \
	the_reply_of_a_traced_handler_is_not_taken nor_if_it_was_stopped_first \
	one_that_is_stopped_while_it_works_is_replaced \
	one_that_goes_on_in_time_is_heard \
	one_that_is_traced_before_it_reads_is_told_nothing \
	the_first_instruction_is_sealed
