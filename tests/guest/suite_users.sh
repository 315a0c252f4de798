# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: ends clock=instructions
#
# Many users at a time, of whom eight are hostile, and a Loader that comes and goes.
# With `full`, as in the long layer, the honest ones make a million requests.

. /umd/ktap.sh
. /umd/umd_test.sh

HONEST=24
THREADS=2

# hostile UID OP [KEY=VALUE]...: asks until the honest users are done.
hostile() {
	_uid=$1
	_op=$2
	shift 2
	while [ -e /tmp/asking ]; do
		umd stress uma uid="$_uid" op="$_op" "$@" >/dev/null
	done
}

# Removes the binary at random; the next request brings it back.
come_and_go() {
	while [ -e /tmp/asking ]; do
		usleep $((300000 + $(od -An -N2 -tu2 /dev/urandom) * 40))
		umd unload uma >/dev/null
		echo
	done >/tmp/removals
}

honest_users_lose_nothing_but_to_removals() {
	requests=400
	[ -z "$ktap_full" ] || requests=20834
	fresh timeout_ms=$((1000 * SLOW)) load_timeout_ms=$((10000 * SLOW)) max_workers=16
	loads_on_demand $ELF
	touch /tmp/asking
	trap 'rm -f /tmp/asking; does_not_load_on_demand' EXIT
	for uid in $(seq $HONEST); do
		begin "honest_$uid" stress uma uid=$((100 + uid)) threads=$THREADS \
			requests=$requests
	done
	hostile 11 never threads=4 &
	hostile 12 never threads=1 &
	hostile 13 fault threads=4 &
	hostile 14 exit threads=1 &
	hostile 15 reply_exit threads=2 &
	hostile 16 reply_hang threads=2 &
	hostile 17 echo threads=32 requests=100 &
	hostile 18 bad threads=4 &
	come_and_go &
	served=0
	removed=0
	slowest=0
	for uid in $(seq $HONEST); do
		finish "honest_$uid" 0
		expect "$(value wrong)" 0 "wrong replies"
		for result in $(calls); do
			case $result in
			0=*) served=$((served + ${result#*=})) ;;
			ESHUTDOWN=*) removed=$((removed + ${result#*=})) ;;
			*) fail "user $((100 + uid)): $(calls)" ;;
			esac
		done
		_us=$(value slowest_us)
		[ "$_us" -le "$slowest" ] || slowest=$_us
	done
	rm /tmp/asking
	wait
	echo "$served replies, $removed calls ended by $(wc -l </tmp/removals) removals," \
		"slowest $((slowest / 1000)) ms"
	expect $((served + removed)) $((HONEST * THREADS * requests)) calls
	[ "$(wc -l </tmp/removals)" -gt 0 ] || fail "the Loader was never removed"
}

umd_test_begin
ktap_run honest_users_lose_nothing_but_to_removals
