# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: with=6.12-arm64
#
# The sample driver with its own Handler: what the Manager takes, and that
# neither kills nor unloading lose a request.

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
	# A number of the greatest length that is taken, and a longer one.
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
	wait_for 5 gone "$pid"
	expect "$(ask 131072)" ERANGE 131072
	expect "$(ask abc)" EINVAL abc
	grep -q sample_loader_kmod /proc/modules && fail "the Loader is loaded"
	expect "$(ask 1)" 0 "offset 1"
}

the_file_cannot_be_read() {
	cat "$SAMPLE" >/tmp/read 2>&1 && fail "it can"
	expect "$(wc -c <"$SAMPLE" 2>&1 | grep -c 'Invalid argument')" 1 "EINVAL"
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

the_handler_keeps_to_its_memory() {
	modprobe sample_loader_kmod || fail modprobe
	hello=$(resident "$(handler)")
	expect "$(ask 131071)" 0 "offset 131071"
	reply=$(resident "$(handler)")
	echo "resident: $hello KiB after HELLO, $reply KiB after a reply of 128 KiB"
	[ "$hello" -gt 0 ] && [ "$hello" -le 16 ] || fail "after HELLO"
	[ "$reply" -le $((16 + 128)) ] || fail "after a reply"
	remove_all
}

ktap_run the_manager_alone_starts_nothing the_first_write_loads_and_starts \
	offsets_in_range_are_served number_formats_are_taken \
	numbers_out_of_range_are_refused what_is_no_number_is_refused \
	what_is_refused_does_not_reach_the_handler the_file_cannot_be_read \
	a_kill_never_costs_the_next_request random_offsets_survive_unloading \
	writers_at_the_same_time_are_all_served \
	first_requests_at_the_same_time_all_load \
	references_keep_the_order_of_removal \
	everything_can_be_removed_and_loaded_again a_missing_loader_is_told \
	ids_of_root_and_nobody_are_refused the_handler_keeps_to_its_memory
