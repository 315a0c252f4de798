# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: long clock=instructions
# suite: append=init_on_alloc=1,init_on_free=1,slab_nomerge,security=apparmor
#
# Memory is cleared whenever it changes hands, no two kinds of objects share a cache,
# and AppArmor is on.

. /umd/ktap.sh
. /umd/sample.sh
. /umd/setup.sh

a_driver_works_where_memory_is_cleared() {
	dmesg | grep -q 'mem auto-init: .*heap alloc:on, heap free:on' ||
		fail "$(dmesg | grep auto-init)"
	all_works
}

a_driver_works_with_apparmor() {
	expect "$(cat /sys/module/apparmor/parameters/enabled)" Y apparmor
	modprobe sample_mgr || fail "modprobe"
	serves
	expect "$(cat "/proc/$(handler)/attr/apparmor/current")" unconfined \
		"the profile of the Handler"
	remove_all || fail "rmmod"
}

ktap_run a_driver_works_where_memory_is_cleared a_driver_works_with_apparmor
