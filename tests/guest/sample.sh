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

# trace HOW: has another process trace the Handler pid, and waits for what it
# says, in /tmp/traced; sets tracer.
trace() {
	rm -f /tmp/traced
	/umd/look "$1" "$pid" >/tmp/traced &
	tracer=$!
	wait_for 10 [ -s /tmp/traced ]
}

nothing_is_being_loaded() {
	! grep -q " Loading " /proc/modules
}

# Removes all modules, in order.
remove_all() {
	# A request is served before the Loader's init has returned.
	wait_for 10 nothing_is_being_loaded
	rmmod sample_loader_kmod 2>/dev/null
	rmmod sample_mgr && rmmod umd_mgmt
}
