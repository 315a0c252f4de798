# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
#
# For suites about the set-up of a system (suite_setup_*.sh) that have sourced ktap.sh
# and sample.sh: what works, and what is refused.

# Has the kernel's log begin anew.
forget_log() {
	dmesg -c >/dev/null
}

# logged TEXT: fails the test unless the kernel's log has it.
logged() {
	dmesg | grep -qF "$1" || fail "not in the log: $1; $(dmesg | tail -n 5)"
}

# cannot_be_loaded MODULE ERRNO
cannot_be_loaded() {
	said=$(modprobe "$1" 2>&1) && fail "$1 is loaded"
	expect "$(errno_name "$said")" "$2" "the error of modprobe $1"
	! grep -q "^$1 " /proc/modules || fail "$1 is there"
}

# no_module_can_be_loaded ERRNO TEXT: with TEXT in the log; nothing is left of the try.
no_module_can_be_loaded() {
	for module in umd_mgmt sample_mgr; do
		forget_log
		cannot_be_loaded $module "$1"
		logged "$2"
	done
	[ ! -e /sys/kernel/security/umd ] || fail "there are files"
}

# A driver that is loaded serves, and its Handler is replaced when it is killed.
serves() {
	expect "$(ask 1)" 0 "a request"
	pid=$(handler)
	[ "$pid" ] || fail "there is no Handler"
	kill -KILL "$pid"
	expect "$(ask 2)" 0 "the request after a kill"
	wait_for 5 gone "$pid"
	expect "$(ask 131071)" 0 "one more"
}

obeys_the_administrator() {
	files=/sys/kernel/security/umd/sample_umh
	expect "$(write_errno $files/stopped 1)" 0 "1 in stopped"
	expect "$(ask 3)" EPERM "a request"
	expect "$(write_errno $files/stopped 0)" 0 "0 in stopped"
	expect "$(write_errno $files/abort 1)" 0 "1 in abort"
	expect "$(ask 4)" 0 "a request after that"
	grep -q '^requests [1-9]' /sys/kernel/debug/umd/sample_umh/statistics ||
		fail "no statistics"
}

# Everything, from the first module to the last.
all_works() {
	modprobe sample_mgr || fail "it cannot be loaded"
	serves
	obeys_the_administrator
	rmmod sample_loader_kmod || fail "the Loader cannot be removed"
	expect "$(ask 5)" 0 "a request that loads it again"
	remove_all || fail "it cannot be removed"
	[ ! -e /sys/kernel/security/umd ] || fail "files are left"
}
