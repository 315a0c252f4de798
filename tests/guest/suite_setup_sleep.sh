# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: long clock=instructions
#
# The machine sleeps in memory (S3), with its processor off, until its clock wakes it.
# With two processors an emulated machine resets itself now and then.

. /umd/ktap.sh
. /umd/umd_test.sh
. /umd/setup.sh
. /umd/crowd.sh

RTC=/sys/class/rtc/rtc0
POWER=/sys/power

# falls_asleep: in memory (S3), until the machine's clock wakes it.
falls_asleep() {
	grep -qw mem $POWER/state && grep -q deep $POWER/mem_sleep ||
		fail "no sleep in memory: $(cat $POWER/state $POWER/mem_sleep)"
	echo 0 >$RTC/wakealarm
	expect "$(write_errno $RTC/wakealarm +3)" 0 "the alarm"
	forget_log
	expect "$(write_errno $POWER/state mem)" 0 "the error of suspend"
	logged "ACPI: PM: Waking up from system sleep state S3"
}

requests_survive_a_sleep_in_memory() {
	several
	in_flight uma one call uma op=hold
	crowd_begins
	falls_asleep
	goes_on
	all_go_on uma
	finish one 0
	crowd_ends
}

the_deadline_waits_for_the_end_of_a_sleep() {
	fresh timeout_ms=60000
	in_flight uma one call uma op=never timeout_ms=2500
	falls_asleep
	expect "$(busy uma)" 1 "busy Handlers after that"
	finish one ETIMEDOUT
	does 0 call uma
}

umd_test_begin
ktap_run requests_survive_a_sleep_in_memory the_deadline_waits_for_the_end_of_a_sleep
