# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: clock=instructions programs=look
# may skip: an_idle_handler_that_is_frozen_is_replaced uml
# may skip: also_by_the_older_freezer uml
# may skip: a_handler_that_was_thawed_is_kept uml
# may skip: a_handler_that_freezes_when_it_is_called_is_replaced uml
# may skip: also_when_the_older_freezer_does_it uml
# may skip: a_request_costs_the_deadline_when_its_handler_is_frozen uml
# may skip: a_handler_that_goes_on_in_time_is_heard uml
# may skip: a_frozen_handler_is_charged_to_nobody uml
#
# Handlers in a control group that somebody freezes, as `docker pause` does. Suspend
# is no such thing: suite_suspend.sh.

. /umd/ktap.sh
. /umd/umd_test.sh

GROUP=/tmp/cgroup/uma
OLDER=/tmp/freezer/uma

needs_v2() {
	mkdir -p /tmp/cgroup
	[ -e /tmp/cgroup/cgroup.procs ] ||
		mount -t cgroup2 cgroup2 /tmp/cgroup || skip "no control groups"
	mkdir -p $GROUP
	echo 0 >$GROUP/cgroup.freeze
}

needs_v1() {
	mkdir -p /tmp/freezer
	[ -e /tmp/freezer/tasks ] ||
		mount -t cgroup -o freezer freezer /tmp/freezer ||
		skip "no control groups of version 1"
	mkdir -p $OLDER
	echo THAWED >$OLDER/freezer.state
}

# handler_in GROUP: a new driver, whose Handler $pid is in the group.
handler_in() {
	fresh timeout_ms=60000
	pid=$(handlers uma)
	echo "$pid" >"$1/cgroup.procs"
}

is_frozen() {
	grep -q "frozen $1" $GROUP/cgroup.events
}

# cold VALUE: freezes the group or lets it go on, and waits until that is done.
cold() {
	echo "$1" >$GROUP/cgroup.freeze
	wait_for 5 is_frozen "$1"
}

# replaced PID: one request was served without a delay, and not by this Handler.
replaced() {
	expect "$(value right)" 1 "the reply"
	lasted "$(value ms)" 0 5000 "the time"
	expect "$(statistic uma last_end)" traced "the cause"
	expect "$(statistic uma starts)" 2 starts
	[ "$(workers)" != "$1" ] || fail "still process $1"
}

# The processes of the Handlers that are not about to end.
workers() {
	awk '{print $1}' $DEBUG/uma/workers
}

an_idle_handler_that_is_frozen_is_replaced() {
	needs_v2
	handler_in $GROUP
	cold 1
	does 0 call uma
	replaced "$pid"
	wait_for 5 gone "$pid"
	cold 0
}

# Of version 1. Not even SIGKILL ends a process there before it is thawed.
also_by_the_older_freezer() {
	needs_v1
	handler_in $OLDER
	echo FROZEN >$OLDER/freezer.state
	wait_for 5 is FROZEN cat $OLDER/freezer.state
	does 0 call uma
	replaced "$pid"
	echo THAWED >$OLDER/freezer.state
	wait_for 5 gone "$pid"
}

a_handler_that_was_thawed_is_kept() {
	needs_v2
	handler_in $GROUP
	for _ in 1 2 3; do
		cold 1
		# At once: the process need not have noticed.
		echo 0 >$GROUP/cgroup.freeze
		does 0 call uma
		expect "$(handlers uma)" "$pid" "the Handler"
	done
	expect "$(statistic uma starts)" 1 starts
}

# freezes_when_called FILE VALUE: writes the value after a request has called the
# Handler and before the Handler runs. All that this needs runs in real time, and
# there is one processor, so that the Handler does not.
freezes_when_called() {
	cat >/tmp/real_time <<-END
		. /umd/ktap.sh
		. /umd/umd_test.sh
		requests=\$(statistic uma requests)
		umd call uma >/tmp/answer.one &
		until [ "\$(statistic uma requests)" -gt "\$requests" ]; do :; done
		echo $2 >$1
		wait
	END
	/umd/look first /tmp/real_time || fail "it cannot be first"
	answer=$(cat /tmp/answer.one)
	expect "$(value error)" 0 "the error"
}

a_handler_that_freezes_when_it_is_called_is_replaced() {
	needs_v2
	handler_in $GROUP
	freezes_when_called $GROUP/cgroup.freeze 1
	replaced "$pid"
	wait_for 5 gone "$pid"
	cold 0
}

also_when_the_older_freezer_does_it() {
	needs_v1
	handler_in $OLDER
	freezes_when_called $OLDER/freezer.state FROZEN
	replaced "$pid"
	echo THAWED >$OLDER/freezer.state
	wait_for 5 gone "$pid"
}

a_request_costs_the_deadline_when_its_handler_is_frozen() {
	needs_v2
	fresh timeout_ms=$((1000 * SLOW))
	pid=$(handlers uma)
	echo "$pid" >$GROUP/cgroup.procs
	in_flight uma one call uma op=hold
	cold 1
	finish one ETIMEDOUT
	lasted "$(value ms)" $((1000 * SLOW)) 4000 "the time"
	wait_for 5 gone "$pid"
	expect "$(statistic uma last_end)" traced "the cause"
	cold 0
	does 0 call uma
}

a_handler_that_goes_on_in_time_is_heard() {
	needs_v2
	handler_in $GROUP
	in_flight uma one call uma op=hold
	cold 1
	go_on "$pid"
	cold 0
	finish one 0
	expect "$(value right)" 1 "the reply"
	expect "$(handlers uma)" "$pid" "the Handler"
}

a_frozen_handler_is_charged_to_nobody() {
	needs_v2
	fresh timeout_ms=$((200 * SLOW))
	set_parameters crash_limit=2
	for _ in 1 2 3; do
		does 0 call uma
		pid=$(handlers uma)
		echo "$pid" >$GROUP/cgroup.procs
		in_flight uma one call uma op=hold
		cold 1
		finish one ETIMEDOUT
		wait_for 5 gone "$pid"
		cold 0
	done
	does 0 call uma
	default_parameters
}

umd_test_begin
ktap_run an_idle_handler_that_is_frozen_is_replaced also_by_the_older_freezer \
	a_handler_that_was_thawed_is_kept \
	a_handler_that_freezes_when_it_is_called_is_replaced \
	also_when_the_older_freezer_does_it \
	a_request_costs_the_deadline_when_its_handler_is_frozen \
	a_handler_that_goes_on_in_time_is_heard \
	a_frozen_handler_is_charged_to_nobody
