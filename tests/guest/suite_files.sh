# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: ends clock=instructions
#
# Files of securityfs by which programs ask a driver (loader-c/mgmt/request_file.c): the
# file `umd_test` of the driver `uma`.

. /umd/ktap.sh
. /umd/umd_test.sh

FILE=/sys/kernel/security/umd_test
# The struct of a request: nonce, count, status, unused.
ZEROS='\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0'

# with [KEY=VALUE]...: makes the file anew.
with() {
	umd file_remove uma >/dev/null
	does 0 file uma mode=0600 op=echo "$@"
}

# without_file: removes it.
without_file() {
	does 0 file_remove uma
	[ ! -e "$FILE" ] || fail "the file stays"
}

# kept PATH: a path to a file of securityfs that stays when the file is removed.
kept() {
	: >/tmp/kept
	mount --bind "$1" /tmp/kept || fail "mount $1"
	trap 'umount /tmp/kept' EXIT
}

# ask TEXT: opens the file, writes what printf makes of TEXT and reads. Prints the errors
# of both.
ask() {
	exec 3<>"$FILE" || fail "cannot open $FILE"
	# shellcheck disable=SC2059
	printf "$1" >/tmp/request
	_errno=$(send /tmp/request)
	echo "$_errno:$(get)"
	exec 3>&-
}

# send FILE: writes the file's bytes to the open file 3 in one write().
send() {
	if _said=$( (cat "$1" >&3) 2>&1); then
		echo 0
	else
		errno_name "$_said"
	fi
}

# get: reads from the open file 3 into /tmp/reply, and prints the name of the error, or
# 0. (The shell's own variables have no zeros.)
get() {
	if cat <&3 >/tmp/reply 2>/tmp/said; then
		echo 0
	else
		errno_name "$(cat /tmp/said)"
	fi
}

# length: of what was read.
length() {
	wc -c </tmp/reply
}

a_reply_is_read_where_it_was_asked_for() {
	does 0 register uma max_request=64 max_reply=64
	does 0 load uma path=$ELF
	with text_mode=1
	exec 3<>"$FILE" 4<>"$FILE"
	printf hello >/tmp/request
	expect "$(send /tmp/request)" 0 "the write"
	expect "$(get)" 0 "the read"
	expect "$(tail -c 5 /tmp/reply)" hello "the reply"
	expect "$(get):$(length)" 0:0 "behind its end"
	expect "$(cat <&4 2>&1 | grep -c 'No data available')" 1 "the other opening"
	exec 3>&- 4>&-
}

a_reply_is_read_in_pieces() {
	exec 3<>"$FILE"
	printf abcdef >/tmp/request
	expect "$(send /tmp/request)" 0 "the write"
	expect "$(dd bs=1 count=24 <&3 2>/dev/null | wc -c)" 24 "the struct"
	expect "$(dd bs=1 count=2 <&3 2>/dev/null)" ab "the first two"
	expect "$(get):$(cat /tmp/reply)" 0:cdef "the rest"
	printf xy >/tmp/request
	expect "$(send /tmp/request)" 0 "the next write"
	expect "$(get):$(tail -c 2 /tmp/reply)" 0:xy "its reply"
	expect "$(length)" 26 "its length, from the start"
	exec 3>&-
}

nothing_is_read_without_a_request() {
	exec 3<>"$FILE"
	expect "$(get)" ENODATA "before a write"
	printf hello >/tmp/request
	expect "$(send /tmp/request)" 0 "the write"
	printf '%s' -34 >/tmp/request
	expect "$(send /tmp/request)" ERANGE "what prepare refuses"
	expect "$(get)" ENODATA "the reply before"
	exec 3>&-
}

a_wrong_reply_is_seen_by_nobody() {
	dmesg -c >/dev/null
	exec 3<>"$FILE"
	printf '!hello' >/tmp/request
	expect "$(send /tmp/request)" EBADMSG "the write"
	expect "$(get)" ENODATA "the reply"
	exec 3>&-
	expect "$(dmesg | grep -c 'uma: wrong reply to operation 256 of umd_test$')" 1 \
		"lines of the log"
}

lengths_have_their_limits() {
	with
	exec 3<>"$FILE"
	head -c 64 /dev/zero >/tmp/request
	expect "$(send /tmp/request)" 0 "64 bytes"
	head -c 65 /dev/zero >/tmp/request
	expect "$(send /tmp/request)" EMSGSIZE "65 bytes"
	expect "$(get):$(length)" 0:64 "a write of too many bytes changes nothing"
	exec 3>&-
	with max_write=16
	exec 3<>"$FILE"
	head -c 17 /dev/zero >/tmp/request
	expect "$(send /tmp/request)" EMSGSIZE "17 bytes"
	head -c 16 /dev/zero >/tmp/request
	expect "$(send /tmp/request)" 0 "16 bytes"
	exec 3>&-
	with text_mode=1 max_write=4000
	exec 3<>"$FILE"
	head -c 41 /dev/zero | tr '\0' a >/tmp/request
	expect "$(send /tmp/request)" EMSGSIZE "a request that prepare made too long"
	exec 3>&-
}

