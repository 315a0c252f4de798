# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
#
# The sample driver with its own Handler: what the Manager takes, what the
# Handler is, and that neither kills nor unloading lose a request.

. /umd/ktap.sh
. /umd/sample.sh

the_manager_alone_starts_nothing() {
	modprobe sample_mgr || fail "modprobe"
	expect "$(handler)" "" "the Handler"
	grep -q sample_loader_kmod /proc/modules && fail "the Loader is loaded"
	expect "$(stat -c %a $SAMPLE)" 200 "the file's mode"
}

the_first_write_loads_and_starts() {
	expect "$(ask 0)" 0 "offset 0"
	grep -q '^sample_loader_kmod ' /proc/modules || fail "no Loader"
	[ -n "$(handler)" ] || fail "no Handler"
}

offsets_in_range_are_served() {
	for offset in 0 1 2 4095 4096 4097 65535 65536 70000 131070 131071; do
		expect "$(ask "$offset")" 0 "offset $offset"
	done
}

number_formats_are_taken() {
	for number in 0x0 0x1fFFf 0X10 017 00 0377777; do
		expect "$(ask "$number")" 0 "$number"
	done
	printf 12345 | write_input_errno "$SAMPLE" >/tmp/errno
	expect "$(cat /tmp/errno)" 0 "a number without a newline"
	# One with the greatest length that is taken, and one more.
	expect "$(ask "$(printf '%030d' 7)")" 0 "30 digits"
	expect "$(ask "$(printf '%031d' 7)")" EINVAL "31 digits"
}

numbers_out_of_range_are_refused() {
	for number in 131072 0x20000 0400000 4294967295 4294967296 \
		18446744073709551615 18446744073709551616; do
		expect "$(ask "$number")" ERANGE "$number"
	done
}

what_is_no_number_is_refused() {
	for text in "" " " abc -1 +1 " 1" "1 " 1a 08 0x 0b1 1.0 1,000 "1
2" "1

"; do
		expect "$(ask "$text")" EINVAL "'$text'"
	done
	expect "$(ask "$(printf '%0100d' 1)")" EINVAL "100 bytes"
	printf '1\0' | write_input_errno "$SAMPLE" >/tmp/errno
	expect "$(cat /tmp/errno)" EINVAL "a NUL behind a number"
	printf '1\n\0\n' | write_input_errno "$SAMPLE" >/tmp/errno
	expect "$(cat /tmp/errno)" EINVAL "a NUL behind a newline"
}

what_is_refused_does_not_reach_the_handler() {
	pid=$(handler)
	rmmod sample_loader_kmod || fail "rmmod"
	wait_handler_gone "$pid"
	expect "$(ask 131072)" ERANGE 131072
	expect "$(ask abc)" EINVAL abc
	grep -q sample_loader_kmod /proc/modules && fail "the Loader is loaded"
	expect "$(ask 1)" 0 "offset 1"
}

the_file_cannot_be_read() {
	cat "$SAMPLE" >/tmp/read 2>&1 && fail "it can"
	expect "$(wc -c <"$SAMPLE" 2>&1 | grep -c 'Invalid argument')" 1 "EINVAL"
}

the_handler_has_ids_of_its_own() {
	id=2130706432
	expect "$(status Uid)" "$id $id $id $id" Uid
	expect "$(status Gid)" "$id $id $id $id" Gid
	expect "$(status Groups)" "" Groups
}

the_handler_has_no_capability() {
	for set in CapInh CapPrm CapEff CapBnd CapAmb; do
		expect "$(status $set)" 0000000000000000 $set
	done
	expect "$(status NoNewPrivs)" 1 NoNewPrivs
}

the_handler_is_under_strict_seccomp() {
	expect "$(status Seccomp)" 1 Seccomp
}

