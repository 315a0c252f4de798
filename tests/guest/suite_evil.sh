# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: ends clock=instructions handler=evil_umh.c full
# may skip: evil_vsyscall uml
# may skip: evil_write_as_32_bit_program uml
#
# Hostile Handlers under the seal: whatever they do, their caller gets one
# errno in time, and the next request is served. Each attack is made once, or,
# when the first argument is `full`, also after good replies, and in HELLO.

. /umd/ktap.sh
. /umd/sample.sh
. /umd/umd_test.sh
. /umd/evil.sh
EVIL_SEAL=whole

# hostile COMMAND...: runs what is not in the list, and counts it as one.
hostile() {
	echo "$*" >>/tmp/evil.run
	"$@"
	echo "$*" >>/tmp/evil.survived
}

# attack NAME: its operation.
attack() {
	evil_operation "$(sed -n "s/^\([0-9]*\) [a-z]* $1 .*/\1/p" /tmp/evil.table)"
}

# slowly MS: the arguments of a call whose reply takes so long.
slowly() {
	echo "op=$(attack reply_slowly) status=$(($1 * PER_MS))"
}

# Finds how many of its own microseconds a Handler counts in a millisecond: on x86-64,
# its counter has any speed.
calibrate_slowly() {
	PER_MS=1000
	# shellcheck disable=SC2046
	while calls_to 0 $(slowly 100) && [ "$(value ms)" -lt 500 ]; do
		PER_MS=$((2 * PER_MS))
	done
	PER_MS=$((PER_MS * 100 / $(value ms)))
}

# A frame has 256 bits, and a reply is refused for any one of them.
no_bit_of_the_header_may_be_another() {
	_op=$(attack flip_bit)
	_bit=0
	while [ $_bit -lt 256 ]; do
		hostile calls_to EPROTO "op=$_op" status=$_bit
		_bit=$((_bit + 1))
	done
	calls_to 0
}

a_driver_may_allow_the_largest_payload() {
	evil_load max_reply=1048576
	hostile calls_to 0 "op=$(attack payload_at_largest)" out=1048577
	hostile calls_to EMSGSIZE "op=$(attack payload_at_largest)" out=1048575
	hostile calls_to EPROTO "op=$(attack payload_past_largest)" out=1048577
	calls_to 0
	evil_load
}

# Each Handler has read a request; the second replies to the first one's.
the_reply_to_another_workers_request_is_refused() {
	evil_load max_workers=2
	# shellcheck disable=SC2046
	in_flight uma one call uma $(slowly 3000)
	hostile calls_to EPROTO "op=$(attack id_older)"
	finish one 0
	expect "$(value right)" 1 "the other's reply"
	calls_to 0
	evil_load
}

# The caller's deadline began in the queue, the Handler's when it read.
a_reply_after_the_deadline_is_dropped() {
	_before=$(ends)
	_replies=$(statistic uma replies)
	_slow_ms=$((1000 * SLOW))
	_deadline_ms=$((3 * _slow_ms))
	# shellcheck disable=SC2046
	in_flight uma one call uma $(slowly $_slow_ms) timeout_ms=$_deadline_ms
	# shellcheck disable=SC2046
	queued uma two call uma $(slowly $_slow_ms) timeout_ms=$_deadline_ms
	finish one 0
	wait_for 5 is 1 busy uma
	freeze "$(handlers uma)"
	finish two ETIMEDOUT
	at_deadline $_deadline_ms
	kill -CONT "$(handlers uma)"
	# The late reply must not be taken for the reply to this request.
	hostile calls_to 0
	ends_so "$_before" none
	expect "$(statistic uma replies)" $((_replies + 2)) "replies"
}

# Around the deadline, closer and closer: either is right, all else is not.
a_reply_at_the_deadline_is_whole_or_none() {
	_op=$(attack reply_slowly)
	_late=0
	_rounds=60
	# In the Handler's microseconds, as a step of the search is.
	_wait=$((42 * PER_MS))
	_step=$((PER_MS / 2))
	for _round in $(seq $_rounds); do
		# Of so few jiffies, any number may be lagging.
		hostile call_ends "0|ETIMEDOUT" "op=$_op" status=$_wait timeout_ms=40
		if [ "$(outcome)" = 0 ]; then
			_wait=$((_wait + _step))
		else
			_late=$((_late + 1))
			_wait=$((_wait - _step))
		fi
		calls_to 0
	done
	between $_late 5 $((_rounds - 5)) "the number of those that came too late"
}

