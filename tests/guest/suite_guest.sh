# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite:
# may skip: a_test_can_be_skipped 6.1 6.12 latest debug uml
#
# The guest itself and the helpers of ktap.sh: what other suites rely on.

. /umd/ktap.sh

file_systems_are_mounted() {
	for folder in /proc /sys /dev /tmp /sys/kernel/security \
		/sys/kernel/debug /sys/kernel/tracing; do
		grep -q " $folder " /proc/mounts || fail "$folder is not mounted"
	done
}

the_kernel_finds_modprobe() {
	program=$(cat /proc/sys/kernel/modprobe)
	[ -x "$program" ] || fail "$program is not there"
	[ -f "/lib/modules/$(uname -r)/modules.dep" ] || fail "no modules.dep"
}

a_write_error_has_its_name() {
	expect "$(write_errno /dev/null 5)" 0 "a write to /dev/null"
	expect "$(write_errno /dev/full 5)" ENOSPC "a write to /dev/full"
	expect "$(write_errno /proc/self/oom_score_adj abc)" EINVAL "a word"
	expect "$(write_errno /proc/self/oom_score_adj 5000)" EINVAL "5000"
	expect "$(write_errno /nonexistent/file 5)" ENOENT "no file"
}

input_is_written_as_it_is() {
	printf 'a\0b' | write_input_errno /tmp/written >/tmp/errno
	expect "$(cat /tmp/errno)" 0 "the write"
	expect "$(od -An -tx1 /tmp/written)" " 61 00 62" "the file"
	printf 'a\0b' | write_input_errno /dev/full >/tmp/errno
	expect "$(cat /tmp/errno)" ENOSPC "a write to /dev/full"
}

a_test_can_be_skipped() {
	skip "to see that it is reported"
}

ktap_run file_systems_are_mounted the_kernel_finds_modprobe \
	a_write_error_has_its_name input_is_written_as_it_is a_test_can_be_skipped
