#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Runs in a guest: cargo umd vm --run test.sh
set -e

FILE=/sys/kernel/security/umd_acme
ELF=/umd/acme_umh

fail() {
	echo "not ok: $*"
	dmesg | tail -n 5
	exit 1
}

# field OFFSET COUNT: bytes of the reply, in hexadecimal.
field() {
	dd if=/tmp/reply bs=1 skip="$1" count="$2" 2>/dev/null | od -An -tx1 | tr -d ' \n'
}

modprobe acme_mgr || fail "the Manager is not loaded"
pidof acme_umh && fail "a Handler runs before the first request"

# The Handler parses its own file.
exec 3<>"$FILE"
cat "$ELF" >&3 || fail "the file is refused"
cat <&3 >/tmp/reply
exec 3>&-
[ "$(wc -c </tmp/reply)" = 40 ] || fail "length of the reply"
case $(uname -m) in
x86_64) machine=3e00 ;;
aarch64) machine=b700 ;;
riscv64) machine=f300 ;;
esac
[ "$(field 24 4)" = "0300$machine" ] || fail "type and machine: $(field 24 4)"
[ "$(field 36 2)" = 4001 ] || fail "bits and order: $(field 36 2)"
pidof acme_umh >/dev/null || fail "no Handler"
echo "ok: it parses itself"

# What is no ELF file is refused, and ends nothing.
pid=$(pidof acme_umh)
if echo "no ELF file" >"$FILE" 2>/tmp/said; then
	fail "a text is taken"
fi
grep -q "Bad message" /tmp/said || fail "$(cat /tmp/said)"
[ "$(pidof acme_umh)" = "$pid" ] || fail "the Handler has ended"
echo "ok: a text is refused"

# A killed Handler costs no request.
kill -9 "$pid"
cat "$ELF" >"$FILE" || fail "the request after the kill"
[ "$(pidof acme_umh)" != "$pid" ] || fail "the old Handler"
echo "ok: a killed Handler is replaced"

modprobe -r acme_loader_kmod || fail "the Loader stays"
modprobe -r acme_mgr || fail "the Manager stays"
[ ! -e "$FILE" ] || fail "the file stays"
pidof acme_umh && fail "the Handler stays"
echo "ok: nothing is left"
