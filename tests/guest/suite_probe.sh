# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: ends clock=instructions handler=probe_umh.c modules=no-seccomp
#
# The rest of the seal when the system call filter is not there, from inside: the
# sample driver with tests/evil/probe_umh.c as its Handler, and a
# library that was built without seccomp. The name of a test says so if only
# seccomp prevents something.

. /umd/ktap.sh
. /umd/sample.sh

# probe NUMBER ERRNO: the attempt has this result, and the Handler lives on.
probe() {
	pid=$(handler)
	expect "$(ask "$1")" "$2" "probe $1"
	expect "$(handler)" "$pid" "the Handler after probe $1"
}

# deadly NUMBER ERRNO CAUSE: the attempt ends the Handler.
deadly() {
	expect "$(ask "$1")" "$2" "probe $1"
	expect "$(last_end)" "$3" "the cause"
	expect "$(ask 1000)" 0 "the next request"
}

the_build_is_marked_as_a_test() {
	dmesg | grep -q 'umd_mgmt: TEST BUILD' || fail "nothing is said"
	[ $(($(cat /proc/sys/kernel/tainted) >> 18 & 1)) = 1 ] || fail "no taint"
	expect "$(status Seccomp)" 0 Seccomp
}

before_its_first_read_it_cannot_reply() { probe 4 EPERM; }
before_its_first_read_it_sees_no_file() { probe 5 ENOENT; }
before_its_first_read_it_makes_no_file() { probe 6 EROFS; }
before_its_first_read_it_has_no_free_descriptor() { probe 7 EMFILE; }

files_do_not_exist() {
	probe 8 ENOENT
	probe 10 ENOENT
	probe 11 ENOENT
}
dots_lead_nowhere() { probe 9 ENOENT; }
its_binary_cannot_be_opened() { probe 12 ENOENT; }
no_file_is_created() { probe 13 EROFS; }
no_unnamed_file_is_created() { probe 14 EROFS; }
its_root_can_be_opened() { probe 15 0; }
its_root_is_empty() { probe 16 0; }
no_folder_is_made() { probe 17 EROFS; }
no_device_is_made() { probe 18 EROFS; }
no_link_is_made() { probe 19 EROFS; }
its_root_cannot_be_changed() { probe 20 EROFS; }
nothing_is_mounted() { probe 21 EPERM; }
nothing_is_unmounted() { probe 22 EPERM; }
chroot_is_refused() { probe 23 EPERM; }

user_ids_cannot_be_changed() {
	probe 24 EPERM
	probe 26 EPERM
	probe 28 EPERM
	probe 31 EPERM
}
group_ids_cannot_be_changed() {
	probe 25 EPERM
	probe 27 EPERM
	probe 29 EPERM
	probe 30 EPERM
}
no_capability_is_gained() {
	probe 32 EPERM
	probe 33 EPERM
}
the_bounding_set_is_empty() { probe 34 0; }
securebits_are_locked() {
	probe 35 EPERM
	probe 36 0
}
no_new_privs_is_set() { probe 37 0; }
it_is_not_dumpable() { probe 38 0; }
only_seccomp_keeps_it_from_becoming_dumpable() {
	expect "$(stat -c %u "/proc/$(handler)/environ")" 0 "the owner"
	probe 39 0
	expect "$(stat -c %u "/proc/$(handler)/environ")" 2130706432 "the owner"
	kill -KILL "$(handler)"
	expect "$(ask 1000)" 0 "the next request"
}
only_seccomp_keeps_its_personality() { probe 40 0; }

init_cannot_be_signalled() { probe 41 EPERM; }
init_cannot_be_traced() { probe 42 EPERM; }
# The last one, for its process is never waited for.
one_that_has_itself_traced_is_not_heard() { deadly 43 EPIPE traced; }
no_namespace_is_made() {
	probe 44 EPERM
	probe 45 EPERM
}
what_root_may_is_refused() { probe 46 EPERM; }
nothing_can_be_executed() {
	probe 47 ENOENT
	probe 48 ENOENT
	probe 49 EACCES
}

memory_is_limited() {
	probe 50 ENOMEM
	probe 51 0
}
no_memory_is_locked() {
	probe 52 EPERM
	probe 54 EPERM
	probe 55 EPERM
}
the_stack_is_limited() { deadly 56 EPIPE fault; }
limits_cannot_be_raised() { probe 57 EPERM; }
its_priority_cannot_be_raised() { probe 58 EACCES; }
it_cannot_be_real_time() { probe 59 EPERM; }
no_timer_is_made() { probe 60 EAGAIN; }

there_is_no_third_descriptor() {
	probe 61 EMFILE
	probe 62 EBADF
	probe 63 EMFILE
	probe 64 EMFILE
	probe 65 EMFILE
	probe 77 EMFILE
}
only_seccomp_keeps_it_from_sockets() { probe 66 0; }
files_in_memory_stay_empty() { probe 67 EFBIG; }

