# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: long clock=instructions append=nosmp memory=120
#
# One processor, without anything for a second, and little memory: with 104 MiB, of
# which the guest's files take 12, the newest kernel does not boot at all.

. /umd/ktap.sh
. /umd/sample.sh
. /umd/setup.sh

a_driver_works_with_nosmp_and_little_memory() {
	grep -qw nosmp /proc/cmdline || fail "there is no nosmp"
	expect "$(grep -c ^processor /proc/cpuinfo)" 1 processors
	free
	all_works
}

ktap_run a_driver_works_with_nosmp_and_little_memory
