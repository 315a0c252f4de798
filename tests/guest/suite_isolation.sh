# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: ends clock=instructions
#
# Isolation: which requests one Handler may read, one after the other. The Handler
# of the tests replies to op=length with what its memory has behind the request.

. /umd/ktap.sh
. /umd/umd_test.sh

SHARED=0
PER_USER=1
PER_REQUEST=2

nobody_is_called() {
	! grep -q called $DEBUG/uma/workers
}

# as UID [KEY=VALUE]...: one call of that user, which succeeds. The Handler is back in
# read() afterwards: else another one might be started for the user's next call.
as() {
	_uid=$1
	shift
	does 0 stress uma uid="$_uid" "$@"
	expect "$(calls)" 0=1 "the call of user $_uid"
	wait_for 5 nobody_is_called
}

# secret UID: a long request of that user.
secret() {
	as "$1" in=4096
}

# sees UID COUNT: whether a short request of that user gets something of an earlier
# one: 1 if so, else 0.
sees() {
	as "$1" in=24 out=4096 op=length count=4096
	expect "$(value wrong)" "$2" "what user $1 sees of another request"
}

a_shared_handler_may_reply_what_another_user_sent() {
	fresh isolation=$SHARED
	secret 1
	sees 2 1
}

a_users_handler_knows_no_other_user() {
	fresh isolation=$PER_USER max_workers=4
	secret 1
	for uid in 2 3 4; do
		sees $uid 0
		secret $uid
	done
	expect "$(statistic uma starts)" 4 starts
	# Each still has the own one.
	for uid in 1 2 3 4; do
		sees $uid 1
	done
	expect "$(statistic uma starts)" 4 "starts in the end"
}

a_user_takes_the_place_of_one_who_is_idle() {
	fresh isolation=$PER_USER max_workers=2
	for uid in 1 2 3 4 5 1; do
		secret $uid
		expect "$(statistic uma end_used)" "$(($(statistic uma starts) - 2 > 0 ? $(statistic uma starts) - 2 : 0))" \
			"Handlers that were replaced"
	done
	expect "$(statistic uma starts)" 6 starts
	sees 2 0
}

# Whoever has no room may not keep others' Handlers idle, nor end those at work.
a_busy_handler_is_not_taken() {
	fresh isolation=$PER_USER max_workers=2 timeout_ms=60000
	as 2
	begin one stress uma uid=1 op=hold threads=2
	wait_for 10 is 1 busy uma
	as 2
	as 2
	as 3
	expect "$(busy uma)" 1 "busy Handlers"
	all_go_on uma
	wait_for 20 is 3 statistic_of_replies 0
	does 0 unload uma
	finish one 0
}

# At least so many replies beyond those of the test.
statistic_of_replies() {
	_replies=$(statistic uma replies)
	[ "$_replies" -lt 5 ] || echo 3
}

a_request_has_a_process_of_its_own() {
	fresh isolation=$PER_REQUEST max_workers=2
	secret 1
	for _ in 1 2 3 4 5; do
		sees 1 0
		secret 1
	done
	expect "$(statistic uma starts)" 11 starts
	expect "$(statistic uma end_used)" 11 "Handlers that were used"
	expect "$(statistic uma restarts)" 0 restarts
	wait_for 5 is 0 count_handlers uma
}

callers_at_a_time_have_processes_of_their_own() {
	fresh isolation=$PER_REQUEST max_workers=4 timeout_ms=60000
	does 0 stress uma threads=8 requests=10
	expect "$(calls)" 0=80 calls
	expect "$(value wrong)" 0 "wrong replies"
	expect "$(statistic uma starts)" 80 starts
}

a_spare_process_is_ready_for_the_next_request() {
	fresh isolation=$PER_REQUEST max_workers=3 spare_workers=1
	for round in 1 2 3 4; do
		wait_for 10 is 2 ready uma
		starts=$(statistic uma starts)
		as 1
		expect "$(statistic uma end_used)" $round "Handlers that were used"
		[ "$(statistic uma starts)" -le $((starts + 1)) ] ||
			fail "a start for a request with a spare"
	done
}

a_handler_is_replaced_after_so_many_requests() {
	fresh max_requests=3
	does 0 stress uma requests=10
	expect "$(calls)" 0=10 calls
	expect "$(statistic uma starts)" 4 starts
	expect "$(statistic uma end_used)" 3 "Handlers that were used"
	expect "$(statistic uma last_end)" used "the last end"
}

# A PING of post_start is no request of a user.
what_post_start_asks_does_not_count() {
	fresh isolation=$PER_REQUEST post_start=1
	as 1
	as 2
	expect "$(statistic uma starts)" 2 starts
}

unknown_isolation_is_refused() {
	wait_for 20 forget uma
	does EINVAL register uma isolation=3
	does EINVAL register uma isolation=-1
}

umd_test_begin
ktap_run a_shared_handler_may_reply_what_another_user_sent \
	a_users_handler_knows_no_other_user \
	a_user_takes_the_place_of_one_who_is_idle a_busy_handler_is_not_taken \
	a_request_has_a_process_of_its_own \
	callers_at_a_time_have_processes_of_their_own \
	a_spare_process_is_ready_for_the_next_request \
	a_handler_is_replaced_after_so_many_requests \
	what_post_start_asks_does_not_count unknown_isolation_is_refused
