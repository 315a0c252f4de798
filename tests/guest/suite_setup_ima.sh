# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: long clock=instructions append=ima_policy=tcb
#
# IMA measures by a policy of the kernel, and then appraises by rules of the
# administrator. The kernel takes these once only, so the order of the tests counts.

. /umd/ktap.sh
. /umd/sample.sh
. /umd/setup.sh

IMA=/sys/kernel/security/ima

measured() {
	grep -c "$1" $IMA/ascii_runtime_measurements
}

# Linux 6 has an exception in that policy for all that is in a tmpfs.
by_the_kernels_policy() {
	case $(uname -r) in
	6.*) echo 0 ;;
	*) echo 1 ;;
	esac
}

# A program of a file system for which the policy has no exception.
ima_measures() {
	mkdir /tmp/other
	mount -t ramfs other /tmp/other
	cp /bin/busybox /tmp/other/busybox
	expect "$(measured /tmp/other/busybox)" 0 "measurements of the program"
	/tmp/other/busybox true || fail "it does not run"
	expect "$(measured /tmp/other/busybox)" 1 "measurements of the program"
}

a_driver_works_while_ima_measures() {
	all_works
	expect "$(measured sample_umh)" "$(by_the_kernels_policy)" \
		"measurements of the Handler"
}

# The guest's programs are in its rootfs: of all that is executed, only Handlers are in
# a tmpfs.
a_rule_without_exception_measures_the_handler() {
	modprobe sample_mgr || fail "modprobe"
	serves
	rules="measure func=BPRM_CHECK fsname=tmpfs
appraise func=BPRM_CHECK fsname=tmpfs"
	expect "$(write_errno $IMA/policy "$rules")" 0 "the policy"
	expect "$(ask 3)" 0 "a request to the Handler that runs"
	expect "$(measured sample_umh)" "$(by_the_kernels_policy)" \
		"measurements before a start"
	kill -KILL "$(handler)"
	expect "$(ask 4)" EACCES "a request that needs a start"
	expect "$(measured sample_umh)" 1 "measurements of the Handler"
}

# A file system in memory has no signatures.
a_handler_that_is_appraised_does_not_start() {
	rmmod sample_loader_kmod || fail "rmmod"
	forget_log
	said=$(modprobe sample_loader_kmod 2>&1) && fail "the Loader is loaded"
	expect "$(errno_name "$said")" EACCES "the error of modprobe"
	logged "sample_umh: cannot start the Handler: error -13"
	expect "$(handler)" "" "the Handler"
	remove_all || fail "rmmod"
}

ktap_run ima_measures a_driver_works_while_ima_measures \
	a_rule_without_exception_measures_the_handler \
	a_handler_that_is_appraised_does_not_start
