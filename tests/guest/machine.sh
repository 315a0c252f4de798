# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox disable=SC2034
#
# What differs from one processor to the next, for suites: numbers of system calls.
# Newer processors have the same numbers.

case $(uname -m) in
x86_64)
	NR_read=0 NR_write=1 NR_sigreturn=15 NR_getpid=39 NR_exit=60 NR_exit_group=231
	;;
*)
	NR_read=63 NR_write=64 NR_exit=93 NR_exit_group=94 NR_sigreturn=139 NR_getpid=172
	;;
esac

# needs_x86 WHAT: ends the test as skipped on another processor, and in User Mode Linux.
needs_x86() {
	[ "$(uname -m)" = x86_64 ] || skip "no $1 on $(uname -m)"
	needs_hardware "$1"
}
