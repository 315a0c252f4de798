# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: long clock=instructions append=module.sig_enforce=1
#
# A kernel that takes only modules with a signature when it boots.

. /umd/ktap.sh
. /umd/sample.sh
. /umd/setup.sh

an_enforcing_kernel_takes_no_unsigned_module() {
	expect "$(cat /sys/module/module/parameters/sig_enforce)" Y sig_enforce
	no_module_can_be_loaded EKEYREJECTED "Loading of unsigned module is rejected"
}

ktap_run an_enforcing_kernel_takes_no_unsigned_module
