# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
#
# How long a request takes, by how long Handler and caller look for what they
# wait for before they sleep. Prints lines
#
#	SPIN_US REPLY REQUESTS MICROSECONDS
#
# the reply in bytes, and the last of them the time of all requests.

. /umd/ktap.sh
. /umd/umd_test.sh

modprobe umd_test || exit
known uma max_request=131072 max_reply=131072 timeout_ms=60000
does 0 load uma path=$ELF
for length in 64 131072; do
	for us in 0 5 20 100; do
		set_parameters spin_us=$us
		# The first ones may find all asleep.
		does 0 measure uma op=length in=24 out=$length count=$length \
			requests=50
		does 0 measure uma op=length in=24 out=$length count=$length \
			requests=500
		echo "$us $length 500 $(($(value ns) / 1000))"
	done
done
