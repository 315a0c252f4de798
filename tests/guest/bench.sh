# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
#
# bench.sh ROUNDS: measures what a request costs, and what others would, each of
# them so many times. Prints lines
#
#	NAME IN OUT REQUESTS NANOSECONDS SWITCHES
#
# with the lengths of a request and a reply, how many requests, and the time and
# the number of task switches of all of them together. tests/src/bench.rs knows
# the names.

ROUNDS=$1
shift
. /umd/ktap.sh
. /umd/umd_test.sh

# A short run: both sides sleep between two requests.
SHORT=300
# In a long one the scheduler may find something better.
LONG=10000
LONG_LARGE=1000

# row NAME IN OUT REQUESTS COMMAND...: of /umd/peers.
row() {
	_row="$1 $2 $3 $4"
	shift 4
	answer=$(/umd/peers "$@") || exit
	echo "$_row $(value ns) $(value switches)"
}

# settle: until what processes have left behind them is done (RCU, workers).
settle() {
	usleep 50000
}

# requests NAME IN OUT COUNT
requests() {
	# Nobody can wait for no bytes of a pipe.
	_least=$(($3 > 0 ? $3 : 1))
	row "umd_$1" "$2" "$3" "$4" \
		ask "measure uma op=length in=$2 out=$3 count=$3 requests=$4"
	row "pipes_$1" "$2" "$3" "$4" pipes "$2" $_least "$4"
	row "kernel_pipes_$1" "$2" "$3" "$4" kernel "$2" $_least "$4"
	for _peer in seqpacket eventfd futex; do
		row "${_peer}_$1" "$2" "$3" "$4" $_peer "$2" "$3" "$4"
	done
	# A file has no requests of its own.
	[ "$2" -gt 24 ] || [ "$3" = 0 ] ||
		row "fuse_$1" "$2" "$3" "$4" fuse "$3" "$4"
}

# kill_uma: leaves the driver without a Handler.
kill_uma() {
	kill_handlers uma
	is 0 count_handlers uma || fail "a Handler is left"
}

modprobe umd_test || exit
[ -c /dev/fuse ] || modprobe fuse || exit
set_parameters start_limit=0 crash_limit=0
known uma max_request=131072 max_reply=131072 timeout_ms=60000
does 0 load uma path=/umd/bench_umh
known umb max_request=131072 max_reply=131072 timeout_ms=60000
does 0 load umb path=/umd/bench_umh
does 0 register umc max_request=131072 max_reply=131072 timeout_ms=60000 \
	max_workers=3 spare_workers=1
does 0 load umc path=/umd/bench_umh
# Handlers of one user, or for one request.
does 0 register umd max_request=131072 max_reply=131072 timeout_ms=60000 \
	max_workers=2 isolation=1
does 0 load umd path=/umd/bench_umh
does 0 register ume max_request=131072 max_reply=131072 timeout_ms=60000 \
	max_workers=2 isolation=2
does 0 load ume path=/umd/bench_umh
does 0 register umf max_request=131072 max_reply=131072 timeout_ms=60000 \
	max_workers=4 isolation=2 spare_workers=1
does 0 load umf path=/umd/bench_umh

# A message takes longer than what it reports: none on the console, nor of the
# processor's on crashes. The library's own are part of what is measured.
echo 0 >/proc/sys/debug/exception-trace
echo N >/sys/module/printk/parameters/ignore_loglevel
dmesg -n 1

round=0
while [ $round -lt "$ROUNDS" ]; do
	round=$((round + 1))
	row turns_long 0 0 $LONG ask "turns uma requests=$LONG"
	row turns_short 0 0 $SHORT ask "turns uma requests=$SHORT"
	for out in 0 64 4096; do
		requests long 24 $out $LONG
		requests short 24 $out $SHORT
	done
	for in_out in "24 131072" "131072 0"; do
		# shellcheck disable=SC2086
		requests long $in_out $LONG_LARGE
		# shellcheck disable=SC2086
		requests short $in_out $SHORT
	done
	row helper 0 0 20 ask "helper uma path=/umd/bench_umh requests=20"
	row per_user 24 64 $LONG \
		ask "measure umd op=length in=24 out=64 count=64 requests=$LONG"
	row per_request 24 64 20 \
		ask "measure ume op=length in=24 out=64 count=64 requests=20"
	for time in 1 2 3; do
		wait_for 5 is 2 ready umf
		settle
		row per_request_spare 24 64 1 \
			ask "measure umf op=length in=24 out=64 count=64 requests=1"
		kill_uma
		settle
		row start 24 64 1 \
			ask "measure uma op=length in=24 out=64 count=64 requests=1"
		settle
		row recover 24 24 1 ask "recover umb op=illegal"
		wait_for 5 is 2 ready umc
		settle
		row recover_spare 24 24 1 ask "recover umc op=illegal"
	done
done
