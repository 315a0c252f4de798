# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: kernels=debug
#
# Calls that would wait for their own end, on a kernel whose lockdep reports
# them. Lockdep reports once in a boot, so control.sh makes these calls instead of
# planting the module's own inversion.

. /umd/ktap.sh
. /umd/umd_test.sh

a_load_and_an_unload_within_post_start_come_to_control() {
	known uma post_start=1 inner=2
	known umb post_start=1 inner=3
	cat >/tmp/inversion <<-EOF
		. /umd/ktap.sh
		. /umd/umd_test.sh
		does EDEADLK load uma path=$ELF
		does 0 load umb path=$ELF
		expect "\$(state umb)" running state
	EOF
}

umd_test_begin
ktap_run a_load_and_an_unload_within_post_start_come_to_control
