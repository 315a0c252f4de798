# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: ends handler=probe_umh.c
#
# A Handler needs nothing else of the system, and leaves nothing behind in it. The
# suite's Handler is tests/evil/probe_umh.c.

. /umd/ktap.sh
. /umd/sample.sh

# in_nothing COMMAND...: runs it without /proc and /dev, and with a root
# directory that only root may enter.
in_nothing() {
	umount -l /dev || fail "umount /dev"
	umount -l /proc || fail "umount /proc"
	chmod 0700 /
	("$@") >/tmp/in_nothing 2>&1
	_status=$?
	chmod 0755 /
	mount -t proc proc /proc && mount -t devtmpfs devtmpfs /dev
	cat /tmp/in_nothing
	return "$_status"
}

without_proc_and_dev_it_is_so() {
	in_nothing so || fail "it is not"
}
so() {
	[ ! -e /proc/self ] && [ ! -e /dev/null ] && [ "$(stat -c %a /)" = 700 ]
}

a_running_handler_serves_without_proc_and_dev() {
	in_nothing served || fail "it does not"
}
served() {
	expect "$(ask 1005)" 0 "a request"
}

a_killed_handler_is_replaced_without_proc_and_dev() {
	old=$(handler)
	in_nothing kill_and_ask "$old" || fail "that failed"
	[ "$(handler)" != "$old" ] || fail "still process $old"
}
kill_and_ask() {
	kill -KILL "$1" || fail "kill"
	expect "$(ask 1006)" 0 "the next request"
}

# modprobe looks at /proc/modules, where there is one.
the_loader_is_loaded_without_proc_and_dev() {
	in_nothing unload_and_ask || fail "that failed"
}
unload_and_ask() {
	rmmod sample_loader_kmod || fail "rmmod"
	expect "$(ask 1007)" 0 "the next request"
}

all_is_loaded_without_proc_and_dev() {
	in_nothing remove_and_ask || fail "that failed"
}
remove_and_ask() {
	remove_all || fail "rmmod"
	modprobe sample_mgr || fail "modprobe"
	expect "$(ask 1008)" 0 "a request"
}

# A Handler's start needs nothing of the caller.
a_caller_in_another_root_is_served() {
	mkdir -p /tmp/root/bin /tmp/root/control
	cp /bin/busybox /tmp/root/bin/sh
	mount --bind /sys/kernel/security /tmp/root/control
	kill -KILL "$(handler)"
	chroot /tmp/root /bin/sh -c 'echo 1009 >/control/sample_umd' || fail "refused"
	umount /tmp/root/control
}

# The kernel waits for the program, so that its file is there, or never is.
core_goes_to_a_program() {
	cat >/tmp/core <<-EOF
		#!/bin/sh
		cat >/tmp/core.file
	EOF
	chmod 755 /tmp/core
	echo '|/tmp/core' >/proc/sys/kernel/core_pattern
	echo 1 >/proc/sys/kernel/core_pipe_limit
	rm -f /tmp/core.file
}

a_crash_of_another_process_goes_to_the_core_program() {
	core_goes_to_a_program
	# RLIMIT_CORE 0 does not matter then.
	sh -c 'ulimit -c 0; kill -SEGV $$'
	[ -s /tmp/core.file ] || fail "no core"
}

a_crash_of_the_handler_does_not() {
	core_goes_to_a_program
	expect "$(ask 1000)" 0 "a request"
	pid=$(handler)
	expect "$(ask 1)" EPIPE "the request"
	expect "$(last_end)" fault "the cause"
	wait_for 5 gone "$pid"
	[ ! -e /tmp/core.file ] || fail "$(wc -c </tmp/core.file) bytes of it"
}

nor_if_the_system_dumps_what_has_other_ids() {
	core_goes_to_a_program
	echo 2 >/proc/sys/fs/suid_dumpable
	expect "$(ask 1000)" 0 "a request"
	pid=$(handler)
	expect "$(ask 1)" EPIPE "the request"
	wait_for 5 gone "$pid"
	echo 0 >/proc/sys/fs/suid_dumpable
	[ ! -e /tmp/core.file ] || fail "$(wc -c </tmp/core.file) bytes of it"
}

modprobe umd_mgmt crash_limit=0
modprobe sample_mgr
ask 1000 >/dev/null

ktap_run without_proc_and_dev_it_is_so \
	a_running_handler_serves_without_proc_and_dev \
	a_killed_handler_is_replaced_without_proc_and_dev \
	the_loader_is_loaded_without_proc_and_dev \
	all_is_loaded_without_proc_and_dev a_caller_in_another_root_is_served \
	a_crash_of_another_process_goes_to_the_core_program \
	a_crash_of_the_handler_does_not \
	nor_if_the_system_dumps_what_has_other_ids