errors_of_handler_and_library_are_told() {
	with
	expect "$(ask "$ZEROS")" "0:0" "24 zeros"
	# The Handler's status: -EDOM.
	status='\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\337\377\377\377\0\0\0\0'
	expect "$(ask "$status")" "EDOM:ENODATA" "a status"
	with min=25
	expect "$(ask "$ZEROS")" "EPROTO:ENODATA" "a reply that is too short"
	with op=fault
	expect "$(ask "$ZEROS")" "EPIPE:ENODATA" "a crash"
	with
	expect "$(ask "$ZEROS")" "0:0" "the next request"
}

a_file_that_cannot_be_read_keeps_no_reply() {
	with mode=0200
	exec 3<>"$FILE"
	printf '%s' 123456789 >/tmp/request
	expect "$(send /tmp/request)" 0 "the write"
	expect "$(get)" EINVAL "the read"
	exec 3>&-
}

one_task_at_a_time_has_an_open_file() {
	with op=hold
	exec 3<>"$FILE"
	# shellcheck disable=SC2059
	printf "$ZEROS" >/tmp/request
	send /tmp/request >/tmp/first &
	wait_for 5 is 1 busy uma
	expect "$(send /tmp/request)" EBUSY "a second write"
	expect "$(get)" EBUSY "a read meanwhile"
	expect "$(cat /tmp/first)" "" "the first one is not over"
	go_on "$(pidof uma)"
	wait_for 5 is 0 cat /tmp/first
	expect "$(get):$(length)" 0:24 "its reply"
	exec 3>&-
}

what_cannot_be_is_refused() {
	umd file_remove uma >/dev/null
	does EINVAL file uma mode=0600 op=echo simple=1
	does EINVAL file uma mode=0600 op=ping
	does EINVAL file uma mode=0600 op=echo min=65
	does 0 file uma mode=0600 op=echo min=64
	does EEXIST file uma mode=0600 op=echo
	without_file
}

# At last even the module is gone whose operations the file had.
an_open_file_pins_its_manager() {
	with
	kept "$FILE"
	exec 3<>"$FILE"
	rmmod umd_test 2>/dev/null && fail "umd_test was removed in use"
	exec 3>&-
	rmmod umd_test || fail "umd_test stays"
	[ ! -e "$FILE" ] || fail "the file stays"
	rmmod umd_mgmt || fail "umd_mgmt stays"
	expect "$(write_errno /tmp/kept hello)" EIO "an open() by the path"
}

# A program needs no right to a file for a path to it.
a_path_to_a_file_outlives_it() {
	with
	kept "$FILE"
	without_file
	expect "$(write_errno /tmp/kept hello)" EIO "an open() by the path"
	with
	expect "$(ask "$ZEROS")" "0:0" "the next file of this name"
	expect "$(write_errno /tmp/kept hello)" EIO "an open() by the old path"
}

a_path_into_a_folder_outlives_it() {
	kept $ADMIN/uma/stopped
	(cd $ADMIN/uma && exec sleep 600) &
	user=$!
	wait_for 5 is sleep cat /proc/$user/comm
	does 0 file_remove uma
	does 0 unload uma
	does 0 unregister uma
	[ ! -e $ADMIN/uma ] || fail "the folder stays"
	does 0 register uma max_request=64 max_reply=64
	expect "$(cat $ADMIN/uma/stopped)" 0 "the next driver's file"
	expect "$(write_errno /tmp/kept 1)" EIO "an open() by the old path"
	expect "$(cat $ADMIN/uma/stopped)" 0 "the next driver's file after that"
	kill $user
}

what_is_mounted_on_a_file_goes_with_it() {
	does 0 load uma path=$ELF
	with
	: >/tmp/other
	mount --bind /tmp/other "$FILE" || fail mount
	without_file
	! grep -q umd_test /proc/mounts || fail "$(cat /proc/mounts)"
	with
	expect "$(ask "$ZEROS")" "0:0" "the next file of this name"
}

modprobe umd_test || exit

ktap_run a_reply_is_read_where_it_was_asked_for a_reply_is_read_in_pieces \
	nothing_is_read_without_a_request a_wrong_reply_is_seen_by_nobody \
	lengths_have_their_limits errors_of_handler_and_library_are_told \
	a_file_that_cannot_be_read_keeps_no_reply \
	one_task_at_a_time_has_an_open_file what_cannot_be_is_refused \
	a_path_to_a_file_outlives_it a_path_into_a_folder_outlives_it \
	what_is_mounted_on_a_file_goes_with_it an_open_file_pins_its_manager
