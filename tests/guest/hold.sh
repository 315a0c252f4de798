# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
#
# For suites with tests/evil/probe_umh.c as the sample driver's Handler, whose
# request 0 takes until release: source it after sample.sh.

# hold: sends such a request, in the background, and waits until it is read.
# Sets pid, the Handler's.
hold() {
	rm -f /tmp/answer
	(ask 0 >/tmp/answer.new; mv /tmp/answer.new /tmp/answer) &
	wait_worker busy
}

# worker_is STATE: whether a Handler is in that state.
worker_is() {
	workers | grep -q " $1\$"
}

# wait_worker STATE: waits for a Handler in that state; sets pid.
wait_worker() {
	wait_for 10 worker_is "$1"
	pid=$(workers | sed -n "s/ $1\$//p")
}

# release: has the Handler go on.
release() {
	go_on "$pid"
}

# answer_is ERRNO: waits for what the request of hold comes to.
answer_is() {
	wait
	expect "$(cat /tmp/answer)" "$1" "the request"
}
