# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite:
#
# A driver that was loaded in the initramfs, after the system has moved to its
# real root, in which there is no module any more.
#
# This script runs twice: first in the initramfs, then, as it asks init.sh for
# that, in the new root.

. /umd/ktap.sh
. /umd/sample.sh

OLD=/umd/initramfs_handler

if [ ! -e $OLD ]; then
	modprobe sample_mgr || exit 1
	[ "$(ask 1)" = 0 ] || exit 1
	mkdir "$NEW_ROOT"
	mount -t tmpfs new_root "$NEW_ROOT"
	mkdir "$NEW_ROOT/proc" "$NEW_ROOT/sys" "$NEW_ROOT/dev"
	cp -a /bin /sbin /umd "$NEW_ROOT"
	handler >"$NEW_ROOT$OLD"
	exit 0
fi

the_root_is_another() {
	grep -q '^new_root / tmpfs' /proc/mounts || fail "$(cat /proc/mounts)"
	[ ! -e "/lib/modules" ] || fail "there are modules"
}

the_handler_of_the_initramfs_serves() {
	expect "$(ask 2)" 0 "a request"
	expect "$(handler)" "$(cat $OLD)" "the Handler"
}

one_that_is_killed_is_replaced() {
	pid=$(handler)
	kill -KILL "$pid"
	expect "$(ask 3)" 0 "the next request"
	wait_for 5 gone "$pid"
	[ -n "$(handler)" ] || fail "there is no Handler"
	expect "$(ask 4)" 0 "one more"
}

it_does_not_see_the_new_root() {
	for folder in root cwd; do
		files=$(ls -A "/proc/$(handler)/$folder/") || fail "no $folder"
		expect "$files" "" $folder
	done
}

# The binary goes with the Loader, and there is none to be had.
without_the_loader_it_is_ENOPROTOOPT() {
	rmmod sample_loader_kmod || fail rmmod
	expect "$(handler)" "" "the Handler"
	expect "$(ask 5)" ENOPROTOOPT "a request"
	rmmod sample_mgr && rmmod umd_mgmt || fail "rmmod of the rest"
}

ktap_run the_root_is_another the_handler_of_the_initramfs_serves \
	one_that_is_killed_is_replaced it_does_not_see_the_new_root \
	without_the_loader_it_is_ENOPROTOOPT
