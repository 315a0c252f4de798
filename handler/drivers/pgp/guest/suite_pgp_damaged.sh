# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: ends data=pgp programs=corrupt full
#
# Keys with bits and bytes changed, removed or cut off: 10,000 on the machine's own kernel.
# On Debian's 6.1, each signature of P-256 takes a process.

. /umd/ktap.sh
. /umd/umd_test.sh
. /umd/pgp.sh

damaged_keys_are_refused() {
	count=200
	[ -z "$ktap_full" ] || count=2500
	dmesg -c >/dev/null
	keyctl session - /umd/corrupt $count /pgp/rsa2048 /pgp/subkeys /pgp/revoked \
		/pgp/nistp256 || fail "an error that is none of these"
	# That a key is refused is said, if not each time.
	dmesg | grep -vE 'pgp_mgr: key [0-9a-f]* refused: |pgp_add: .* suppressed' \
		>/tmp/dmesg
	[ ! -s /tmp/dmesg ] || fail "the kernel says: $(cat /tmp/dmesg)"
	expect "$(padd /pgp/rsa2048 keys)" 0 "a key after these"
}

modprobe pgp_mgr && new_ring keys || exit 1
ktap_run damaged_keys_are_refused
