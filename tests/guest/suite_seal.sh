# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: clock=instructions programs=look,namespace with=6.12-arm64
# may skip: a_namespace_without_its_id_cannot_touch_the_handler uml
# may skip: a_namespace_with_its_id_can_end_the_handler_and_no_more uml
# may skip: no_memory_is_writable_and_executable uml
# may skip: the_handler_waits_in_read uml
#
# The seal from outside: what /proc shows of the sample driver's own Handler,
# what other users can do to it, and that one which is held is replaced.

. /umd/ktap.sh
. /umd/machine.sh
. /umd/sample.sh
. /umd/umd_test.sh

ID=2130706432

the_handler_has_ids_of_its_own() {
	expect "$(status Uid)" "$ID $ID $ID $ID" Uid
	expect "$(status Gid)" "$ID $ID $ID $ID" Gid
	expect "$(status Groups)" "" Groups
}

the_handler_has_no_capability() {
	for set in CapInh CapPrm CapEff CapBnd CapAmb; do
		expect "$(status $set)" 0000000000000000 $set
	done
}

the_handler_cannot_gain_privileges() {
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

the_descriptors_are_the_channel_alone() {
	for fd in 0 1; do
		info=/proc/$(handler)/fdinfo/$fd
		expect "$(awk '/^flags/ { print $2 }' "$info")" 02 "flags of $fd"
		expect "$(awk '/^pos/ { print $2 }' "$info")" 0 "position of $fd"
	done
	expect "$(awk '/^ino/ { print $2 }' "/proc/$(handler)/fdinfo/0")" \
		"$(awk '/^ino/ { print $2 }' "/proc/$(handler)/fdinfo/1")" inode
}

# without_descriptor NUMBER: a kernel thread opens it, so that each new process
# inherits it; the next Handler has its own two, which work.
without_descriptor() {
	modprobe umd_test
	fresh timeout_ms=60000
	dmesg -c >/dev/null
	does 0 open uma count="$1"
	expect "$(readlink "/proc/2/fd/$1")" "anon_inode:[umd_test]" "kthreadd's"
	kill_handlers uma
	does 0 call uma
	right=$(value right)
	descriptors=$(for fd in /proc/"$(handlers uma)"/fd/*; do
		echo "${fd##*/} $(readlink "$fd")"
	done)
	does 0 close uma count="$1"
	wait_for 5 rmmod umd_test
	expect "$right" 1 "the reply"
	expect "$descriptors" "0 anon_inode:[umd]
1 anon_inode:[umd]" "descriptors"
	dmesg | grep -q "uma: closed descriptors that kernel threads leave to each new process: 1\$" ||
		fail "nothing is said"
}

a_descriptor_of_kernel_threads_is_not_inherited() { without_descriptor 2; }
nor_one_with_the_channels_own_number() {
	without_descriptor 0
	without_descriptor 1
}

the_handler_waits_in_read() {
	needs_hardware "/proc/PID/syscall"
	expect "$(cut -d' ' -f1-2 "/proc/$(handler)/syscall")" "$NR_read 0x0" "the call"
	grep -q '^umd_channel' "/proc/$(handler)/wchan" ||
		fail "$(cat "/proc/$(handler)/wchan")"
}

the_handler_sees_no_file() {
	for folder in root cwd; do
		expect "$(ls -A "/proc/$(handler)/$folder/")" "" $folder
		expect "$(readlink "/proc/$(handler)/$folder")" / $folder
	done
}

the_handlers_root_cannot_be_changed() {
	for folder in root cwd; do
		touch "/proc/$(handler)/$folder/new" 2>/tmp/said &&
			fail "$folder can be written"
		grep -q 'Read-only file system' /tmp/said || fail "$(cat /tmp/said)"
		expect "$(stat -Lc %a:%u:%g "/proc/$(handler)/$folder")" \
			555:0:0 $folder
		expect "$(/umd/look mount "/proc/$(handler)/$folder")" \
			"ro nosuid nodev" $folder
	done
}

the_binary_cannot_be_changed() {
	exe=/proc/$(handler)/exe
	expect "$(readlink "$exe")" /sample_umh exe
	expect "$(stat -Lc %a:%u:%g "$exe")" 555:0:0 exe
	expect "$(/umd/look mount "$exe")" "ro nosuid nodev" exe
	(echo >"$exe") 2>/tmp/said && fail "it can be written"
	grep -q 'Read-only file system' /tmp/said || fail "$(cat /tmp/said)"
}

the_handlers_files_are_in_no_namespace() {
	mounts=$(cat "/proc/$(handler)/mountinfo") || fail "no Handler"
	case $mounts in *sample_umh*) fail "it is mounted: $mounts" ;; esac
	for folder in root exe; do
		device=$(stat -Lc %d "/proc/$(handler)/$folder") ||
			fail "no $folder"
		grep -q " $((device >> 8)):$((device & 255)) / " /proc/1/mountinfo &&
			fail "$folder is in init's namespace"
	done
	return 0
}

