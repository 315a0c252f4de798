# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: kernels=own data=pgp handlers=pgp_liar
#
# The OpenPGP driver with a Handler that has been taken over:
# tests/new_driver/pgp_liar/.

. /umd/ktap.sh
. /umd/pgp.sh

# lie NUMBER ERRNO WHAT: the lies come in their order, one for each key.
lie() {
	expect "$(padd /pgp/rsa2048 keys)" "$2" "lie $1, $3"
}

each_lie_has_its_errno() {
	modprobe pgp_stand_in handler=/umd/pgp_liar_umh || fail modprobe
	new_ring keys
	lie 0 EPROTO "another fingerprint"
	lie 1 EPROTO "another modulus"
	lie 2 EPROTO "another user id"
	lie 3 EPROTO "another time"
	lie 4 EPROTO "another hash"
	lie 5 EKEYREJECTED "another self-signature"
	lie 6 EKEYREJECTED "another start of the hash"
	lie 7 EPROTO "less that is hashed"
	lie 8 EKEYREJECTED "something critical that is not known"
	lie 9 EKEYREJECTED "a key that does not sign"
	lie 10 EKEYREVOKED "a revocation"
	lie 11 EKEYEXPIRED "an end"
	listed "$(fingerprint rsa2048)" && fail "the key is there"
	lie 12 0 "no more"
	listed "$(key_name rsa2048): PGP.rsa" || fail "the key is not there"
}

ktap_run each_lie_has_its_errno