the_channel_takes_no_ioctl() { probe 68 ENOTTY; }
the_channel_has_no_position() {
	probe 69 ESPIPE
	probe 70 ESPIPE
}
the_channel_has_no_size() { probe 71 EINVAL; }
the_channel_is_no_folder() { probe 72 ENOTDIR; }
the_channel_keeps_its_mode() { probe 73 EPERM; }
the_channel_is_not_mapped() { probe 53 ENODEV; }
the_channel_is_not_spliced() {
	probe 74 EINVAL
	probe 75 EINVAL
}
the_channel_is_always_ready() { probe 76 0; }
a_closed_channel_is_not_read() { probe 78 EBADF; }

only_seccomp_keeps_it_from_forking() { probe 79 0; }
a_child_reads_nothing() { probe 80 EPERM; }
a_child_says_nothing() { probe 81 EPERM; }
with_a_second_thread_nobody_is_heard() { probe 84 EPERM; }

# orphan NUMBER ERRNO: the Handler leaves a child with its descriptors.
orphan() {
	began=$(now_ms)
	expect "$(ask "$1")" "$2" "probe $1"
	took=$(($(now_ms) - began))
	echo "after $took ms"
	expect "$(ask 1000)" 0 "the next request"
	orphan=$(handler | tr ' ' '\n' | grep -v "^$(workers | cut -d' ' -f1)\$")
	expect "$(echo "$orphan" | wc -w)" 1 "processes left"
	kill -KILL "$orphan"
	wait_for 5 gone "$orphan"
}
death_is_seen_at_once_although_a_child_holds_the_channel() {
	orphan 82 EPIPE
	[ "$took" -lt 1000 ] || fail "not at once"
}
# Nothing is closed at the death of one of two who share a table.
only_seccomp_lets_death_be_seen_beside_a_child_that_shares_the_table() {
	orphan 83 ETIMEDOUT
	[ "$took" -lt 6000 ] || fail "not by the deadline"
}

modprobe umd_mgmt crash_limit=0 uid_base=1900000002
modprobe sample_mgr
ask 1000 >/tmp/first

# Tests that need another start come first.
the_first_request_is_served() { expect "$(cat /tmp/first)" 0 "the request"; }

the_ids_become_the_usual_ones() {
	remove_all || fail "rmmod"
	modprobe umd_mgmt crash_limit=0
	modprobe sample_mgr
	expect "$(ask 1000)" 0 "a request"
	expect "$(status Uid)" "2130706432 2130706432 2130706432 2130706432" Uid
}

ktap_run the_first_request_is_served the_build_is_marked_as_a_test \
	before_its_first_read_it_cannot_reply \
	before_its_first_read_it_sees_no_file \
	before_its_first_read_it_makes_no_file \
	before_its_first_read_it_has_no_free_descriptor \
	the_ids_become_the_usual_ones \
	files_do_not_exist dots_lead_nowhere its_binary_cannot_be_opened \
	no_file_is_created no_unnamed_file_is_created its_root_can_be_opened \
	its_root_is_empty no_folder_is_made no_device_is_made no_link_is_made \
	its_root_cannot_be_changed nothing_is_mounted nothing_is_unmounted \
	chroot_is_refused user_ids_cannot_be_changed \
	group_ids_cannot_be_changed no_capability_is_gained \
	the_bounding_set_is_empty securebits_are_locked no_new_privs_is_set \
	it_is_not_dumpable only_seccomp_keeps_it_from_becoming_dumpable \
	only_seccomp_keeps_its_personality init_cannot_be_signalled \
	init_cannot_be_traced \
	no_namespace_is_made what_root_may_is_refused nothing_can_be_executed \
	memory_is_limited no_memory_is_locked the_stack_is_limited \
	limits_cannot_be_raised its_priority_cannot_be_raised \
	it_cannot_be_real_time no_timer_is_made there_is_no_third_descriptor \
	only_seccomp_keeps_it_from_sockets files_in_memory_stay_empty \
	the_channel_takes_no_ioctl the_channel_has_no_position \
	the_channel_has_no_size the_channel_is_no_folder \
	the_channel_keeps_its_mode the_channel_is_not_mapped \
	the_channel_is_not_spliced the_channel_is_always_ready \
	a_closed_channel_is_not_read only_seccomp_keeps_it_from_forking \
	a_child_reads_nothing a_child_says_nothing \
	with_a_second_thread_nobody_is_heard \
	death_is_seen_at_once_although_a_child_holds_the_channel \
	only_seccomp_lets_death_be_seen_beside_a_child_that_shares_the_table \
	one_that_has_itself_traced_is_not_heard