the_handler_has_one_thread() {
	expect "$(status Threads)" 1 Threads
	expect "$(echo /proc/"$(handler)"/task/*)" \
		"/proc/$(handler)/task/$(handler)" task
}

the_handler_keeps_no_signal_away() {
	for set in SigBlk SigIgn SigCgt; do
		expect "$(status $set)" 0000000000000000 $set
	done
}

no_memory_is_writable_and_executable() {
	needs_hardware "page that cannot be executed"
	grep -q ' r.x' "/proc/$(handler)/maps" || fail "no code"
	grep ' .wx' "/proc/$(handler)/maps" && fail "writable code"
	grep ' .w.' "/proc/$(handler)/maps" || fail "no data"
}

the_handler_maps_no_file_but_its_own() {
	cut -c74- "/proc/$(handler)/maps" | sort -u | while read -r what; do
		case $what in
		"" | /sample_umh | "[stack]" | "[vdso]" | "[vvar]" | "[vvar_vclock]") ;;
		*) fail "$what" ;;
		esac
	done
}

the_handler_is_as_likely_as_others_to_be_chosen_by_the_oom_killer() {
	expect "$(cat "/proc/$(handler)/oom_score_adj")" 0 oom_score_adj
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
		Max_file_locks 0
		Max_pending_signals 0
		Max_msgqueue_size 0
		Max_nice_priority 0
		Max_realtime_priority 0
	EOF
}

the_handler_has_no_arguments_and_no_environment() {
	expect "$(tr '\0' ' ' <"/proc/$(handler)/cmdline")" "sample_umh " cmdline
	expect "$(wc -c <"/proc/$(handler)/environ")" 0 "length of environ"
}

# A process that can be dumped belongs to its user in /proc.
the_handler_is_not_dumpable() {
	for file in mem environ maps fd; do
		expect "$(stat -c %u:%g "/proc/$(handler)/$file")" 0:0 $file
	done
	su -s /bin/sh handler -c 'stat -c %u /proc/$$/environ' >/tmp/uid
	expect "$(cat /tmp/uid)" "$ID" "the owner of another process's"
}

# cannot_look USER: what a process of USER is denied.
cannot_look() {
	for file in mem environ maps auxv; do
		su -s /bin/sh "$1" -c "cat /proc/$(handler)/$file" \
			>/tmp/read 2>/tmp/said && [ -s /tmp/read ] && fail "$file"
		grep -q 'Permission denied' /tmp/said ||
			fail "$file: $(cat /tmp/said)"
	done
	for file in fd root; do
		su -s /bin/sh "$1" -c "ls /proc/$(handler)/$file/" \
			>/tmp/read 2>&1 && fail "$file: $(cat /tmp/read)"
	done
	return 0
}

cannot_trace() {
	for how in seize attach; do
		expect "$(su -s /bin/sh "$1" -c "/umd/look $how $(handler)")" \
			EPERM $how
	done
}

its_own_user_cannot_look_into_it() { cannot_look handler; }
its_own_user_cannot_trace_it() { cannot_trace handler; }
another_drivers_user_cannot_look_into_it() { cannot_look neighbour; }
another_drivers_user_cannot_trace_it() { cannot_trace neighbour; }

nobody_cannot_signal_the_handler() {
	pid=$(handler)
	for user in nobody other neighbour; do
		su -s /bin/sh "$user" -c "kill -KILL $pid" 2>/tmp/said &&
			fail "$user can"
		grep -q 'Operation not permitted' /tmp/said ||
			fail "$user: $(cat /tmp/said)"
	done
	expect "$(handler)" "$pid" "the Handler"
}

# in_namespace ID RAISE REST: what the root of a user namespace may do that has this
# id: never trace, read or raise a limit; raise the priority with the errno RAISE; all
# else with the errno REST.
in_namespace() {
	expect "$(ask 1)" 0 "a request"
	pid=$(handler)
	/umd/namespace "$1" "$pid" >/tmp/attempts
	! grep -q '^namespace' /tmp/attempts || skip "no user namespaces"
	expect "$(tr '\n' ' ' </tmp/attempts)" "trace EPERM read EPERM mem EACCES \
mem-write EACCES maps EACCES environ EACCES auxv EACCES root EACCES exe EACCES \
fd EACCES raise-limit EPERM raise-priority $2 nice $3 pin $3 schedule $3 limit $3 \
signal $3 kill $3 " "what came of it"
}

a_namespace_without_its_id_cannot_touch_the_handler() {
	for id in 1000 100000 $((ID + 1)); do
		in_namespace $id EPERM EPERM
		expect "$(handler)" "$pid" "the Handler"
	done
}

a_namespace_with_its_id_can_end_the_handler_and_no_more() {
	in_namespace $ID EACCES 0
	wait_for 5 gone "$pid"
	expect "$(last_end)" outside "the cause"
	expect "$(ask 2)" 0 "the next request"
}

a_stopped_handler_is_replaced() {
	expect "$(ask 2)" 0 "a request"
	pid=$(handler)
	kill -STOP "$pid"
	began=$(now_ms)
	expect "$(ask 3)" 0 "the request"
	took=$(($(now_ms) - began))
	[ "$took" -lt 1000 ] || fail "it took $took ms"
	[ "$(handler)" != "$pid" ] || fail "still process $pid"
}

