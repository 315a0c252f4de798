# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: clock=instructions without=uml
# may skip: memory_is_charged_to_the_control_group debug
# may skip: a_handler_that_takes_much_is_killed_by_its_group debug
#
# The parameter `cgroup` of umd_mgmt.ko: Handlers enter the group of their driver, by
# which their memory and time are charged and limited.

. /umd/ktap.sh
. /umd/umd_test.sh

GROUP=/tmp/cgroup/umd

# in_group [KEY=VALUE]...: a new driver uma, whose Handlers enter the group uma.
in_group() {
	wait_for 20 forget umb
	default_parameters
	known uma timeout_ms=60000 "$@"
}

a_handler_enters_its_control_group() {
	in_group
	does 0 load uma path=$ELF
	expect "$(cat $GROUP/uma/cgroup.procs)" "$(handlers uma)" "the group's processes"
	expect "$(grep ^0: "/proc/$(handlers uma)/cgroup")" 0::/umd/uma "its group"
	kill_handlers uma
	does 0 call uma
	expect "$(cat $GROUP/uma/cgroup.procs)" "$(handlers uma)" "that of the next"
}

each_driver_has_a_group_of_its_own() {
	in_group
	mkdir -p $GROUP/umb
	known umb
	does 0 load uma path=$ELF
	does 0 load umb path=$ELF
	expect "$(cat $GROUP/umb/cgroup.procs)" "$(handlers umb)" "the group of umb"
	expect "$(cat $GROUP/uma/cgroup.procs)" "$(handlers uma)" "the group of uma"
}

needs_memory() {
	[ -e $GROUP/uma/memory.max ] || skip "this kernel's groups have no memory"
}

memory_is_charged_to_the_control_group() {
	needs_memory
	in_group memory_max=2147483648
	does 0 load uma path=/umd/test_umh_huge
	before=$(cat $GROUP/uma/memory.current)
	[ "$before" -gt 0 ] || fail "it has none at first"
	does 0 call uma op=touch count=8
	grown=$(($(cat $GROUP/uma/memory.current) - before))
	between $((grown >> 20)) 8 9 "the growth in MiB"
}

time_is_charged_to_the_control_group() {
	in_group
	does 0 load uma path=$ELF
	before=$(used)
	does 0 call uma op=spin count=20000000
	between $((($(used) - before) / 1000)) $(($(value ms) / 2)) $(($(value ms) * 2)) \
		"its time in ms"
}

used() {
	sed -n 's/^usage_usec //p' $GROUP/uma/cpu.stat
}

a_handler_that_takes_much_is_killed_by_its_group() {
	needs_memory
	in_group memory_max=2147483648
	echo 16M >$GROUP/uma/memory.max
	does 0 load uma path=/umd/test_umh_huge
	does EPIPE call uma op=touch count=64
	expect "$(statistic uma last_end)" oom "the cause"
	expect "$(sed -n 's/^oom_kill //p' $GROUP/uma/memory.events)" 1 "kills by the group"
	does 0 call uma op=touch count=4
	expect "$(value right)" 1 "the reply"
	echo max >$GROUP/uma/memory.max
}

# Without its group a Handler would have no limit.
without_its_group_no_handler_starts() {
	in_group
	does 0 unload uma
	wait_for 5 rmdir $GROUP/uma
	dmesg -c >/dev/null
	does ENOENT load uma path=$ELF
	dmesg | grep -q "uma: cannot enter its control group by $GROUP/uma/cgroup.procs: error -2\$" ||
		fail "nothing is said"
	mkdir $GROUP/uma
	does 0 load uma path=$ELF
}

another_file_is_no_group() {
	modules_with cgroup=/tmp/none
	mkdir -p /tmp/none/uma
	echo >/tmp/none/uma/cgroup.procs
	in_group
	does EINVAL load uma path=$ELF
	expect "$(cat /tmp/none/uma/cgroup.procs)" "" "the file"
}

without_the_parameter_nothing_changes() {
	modules_with
	in_group
	does 0 load uma path=$ELF
	expect "$(grep ^0: "/proc/$(handlers uma)/cgroup")" 0::/ "its group"
}

# modules_with [PARAMETER]: loads them anew.
modules_with() {
	rmmod umd_test && rmmod umd_mgmt || fail rmmod
	modprobe umd_mgmt "$@" && umd_test_begin
}

# The machine has less than the .bss of test_umh_huge.
echo 1 >/proc/sys/vm/overcommit_memory
mkdir /tmp/cgroup
mount -t cgroup2 cgroup2 /tmp/cgroup || exit 1
mkdir -p $GROUP
for group in /tmp/cgroup $GROUP; do
	for controller in memory cpu; do
		grep -qw $controller $group/cgroup.controllers || continue
		echo "+$controller" >$group/cgroup.subtree_control || exit 1
	done
done
mkdir $GROUP/uma
modprobe umd_mgmt cgroup=$GROUP
umd_test_begin

ktap_run a_handler_enters_its_control_group each_driver_has_a_group_of_its_own \
	memory_is_charged_to_the_control_group time_is_charged_to_the_control_group \
	a_handler_that_takes_much_is_killed_by_its_group \
	without_its_group_no_handler_starts another_file_is_no_group \
	without_the_parameter_nothing_changes
