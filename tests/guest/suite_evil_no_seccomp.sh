# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: ends clock=instructions modules=no-seccomp full
# may skip: evil_vsyscall uml
#
# Hostile Handlers that may make any system call, by a library that was built
# without seccomp: the channel's own defences, and the rest of the seal's. The
# attacks that need no such call are those of suite_evil.sh, whose first argument
# this has, too.

. /umd/ktap.sh
. /umd/umd_test.sh
. /umd/evil.sh
EVIL_SEAL=none

# The process that was started has exited, and a second thread of it has not.
a_thread_without_its_leader_is_killed() {
	_number=$(sed -n 's/^\([0-9]*\) call leave_the_thread .*/\1/p' /tmp/evil.table)
	calls_to ETIMEDOUT "op=$(evil_operation "$_number")" timeout_ms=1000
	wait_for 5 is 0 count_handlers uma
}

umd_test_begin
evil_prepare call
evil_load >/dev/null
trap evil_summary EXIT
# shellcheck disable=SC2086
ktap_run the_list_is_that_of_the_handler a_thread_without_its_leader_is_killed \
	$evil_tests