the_handler_has_two_descriptors() {
	expect "$(echo /proc/"$(handler)"/fd/*)" \
		"/proc/$(handler)/fd/0 /proc/$(handler)/fd/1" descriptors
	for fd in /proc/"$(handler)"/fd/*; do
		expect "$(readlink "$fd")" "anon_inode:[umd]" "$fd"
	done
}

the_handler_sees_no_file() {
	for folder in root cwd; do
		expect "$(ls -A "/proc/$(handler)/$folder/")" "" $folder
		touch "/proc/$(handler)/$folder/new" 2>/dev/null &&
			fail "$folder can be written"
	done
	expect "$(readlink "/proc/$(handler)/exe")" /sample_umh exe
}

the_handler_has_tight_limits() {
	limits=/proc/$(handler)/limits
	while read -r name value; do
		name=$(echo "$name" | tr _ ' ')
		grep -q "^$name  *$value  *$value " "$limits" ||
			fail "$(grep "^$name" "$limits")"
	done <<-EOF
		Max_address_space 16777216
		Max_stack_size 262144
		Max_open_files 2
		Max_core_file_size 0
		Max_file_size 0
		Max_processes 0
		Max_locked_memory 0
		Max_pending_signals 0
	EOF
}

the_handler_has_no_arguments_and_no_environment() {
	expect "$(tr '\0' ' ' <"/proc/$(handler)/cmdline")" "sample_umh " cmdline
	expect "$(wc -c <"/proc/$(handler)/environ")" 0 "length of environ"
}

nobody_cannot_signal_the_handler() {
	pid=$(handler)
	for user in nobody other; do
		su -s /bin/sh "$user" -c "kill -KILL $pid" 2>/tmp/said &&
			fail "$user can"
		grep -q 'Operation not permitted' /tmp/said ||
			fail "$user: $(cat /tmp/said)"
	done
	expect "$(handler)" "$pid" "the Handler"
}

a_kill_never_costs_the_next_request() {
	round=0
	while [ "$round" -lt 100 ]; do
		pid=$(handler)
		kill -KILL "$pid" || fail "kill $pid"
		expect "$(ask $((round * 1300)))" 0 "request $round"
		round=$((round + 1))
	done
}

a_stopped_handler_is_replaced() {
	pid=$(handler)
	kill -STOP "$pid"
	expect "$(ask 3)" 0 "the request"
	[ "$(handler)" != "$pid" ] || fail "still process $pid"
}

random_offsets_survive_unloading() {
	round=1
	while [ "$round" -le 500 ]; do
		offset=$(((RANDOM * 32768 + RANDOM) % 131072))
		expect "$(ask "$offset")" 0 "write $round, offset $offset"
		if [ $((round % 50)) = 0 ]; then
			rmmod sample_loader_kmod || fail "rmmod after $round"
		fi
		round=$((round + 1))
	done
}

writers_at_the_same_time_are_all_served() {
	rm -f /tmp/refused
	for writer in 1 2 3 4; do
		(
			for offset in $(seq $((writer * 1000)) $((writer * 1000 + 99))); do
				answer=$(ask "$offset")
				[ "$answer" = 0 ] || echo "$offset: $answer" >>/tmp/refused
			done
		) &
	done
	wait
	[ ! -f /tmp/refused ] || fail "$(cat /tmp/refused)"
}

first_requests_at_the_same_time_all_load() {
	rm -f /tmp/refused
	for round in 1 2 3 4 5; do
		rmmod sample_loader_kmod || fail "rmmod"
		for writer in 1 2 3 4 5 6 7 8; do
			(
				answer=$(ask "$writer")
				[ "$answer" = 0 ] || echo "$answer" >>/tmp/refused
			) &
		done
		wait
		[ ! -f /tmp/refused ] || fail "round $round: $(cat /tmp/refused)"
	done
}

references_keep_the_order_of_removal() {
	ask 1 >/dev/null
	rmmod umd_mgmt 2>/dev/null && fail "umd_mgmt was removed in use"
	rmmod sample_mgr 2>/dev/null && fail "sample_mgr was removed in use"
	expect "$(ask 2)" 0 "a request after the attempts"
}

everything_can_be_removed_and_loaded_again() {
	for round in 1 2 3; do
		remove_all || fail "round $round"
		expect "$(handler)" "" "the Handler"
		[ ! -e "$SAMPLE" ] || fail "$SAMPLE is still there"
		modprobe sample_mgr
		expect "$(ask "$round")" 0 "round $round"
	done
	remove_all
	modprobe sample_loader_kmod || fail "the Loader first"
	expect "$(ask 5)" 0 "the Loader first"
	remove_all || fail "at last"
}

a_missing_loader_is_told() {
	modprobe sample_mgr
	loader=/lib/modules/$(uname -r)/extra/sample_loader_kmod.ko
	mv "$loader" /tmp
	expect "$(ask 1)" ENOPROTOOPT "the request"
	mv /tmp/sample_loader_kmod.ko "$loader"
	expect "$(ask 1)" 0 "the next one"
	remove_all
}

ids_of_root_and_nobody_are_refused() {
	for base in 0 4294967295; do
		modprobe umd_mgmt uid_base=$base 2>/dev/null && fail "$base is taken"
	done
	modprobe umd_mgmt uid_base=1900000000 || fail "1900000000 is refused"
	modprobe sample_mgr
	ask 1 >/dev/null
	expect "$(status Uid)" "1900000000 1900000000 1900000000 1900000000" Uid
	remove_all
}

mkdir -p /etc
cat >/etc/passwd <<EOF
root:x:0:0::/root:/bin/sh
nobody:x:65534:65534::/:/bin/sh
other:x:1000:1000::/:/bin/sh
EOF
echo 'root:x:0:' >/etc/group

ktap_run the_manager_alone_starts_nothing the_first_write_loads_and_starts \
	offsets_in_range_are_served number_formats_are_taken \
	numbers_out_of_range_are_refused what_is_no_number_is_refused \
	what_is_refused_does_not_reach_the_handler the_file_cannot_be_read \
	the_handler_has_ids_of_its_own the_handler_has_no_capability \
	the_handler_is_under_strict_seccomp the_handler_has_two_descriptors \
	the_handler_sees_no_file the_handler_has_tight_limits \
	the_handler_has_no_arguments_and_no_environment \
	nobody_cannot_signal_the_handler a_kill_never_costs_the_next_request \
	a_stopped_handler_is_replaced random_offsets_survive_unloading \
	writers_at_the_same_time_are_all_served \
	first_requests_at_the_same_time_all_load \
	references_keep_the_order_of_removal \
	everything_can_be_removed_and_loaded_again a_missing_loader_is_told \
	ids_of_root_and_nobody_are_refused
