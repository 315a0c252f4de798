# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: long clock=instructions append=lockdown=confidentiality
#
# A kernel that is locked down when it boots.

. /umd/ktap.sh
. /umd/sample.sh
. /umd/setup.sh

RESTRICTED="unsigned module loading is restricted"

a_locked_kernel_takes_no_unsigned_module() {
	grep -qF '[confidentiality]' /sys/kernel/security/lockdown ||
		fail "$(cat /sys/kernel/security/lockdown)"
	for module in umd_mgmt sample_mgr; do
		forget_log
		cannot_be_loaded $module EPERM
		logged "Lockdown: modprobe: $RESTRICTED"
	done
	[ ! -e /sys/kernel/security/umd ] || fail "there are files"
}

ktap_run a_locked_kernel_takes_no_unsigned_module
