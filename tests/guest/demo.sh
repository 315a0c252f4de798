#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# shellcheck shell=busybox
#
# `cargo demo` runs this in the guest. The script ends with 0 only if all went as shown.

. /umd/ktap.sh
. /umd/sample.sh
. /umd/show.sh

# answer TEXT: what becomes of a request
answer() {
	_answer=$(ask "$1")
	[ "$_answer" = 0 ] && _answer=accepted
	echo "$_answer"
}

# field NAME: the words of that line of the Handler's status
field() {
	sed -n "s/^$1:[[:space:]]*//p" "/proc/$pid/status" | tr '\t' ' ' | sed 's/ *$//'
}

heading "Kernel $(uname -r), modules:"
modprobe sample_mgr || exit
lsmod | grep -E 'umd_mgmt|sample_' | sed 's/^/  /'

heading "The first write to $SAMPLE loads the Loader:"
check 'no Handler yet' '' "$(handler)"
check 'offset 0' accepted "$(answer 0)"
lsmod | grep -E 'sample_loader' | sed 's/^/  /'
pid=$(handler)
check 'its Handler in bytes, at most 1024' yes \
	"$(size=$(stat -L -c %s "/proc/$pid/exe"); [ "$size" -le 1024 ] && echo yes || echo "$size")"
printf '  %-36s %s\n' 'that is' "$(stat -L -c %s "/proc/$pid/exe")"

heading 'Offsets that the Handler sets; every byte of the reply is checked:'
for offset in 1 4095 4096 70000 131071 0x10 017; do
	check "$offset" accepted "$(answer "$offset")"
done

heading 'What the Manager refuses itself:'
check 131072 ERANGE "$(answer 131072)"
check -1 EINVAL "$(answer -1)"
check abc EINVAL "$(answer abc)"
check 'an empty line' EINVAL "$(answer '')"
check '100 bytes' EINVAL "$(answer "$(printf '%0100d' 1)")"

heading "The seal, from /proc/$pid/status:"
id=$(field Uid | cut -d ' ' -f 1)
check Uid "$id $id $id $id" "$(field Uid)"
check Gid "$id $id $id $id" "$(field Gid)"
check 'neither 0 nor 65534' yes "$([ "$id" != 0 ] && [ "$id" != 65534 ] && echo yes)"
check Groups '' "$(field Groups)"
for set in CapInh CapPrm CapEff CapBnd CapAmb; do
	check "$set" 0000000000000000 "$(field "$set")"
done
check NoNewPrivs 1 "$(field NoNewPrivs)"
check 'Seccomp (1: read, write, exit only)' 1 "$(field Seccomp)"
for fd in "/proc/$pid/fd"/*; do
	check "$fd" 'anon_inode:[umd]' "$(readlink "$fd")"
done
check 'descriptors' 2 "$(ls "/proc/$pid/fd" | wc -l)"
check 'files below its root directory' 0 "$(ls -A "/proc/$pid/root" | wc -l)"

heading 'The Handler is killed; the next write is served by a new one:'
kill -KILL "$pid"
check 'offset 7' accepted "$(answer 7)"
check "another process than $pid" yes "$([ "$(handler)" != "$pid" ] && echo yes)"

heading 'The Loader is removed; the next write loads it again:'
rmmod sample_loader_kmod
check 'no Handler left' '' "$(handler)"
check 'offset 8' accepted "$(answer 8)"

heading 'Everything is removed:'
rmmod sample_loader_kmod && rmmod sample_mgr && rmmod umd_mgmt
check 'modules left' 0 "$(lsmod | grep -c -E 'umd_mgmt|sample_')"

[ "$failed" = 0 ] && heading 'All as it should be.'
exit "$failed"
