# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: long clock=instructions append=lockdown=confidentiality
#
# A kernel that is locked down when it boots.

. /umd/ktap.sh
. /umd/sample.sh
. /umd/setup.sh

a_locked_kernel_takes_no_unsigned_module() {
	grep -qF '[confidentiality]' /sys/kernel/security/lockdown ||
		fail "$(cat /sys/kernel/security/lockdown)"
	no_module_can_be_loaded EPERM \
		"Lockdown: modprobe: unsigned module loading is restricted"
}

ktap_run a_locked_kernel_takes_no_unsigned_module
