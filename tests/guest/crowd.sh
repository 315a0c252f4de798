# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
#
# Callers who never stop asking, for suites that have sourced umd_test.sh.

# A driver for all, which may have so many Handlers.
several() {
	fresh max_workers=4 timeout_ms=60000
}

# Four callers never stop asking.
crowd_begins() {
	begin crowd stress uma threads=4 requests=100000000
	wait_for 10 more_than 100 statistic uma replies
}

# goes_on: the callers are served still.
goes_on() {
	wait_for 20 more_than $(($(statistic uma replies) + 100)) statistic uma replies
}

# crowd_ends: none of the calls has failed, and no Handler was lost.
crowd_ends() {
	kill -KILL "$pid_crowd"
	wait "$pid_crowd" 2>/dev/null
	for error in ETIMEDOUT EPIPE EPROTO EAGAIN ESHUTDOWN EHOSTDOWN; do
		expect "$(statistic uma error_$error)" 0 "calls with $error"
	done
	expect "$(statistic uma restarts)" 0 "Handlers that were replaced"
}
