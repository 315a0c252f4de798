# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
#
# The sample driver, for scripts in the guest that have sourced ktap.sh.

SAMPLE=/sys/kernel/security/sample_umd

# ask TEXT: writes TEXT and a newline to the sample driver; prints 0 or the
# name of the errno.
ask() {
	write_errno "$SAMPLE" "$1"
}

# The id of the Handler's process, or nothing.
handler() {
	pidof sample_umh
}

# status NAME: the words of that line of the Handler's status
status() {
	sed -n "s/^$1:[[:space:]]*//p" "/proc/$(handler)/status" |
		tr '\t' ' ' | sed 's/ *$//'
}

# A line "PID STATE" for each Handler that the library knows.
workers() {
	cat /sys/kernel/debug/umd/sample_umh/workers
}

# How the last Handler ended.
last_end() {
	sed -n "s/^last_end //p" /sys/kernel/debug/umd/sample_umh/statistics
}

# Milliseconds since some time.
now_ms() {
	awk '{ printf "%d\n", $1 * 1000 }' /proc/uptime
}

# Waits until the Handler's process is another than $1, at most 5 s.
wait_handler_gone() {
	_tries=0
	while [ -d "/proc/$1" ]; do
		_tries=$((_tries + 1))
		[ "$_tries" -le 500 ] || fail "process $1 is still there"
		usleep 10000
	done
}

# trace HOW: has another process trace the Handler pid, and waits for what it
# says, in /tmp/traced; sets tracer.
trace() {
	rm -f /tmp/traced
	/umd/look "$1" "$pid" >/tmp/traced &
	tracer=$!
	until [ -s /tmp/traced ]; do usleep 10000; done
}

# Removes all modules, in order.
remove_all() {
	rmmod sample_loader_kmod 2>/dev/null
	rmmod sample_mgr && rmmod umd_mgmt
}
