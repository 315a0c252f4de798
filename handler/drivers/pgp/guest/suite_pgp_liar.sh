# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: kernels=own data=pgp handlers=pgp_liar
#
# The OpenPGP driver with a Handler that has been taken over:
# tests/new_driver/pgp_liar/.

. /umd/ktap.sh
. /umd/pgp.sh

# lie NUMBER ERRNO WHAT [KEY]: the lies come in their order, one for each key.
lie() {
	expect "$(padd "/pgp/${4-rsa2048}" keys)" "$2" "lie $1, $3"
}

# wrong NUMBER SAID WANTED WHAT: the same of a signature or a text.
wrong() {
	expect "$2" "$3" "lie $1, $4"
}

# wrong_signature NUMBER ERRNO WHAT
wrong_signature() {
	wrong "$1" "$(verify /pgp/document /pgp/rsa2048.sig keys)" "$2" "$3"
}

# wrong_text NUMBER WANTED WHAT [DOCUMENT]
wrong_text() {
	wrong "$1" "$(verify "/pgp/${4-clearsigned}" /dev/null keys)" "$2" "$3"
}

each_lie_of_a_key_has_its_errno() {
	new_ring keys
	lie 0 0 "none" case.plain
	keyctl clear %:keys
	lie 1 EPROTO "another modulus"
	lie 2 EPROTO "another exponent"
	lie 3 EPROTO "another time"
	lie 4 EPROTO "another algorithm"
	lie 5 EBADMSG "a malformed key"
	lie 6 EPROTO "another hash"
	lie 7 EPROTO "a revocation"
	lie 8 EPROTO "less that is hashed"
	lie 9 EPROTO "something outside of the packet"
	lie 10 EKEYREJECTED "another number"
	lie 11 EKEYREJECTED "another start of the hash"
	lie 12 EKEYREJECTED "something critical that is not known"
	lie 13 EKEYREJECTED "a key that does not sign"
	lie 14 EKEYEXPIRED "an end"
	lie 15 EKEYREJECTED "a signature before its key"
	lie 16 EKEYREJECTED "another issuer"
	lie 17 EKEYREJECTED "a malformed signature"
	lie 18 EPROTO "what was said of the first key" rsa3072
	lie 19 EPROTO "an unknown verdict"
	expect "$(keyctl list %:keys)" "keyring is empty" "the keyring"
	lie 20 0 "no more"
	listed "$(key_name rsa2048): PGP.rsa" || fail "the key is not there"
}

# Continues behind the lies before.
each_lie_of_a_signature_has_its_errno() {
	lie 21 EKEYREJECTED "what was said of the first key, which has the same length" twin
	wrong_signature 22 EPROTO "what was said of the first key's signature"
	wrong_signature 23 EPROTO "what was said of the first key"
	wrong_signature 24 EPROTO "another hash"
	wrong_signature 25 EPROTO "a signature of a text"
	wrong_signature 26 EPROTO "less that is hashed"
	wrong_signature 27 ENOKEY "another issuer"
	wrong_signature 28 EKEYREJECTED "a signature before its key"
	wrong_signature 29 EKEYEXPIRED "an end"
	wrong_signature 30 EKEYREJECTED "another start of the hash"
	wrong_signature 31 EKEYREJECTED "another number"
	wrong_signature 32 EBADMSG "a malformed signature"
	wrong_signature 33 ENOPKG "something critical that is not known"
	wrong_signature 34 EPROTO "an unknown verdict"
	new_ring others
	wrong 35 "$(import_all /pgp/rsa2048 others)" EPROTO "an import, another time"
	wrong 36 "$(import_all /pgp/twin others)" EKEYREJECTED "an import, the first key"
	expect "$(count_keys others)" 0 "keys"
	wrong_signature 37 "$(key_name rsa2048)" "no more"
}

# The number of a lie is that of the text.
each_lie_of_a_text_has_its_errno() {
	good=$(key_name rsa2048)
	wrong_text 0 "$good" "none"
	wrong_text 1 EKEYREJECTED "what was said of the first text" clearsigned.flipped
	wrong_text 2 EKEYREJECTED "a text without its first line"
	wrong_text 3 EKEYREJECTED "a text without its end"
	wrong_text 4 EKEYREJECTED "a text with a line before it"
	wrong_text 5 EBADMSG "signatures without their start"
	wrong_text 6 EPROTO "more than the request has"
	wrong_text 7 EPROTO "an unknown kind"
	# The kernel has the same text. For the Handler, the signatures are text 9.
	wrong_text 8 "$good" "another place"
	new_ring others
	wrong 10 "$(import_all /pgp/ring.asc others)" EBADMSG "keys as signatures"
	expect "$(count_keys others)" 0 "keys"
	wrong_text 11 EBADMSG "a text as base64"
	wrong_text 12 "$good" "no more"
}

modprobe pgp_stand_in handler=/umd/pgp_liar_umh || exit 1
ktap_run each_lie_of_a_key_has_its_errno each_lie_of_a_signature_has_its_errno \
	each_lie_of_a_text_has_its_errno
