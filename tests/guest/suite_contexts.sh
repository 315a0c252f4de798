# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: clock=instructions
#
# Contexts in which a call could not end are told so at once.

. /umd/ktap.sh
. /umd/umd_test.sh

# The loading of a module waits for all async work, and this for the module.
async_work_is_not_asked_to_wait_for_a_module() {
	fresh
	does 0 call_async uma
	kill_handlers uma
	# A Handler can be started from there.
	does 0 call_async uma
	does 0 unload uma
	loads_on_demand $ELF
	does EDEADLK call_async uma
	lasted "$(value ms)" 0 100 "the time"
	does 0 call uma
	does 0 call_async uma
	does_not_load_on_demand
}

reclaim_does_not_wait_for_a_process() {
	fresh
	does EDEADLK call uma memalloc=1
	does 0 call uma
}

# Its Loader would wait for the end of that.
a_manager_that_is_being_loaded_may_not_ask() {
	forget uma
	rmmod umd_test || fail rmmod
	began=$(now)
	! said=$(modprobe umd_test call_in_init=1 2>&1) || fail "the call has succeeded"
	lasted $(($(now) - began)) 0 300 "the time"
	expect "$(errno_name "$said")" EDEADLK "the call's error"
	modprobe umd_test || fail modprobe
	fresh
	does 0 call uma
}

umd_test_begin
ktap_run async_work_is_not_asked_to_wait_for_a_module \
	reclaim_does_not_wait_for_a_process \
	a_manager_that_is_being_loaded_may_not_ask
