# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
#
# How many requests that compute for about a millisecond are answered by one,
# two and four Handlers for as many callers. Prints lines
#
#	WORKERS REQUESTS HUNDREDTHS
#
# the last of them the time of all in hundredths of a second.

. /umd/ktap.sh
. /umd/umd_test.sh

EACH=500

umd_test_calibrate
for workers in 1 2 4; do
	known uma max_workers=$workers timeout_ms=60000
	does 0 load uma path=$ELF
	# All have started.
	does 0 stress uma op=spin count="$((SPIN * 20))" threads=$workers requests=5
	began=$(now)
	does 0 stress uma op=spin count="$SPIN" threads=$workers requests=$EACH
	echo "$workers $((workers * EACH)) $(($(now) - began))"
done