# traced HOW: another process traces the Handler, which is then replaced, with
# no request lost.
traced() {
	expect "$(ask 4)" 0 "a request"
	pid=$(handler)
	trace "$1"
	# A Handler that is stopped for it may have been ended before it could go on.
	case $(cat /tmp/traced) in
	traced | ESRCH) ;;
	*) fail "the tracer said $(cat /tmp/traced)" ;;
	esac
	began=$(now_ms)
	expect "$(ask 5)" 0 "the request"
	took=$(($(now_ms) - began))
	kill -KILL "$tracer"
	wait_for 5 gone "$pid"
	expect "$(last_end)" traced "the cause"
	[ "$took" -lt 1000 ] || fail "it took $took ms"
	expect "$(handler | wc -w)" 1 "Handlers"
}

a_traced_handler_is_replaced() { traced seize; }
a_handler_that_a_tracer_has_stopped_is_replaced() { traced attach; }
a_handler_that_a_tracer_lets_go_on_is_replaced() { traced continue; }

a_traced_handler_is_asked_when_that_is_allowed() {
	remove_all || fail "rmmod"
	modprobe umd_mgmt allow_trace=1
	modprobe sample_mgr
	expect "$(ask 1)" 0 "a request"
	pid=$(handler)
	trace seize
	expect "$(ask 5)" 0 "the request"
	expect "$(handler)" "$pid" "the Handler"
	kill -KILL "$tracer"
	remove_all
}

# speculates PARAMETER BYPASS BRANCHES: what Handlers have of the mitigations.
speculates() {
	rmmod umd_test 2>/dev/null
	remove_all 2>/dev/null
	# shellcheck disable=SC2086
	modprobe umd_mgmt $1 && modprobe umd_test || fail modprobe
	fresh
	does 0 speculation uma count="$(handlers uma)"
	expect "$(value bypass) $(value branches)" "$2 $3" "the flags"
	expect "$(value taken)" 1 "whether the processor has taken them"
	grep ^Specul "/proc/$(handlers uma)/status" >/tmp/speculation
	wait_for 5 rmmod umd_test
	rmmod umd_mgmt
}

speculation_is_that_of_other_processes() {
	speculates "" 0 0
	expect "$(cat /tmp/speculation)" "$(grep ^Specul /proc/self/status)" "its status"
}

# Only with some processors, and for some choices of the administrator, does the
# kernel show more than the flags.
mitigations_of_speculation_are_forced_if_wanted() {
	speculates mitigate=1 2 2
	expect "$(cat /tmp/speculation)" "$(grep ^Specul /proc/self/status | sed '
		s/thread vulnerable/thread force mitigated/
		s/conditional enabled/conditional force disabled/')" "its status"
	cat /tmp/speculation
}

mkdir -p /etc
cat >/etc/passwd <<EOF
root:x:0:0::/root:/bin/sh
nobody:x:65534:65534::/:/bin/sh
other:x:1000:1000::/:/bin/sh
handler:x:$ID:$ID::/:/bin/sh
neighbour:x:$((ID + 1)):$((ID + 1))::/:/bin/sh
EOF
echo 'root:x:0:' >/etc/group
modprobe sample_mgr
ask 0 >/dev/null

ktap_run the_handler_has_ids_of_its_own the_handler_has_no_capability \
	the_handler_cannot_gain_privileges the_handler_is_under_strict_seccomp \
	the_handler_has_two_descriptors the_descriptors_are_the_channel_alone \
	a_descriptor_of_kernel_threads_is_not_inherited \
	nor_one_with_the_channels_own_number \
	the_handler_waits_in_read the_handler_sees_no_file \
	the_handlers_root_cannot_be_changed the_binary_cannot_be_changed \
	the_handlers_files_are_in_no_namespace the_handler_has_one_thread \
	the_handler_keeps_no_signal_away no_memory_is_writable_and_executable \
	the_handler_maps_no_file_but_its_own \
	the_handler_is_as_likely_as_others_to_be_chosen_by_the_oom_killer \
	the_handler_has_tight_limits \
	the_handler_has_no_arguments_and_no_environment \
	the_handler_is_not_dumpable its_own_user_cannot_look_into_it \
	its_own_user_cannot_trace_it another_drivers_user_cannot_look_into_it \
	another_drivers_user_cannot_trace_it nobody_cannot_signal_the_handler \
	a_namespace_without_its_id_cannot_touch_the_handler \
	a_namespace_with_its_id_can_end_the_handler_and_no_more \
	a_stopped_handler_is_replaced a_traced_handler_is_replaced \
	a_handler_that_a_tracer_has_stopped_is_replaced \
	a_handler_that_a_tracer_lets_go_on_is_replaced \
	a_traced_handler_is_asked_when_that_is_allowed \
	speculation_is_that_of_other_processes \
	mitigations_of_speculation_are_forced_if_wanted
