# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
#
# The sample driver with tests/evil/evil_umh.c as its Handler: each attack has
# one errno, and the next request is served.

. /umd/ktap.sh
. /umd/sample.sh

# attack OFFSET ERRNO: the request for it, and one that is answered well.
attack() {
	expect "$(ask "$1")" "$2" "attack $1"
	expect "$(ask 1000)" 0 "the request after attack $1"
}

evil_exits() { attack 0 EPIPE; }
evil_faults() { attack 1 EPIPE; }
evil_runs_an_illegal_instruction() { attack 2 EPIPE; }
evil_calls_what_is_forbidden() { attack 3 EPIPE; }
evil_never_replies() { attack 4 ETIMEDOUT; }
evil_replies_with_a_header_only() { attack 5 EPROTO; }
evil_replies_too_short() { attack 6 EPROTO; }
evil_replies_too_long() { attack 7 EPROTO; }
evil_states_a_huge_length() { attack 8 EPROTO; }
evil_writes_a_terabyte() { attack 9 EPROTO; }
evil_writes_nothing() { attack 10 EPROTO; }
evil_has_another_magic() { attack 11 EPROTO; }
evil_has_another_version() { attack 12 EPROTO; }
evil_has_another_operation() { attack 13 EPROTO; }
evil_has_an_older_id() { attack 14 EPROTO; }
evil_has_a_newer_id() { attack 15 EPROTO; }
evil_has_a_positive_status() { attack 16 EPROTO; }
evil_has_a_restart_code_as_status() { attack 17 EPROTO; }
evil_has_a_status_out_of_range() { attack 18 EPROTO; }
evil_has_the_lowest_status() { attack 19 EPROTO; }
evil_has_a_status_of_its_own() { attack 20 EIO; }
evil_has_a_payload_beside_a_status() { attack 21 EPROTO; }
evil_sets_flags() { attack 22 EPROTO; }
evil_sets_reserved() { attack 23 EPROTO; }
evil_writes_byte_by_byte() { attack 24 EPROTO; }
evil_replies_twice() { attack 25 0; }
evil_reads_before_it_replies() { attack 26 EPROTO; }
evil_sets_another_byte_too() { attack 27 EBADMSG; }
evil_sets_no_byte() { attack 28 EBADMSG; }
evil_writes_from_unmapped_memory() { attack 29 EPROTO; }
evil_writes_from_half_mapped_memory() { attack 30 EPROTO; }
evil_replies_and_exits() { attack 31 0; }
evil_reads_with_little_room_next() { attack 32 0; }
evil_reads_to_unmapped_memory_next() { attack 33 0; }
evil_writes_to_descriptor_0() { attack 34 0; }
evil_writes_to_descriptor_2() { attack 35 0; }

# Otherwise the back-off would answer after five of them.
modprobe umd_mgmt crash_limit=0
modprobe sample_mgr

ktap_run evil_exits evil_faults evil_runs_an_illegal_instruction \
	evil_calls_what_is_forbidden evil_never_replies \
	evil_replies_with_a_header_only evil_replies_too_short \
	evil_replies_too_long evil_states_a_huge_length evil_writes_a_terabyte \
	evil_writes_nothing evil_has_another_magic evil_has_another_version \
	evil_has_another_operation evil_has_an_older_id evil_has_a_newer_id \
	evil_has_a_positive_status evil_has_a_restart_code_as_status \
	evil_has_a_status_out_of_range evil_has_the_lowest_status \
	evil_has_a_status_of_its_own evil_has_a_payload_beside_a_status \
	evil_sets_flags evil_sets_reserved evil_writes_byte_by_byte \
	evil_replies_twice evil_reads_before_it_replies \
	evil_sets_another_byte_too evil_sets_no_byte \
	evil_writes_from_unmapped_memory evil_writes_from_half_mapped_memory \
	evil_replies_and_exits evil_reads_with_little_room_next \
	evil_reads_to_unmapped_memory_next evil_writes_to_descriptor_0 \
	evil_writes_to_descriptor_2
