# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: long kernels=own clock=instructions
#
# What refuses modules is turned on while a driver is at work, one after the other, for
# nothing of it can be turned off again.

. /umd/ktap.sh
. /umd/sample.sh
. /umd/setup.sh

# the_loader_is_refused TEXT: its Handler serves as long as it is there, and no longer.
the_loader_is_refused() {
	serves
	obeys_the_administrator
	rmmod sample_loader_kmod || fail "rmmod"
	forget_log
	expect "$(ask 6)" ENOPROTOOPT "a request without the Loader"
	logged "$1"
	logged "sample_umh: no Handler: module sample_loader_kmod cannot be loaded"
	expect "$(ask 7)" ENOPROTOOPT "the next"
}

without_a_refusal_all_works() {
	all_works
	modprobe sample_mgr || fail "modprobe"
	expect "$(ask 1)" 0 "a request"
}

a_driver_goes_on_when_the_kernel_is_locked() {
	expect "$(write_errno /sys/kernel/security/lockdown confidentiality)" 0 lockdown
	the_loader_is_refused "Lockdown: modprobe: unsigned module loading is restricted"
	cannot_be_loaded sample_loader_kmod EPERM
}

signatures_come_before_lockdown() {
	expect "$(write_errno /sys/module/module/parameters/sig_enforce 1)" 0 sig_enforce
	# Has the library forget that there was no Loader.
	expect "$(write_errno /sys/kernel/security/umd/sample_umh/stopped 0)" 0 "0 in stopped"
	forget_log
	expect "$(ask 8)" ENOPROTOOPT "a request without the Loader"
	logged "Loading of unsigned module is rejected"
	cannot_be_loaded sample_loader_kmod EKEYREJECTED
}

with_modules_disabled_even_removal_is_refused() {
	expect "$(write_errno /proc/sys/kernel/modules_disabled 1)" 0 modules_disabled
	cannot_be_loaded sample_loader_kmod EPERM
	expect "$(ask 9)" ENOPROTOOPT "a request without the Loader"
	said=$(rmmod sample_mgr 2>&1) && fail "sample_mgr was removed"
	expect "$(errno_name "$said")" EPERM "the error of rmmod"
}

ktap_run without_a_refusal_all_works a_driver_goes_on_when_the_kernel_is_locked \
	signatures_come_before_lockdown \
	with_modules_disabled_even_removal_is_refused
