# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: long kernels=own clock=instructions data=selinux programs=label
# suite: append=security=selinux,enforcing=0
#
# Debian's SELinux policy is enforced, and modprobe runs in its domain, be it called by
# the administrator or by the kernel.
#
# This script runs twice: first in the initramfs, whose files have no labels. There the
# policy is loaded, and a root with labels is made. In that root the script becomes the
# administrator's shell, and then the policy is enforced.

. /umd/ktap.sh
. /umd/sample.sh

SELINUX=/sys/fs/selinux
ADMINISTRATOR=unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1023

# context NAME: of files, by the line of the policy that begins with NAME.
context() {
	awk -v "name=$1" '$1 == name { print $NF }' /selinux/file_contexts
}

# label NAME FILE...: gives the files that context.
label() {
	_context=$(context "$1")
	[ "$_context" ] || fail "the policy has no $1"
	shift
	/umd/label "$_context" "$@"
}

# In its own domain: each is a copy, whose label counts. `cat` and `ls` are none of
# modprobe's programs, and tell what modprobe may.
PROGRAMS="modprobe rmmod cat ls"

make_root() {
	mkdir "$NEW_ROOT"
	mount -t tmpfs new_root "$NEW_ROOT"
	mkdir "$NEW_ROOT/proc" "$NEW_ROOT/sys" "$NEW_ROOT/dev" "$NEW_ROOT/sbin"
	cp -a /bin /lib /umd /selinux "$NEW_ROOT"
	for program in $PROGRAMS; do
		cp /bin/busybox "$NEW_ROOT/sbin/$program"
	done
	cd "$NEW_ROOT" || exit
	# No name of a file has a space.
	# shellcheck disable=SC2046
	label '/usr/bin(/.*)?' $(find .)
	label '/usr/bin/sh' bin/busybox
	# shellcheck disable=SC2046
	label '/usr/lib/modules(/.*)?' $(find lib/modules)
	# shellcheck disable=SC2086
	(cd sbin && label '/usr/sbin/modprobe.*' $PROGRAMS)
	label '/usr' .
}

if [ ! -e /sbin/ls ]; then
	mount -t selinuxfs selinuxfs $SELINUX || exit
	# All in one write.
	dd if=/selinux/policy of=$SELINUX/load bs=64M iflag=fullblock \
		2>/dev/null || exit
	make_root
	exit
fi
if [ ! -e $SELINUX/enforce ]; then
	mount -t selinuxfs selinuxfs $SELINUX || exit
	label '/dev/null' /dev/null
	# Not echo, whose end of line is a write of its own.
	printf %s "$ADMINISTRATOR" >/proc/self/attr/exec || exit
	exec /bin/sh /vm/script "$@"
fi

# The shell has programs of its own, which it prefers.
modprobe() {
	/sbin/modprobe "$@"
}
rmmod() {
	/sbin/rmmod "$@"
}

# domain [PID]: the context of a process.
domain() {
	tr -d '\0' <"/proc/${1:-self}/attr/current"
}

the_policy_is_enforced() {
	expect "$(cat $SELINUX/enforce)" 1 "the mode"
	expect "$(domain $$)" $ADMINISTRATOR "the context of the shell"
	is_of_modprobe=$(/sbin/cat /proc/self/attr/current | tr -d '\0')
	expect "$(echo "$is_of_modprobe" | cut -d : -f 3)" kmod_t \
		"the domain of modprobe"
}

# Files there are made by the library, whoever has loaded it.
modprobe_may_not_look_into_securityfs() {
	ls /sys/kernel/security >/dev/null || fail "the administrator"
	said=$(/sbin/ls /sys/kernel/security 2>&1) && fail "it may"
	expect "$(errno_name "$said")" EACCES "the error"
}

the_administrator_loads_library_and_manager() {
	said=$(modprobe umd_mgmt 2>&1) || fail "umd_mgmt: $said"
	said=$(modprobe sample_mgr 2>&1) || fail "sample_mgr: $said"
}

a_request_is_served() {
	expect "$(ask 1)" 0 "the request that loads the Loader"
	expect "$(ask 2)" 0 "the next"
}

the_handler_is_in_the_kernels_domain() {
	expect "$(domain "$(handler)")" system_u:system_r:kernel_t:s0 \
		"the context of the Handler"
}

one_that_is_killed_is_replaced() {
	pid=$(handler)
	kill -KILL "$pid"
	expect "$(ask 3)" 0 "the next request"
	wait_for 5 gone "$pid"
}

the_administrators_files_work() {
	files=/sys/kernel/security/umd/sample_umh
	expect "$(write_errno $files/stopped 1)" 0 "stop"
	expect "$(ask 4)" EPERM "a request"
	expect "$(write_errno $files/stopped 0)" 0 "go on"
	expect "$(write_errno $files/abort 1)" 0 "abort"
	expect "$(ask 5)" 0 "the next request"
	grep -q '^requests [1-9]' /sys/kernel/debug/umd/sample_umh/statistics ||
		fail "no statistics"
}

another_managers_files_are_made() {
	said=$(modprobe pgp_mgr 2>&1) || fail "pgp_mgr: $said"
	[ -d /sys/kernel/security/umd/pgp_umh ] || fail "no files"
	rmmod pgp_mgr && rmmod verify_mgr || fail "it is not removed"
}

all_is_removed_and_loaded_again() {
	remove_all || fail "it is not removed"
	[ ! -e /sys/kernel/security/umd ] || fail "files are left"
	modprobe sample_mgr || fail "it is not loaded again"
	expect "$(ask 6)" 0 "a request"
}

# The policy logs every denial: its rules for silence are left out.
nothing_was_denied() {
	# What is denied on purpose is in the domain of modprobe's copies.
	denied=$(dmesg | grep 'avc:  denied' | grep -v ktap.out |
		grep -E 'comm="(modprobe|rmmod|kworker[^"]*|[a-z_]*umh)"')
	expect "$denied" "" "what was denied"
}

echo 1 >$SELINUX/enforce
ktap_run the_policy_is_enforced modprobe_may_not_look_into_securityfs \
	the_administrator_loads_library_and_manager a_request_is_served \
	the_handler_is_in_the_kernels_domain one_that_is_killed_is_replaced \
	the_administrators_files_work another_managers_files_are_made \
	all_is_removed_and_loaded_again nothing_was_denied