# storm COMMAND...: runs it over and over, beside calls that must all go well.
# A signal to end it might interrupt a fork, at which User Mode Linux 6.12 faults.
storm() {
	# Not into the next test, when this one fails.
	trap 'rm -f /tmp/storm' EXIT
	touch /tmp/storm
	: >/tmp/storms
	(while [ -e /tmp/storm ]; do "$@" && echo >>/tmp/storms; done) 2>/dev/null &
	_storm=$!
	_rounds=0
	# As many calls as it takes.
	while [ "$(wc -l </tmp/storms)" -lt 20 ]; do
		[ $_rounds -lt 50 ] || fail "it came only $(wc -l </tmp/storms) times"
		answer=$(umd stress uma threads=2 requests=200 in=65536)
		expect "$(calls)" "0=400" "the outcomes"
		expect "$(value wrong)" 0 "wrong replies"
		_rounds=$((_rounds + 1))
	done
	rm /tmp/storm
	wait $_storm
	echo "$(wc -l </tmp/storms) times in $((400 * _rounds)) calls"
}

# A Handler that is stopped in read() is replaced.
stop_and_go_on() {
	_none=1
	for _pid in $(pidof uma); do
		kill -STOP "$_pid" && kill -CONT "$_pid" && _none=0
	done
	return $_none
}

replies_survive_signals() {
	hostile storm stop_and_go_on
	calls_to 0
}

# A Handler that is frozen in read() is replaced when it is called.
freeze_and_thaw() {
	pidof uma >/tmp/cgroup/uma/cgroup.procs &&
		echo 1 >/tmp/cgroup/uma/cgroup.freeze && wait_for 5 is_frozen &&
		echo 0 >/tmp/cgroup/uma/cgroup.freeze && wait_for 5 is_thawed
}

has_control_groups() {
	mkdir -p /tmp/cgroup
	[ -e /tmp/cgroup/cgroup.procs ] ||
		mount -t cgroup2 cgroup2 /tmp/cgroup || skip "no control groups"
	mkdir -p /tmp/cgroup/uma
}

replies_survive_freezing() {
	has_control_groups
	evil_load
	hostile storm freeze_and_thaw
	calls_to 0
}

is_frozen() {
	grep -q "frozen 1" /tmp/cgroup/uma/cgroup.events
}

is_thawed() {
	grep -q "frozen 0" /tmp/cgroup/uma/cgroup.events
}

# The read() that has brought it waits, and is made again after the thaw.
a_reply_that_is_brought_counts_once() {
	has_control_groups
	evil_load
	calls_to 0 "op=$(attack bring_ever_after)"
	_before=$(ends)
	pidof uma >/tmp/cgroup/uma/cgroup.procs
	for _ in 1 2 3; do
		echo 1 >/tmp/cgroup/uma/cgroup.freeze
		wait_for 5 is_frozen
		echo 0 >/tmp/cgroup/uma/cgroup.freeze
		calls_to 0
	done
	ends_so "$_before" none
}

# The Manager has to check the contents of a reply.
the_sample_manager_refuses_other_bytes() {
	modprobe sample_mgr
	for _offset in 70000 70001; do
		hostile expect "$(ask $_offset)" EBADMSG "offset $_offset"
		expect "$(ask 1000)" 0 "the request after it"
	done
}

umd_test_begin
evil_prepare
evil_load >/dev/null
calibrate_slowly
trap evil_summary EXIT
# shellcheck disable=SC2086
ktap_run the_list_is_that_of_the_handler $evil_tests \
	no_bit_of_the_header_may_be_another \
	a_driver_may_allow_the_largest_payload \
	the_reply_to_another_workers_request_is_refused \
	a_reply_after_the_deadline_is_dropped \
	a_reply_at_the_deadline_is_whole_or_none replies_survive_signals \
	replies_survive_freezing a_reply_that_is_brought_counts_once \
	the_sample_manager_refuses_other_bytes
