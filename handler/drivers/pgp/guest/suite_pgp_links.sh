# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: ends data=pgp
#
# What other keys say of a key: certifications, by which restricted keyrings take it, and
# revocations by designated revokers. tests/src/openpgp/cases/links.rs makes the files.

. /umd/ktap.sh
. /umd/pgp.sh

PARAMETERS=/sys/module/pgp_mgr/parameters

# imported FILE RING [ENTRY]: the lines of an import, then its errno, if it fails.
imported() {
	_entry=${3-import}
	exec 3<>"$PGP/$_entry"
	{ echo "$(ring_id "$2") $(size "$1")" && cat "$1"; } >&3
	if ! _said=$(cat <&3 2>&1); then
		cat <&3
		errno_name "$_said"
	else
		# A key without a user id ends with a space.
		echo "$_said" | sed 's/ $//'
	fi
	exec 3>&-
}

# restricted RING RESTRICTION: a new keyring.
restricted() {
	new_ring "$1"
	keyctl restrict_keyring "%:$1" asymmetric "$2" || fail "restrict_keyring $2"
}

# trust FILE: a keyring with the certifier of that file; its number is $trusted.
trust() {
	new_ring trust
	imported "$1" trust import_chain
	trusted=$(ring_id trust)
}

name() {
	echo "$(cat "/pgp/link.$1.fpr") $2"
}

UNTRUSTED="the keyring is restricted, and no key that it trusts has certified it"

a_key_that_only_certifies_is_kept_for_chains() {
	new_ring some
	expect "$(imported /pgp/link.certifier some)" \
		"$(printf 'refused %s: no key that may sign\nEKEYREJECTED' \
			"$(cat /pgp/link.certifier.fpr)")" "import"
	expect "$(imported /pgp/link.certifier some import_chain)" "$(name certifier Certifier)" \
		"import_chain"
	expect "$(count_keys some)" 1 "keys"
	expect "$(verify_all /pgp/document /pgp/link.certifier.sig some)" ENOKEY "a document"
	# The key that is there stays, and is not for signing.
	imported /pgp/link.certifier some >/dev/null
	expect "$(count_keys some)" 1 "keys after an import"
	# add_key() is not told the keyring.
	expect "$(padd /pgp/link.certifier some)" EKEYREJECTED "add_key()"
}

# takes RESTRICTION FILE: that such a keyring takes the key, by either way.
takes() {
	restricted chosen "$1"
	expect "$(imported "/pgp/link.$2" chosen)" "$(cat /pgp/link.owner.fpr)" "$2, $1"
	expect "$(verify /pgp/document /pgp/link.owner.sig chosen)" "$(cat /pgp/link.owner.fpr) " \
		"a document of $2"
}

a_restricted_keyring_takes_certified_keys() {
	trust /pgp/link.certifier
	key=$(keyctl search "$trusted" asymmetric "id:$(cat /pgp/link.certifier.fpr)") || fail search
	takes "key_or_keyring:$trusted" certified_until_a_date
	serial=$(keyctl list %:chosen | sed -n 's/^ *\([0-9]*\):.*/\1/p')
	grep "^$(printf '%08x' "$serial") " /proc/keys >/tmp/line || fail "no key $serial"
	grep -q ' perm ' /tmp/line && fail "the key does not expire: $(cat /tmp/line)"
	for restriction in "$trusted" "$trusted:chain" "$key" "$key:chain"; do
		takes "key_or_keyring:$restriction" certified
	done
	judged=0
	for file in /pgp/link.certified /pgp/link.certified_*; do
		takes "key_or_keyring:$trusted" "${file#/pgp/link.}"
		judged=$((judged + 1))
	done
	expect "$judged" 10 "files"
	restricted chosen key_or_keyring:0:chain
	expect "$(imported /pgp/link.certified chosen)" "$(printf 'refused %s: %s\nENOKEY' \
		"$(cat /pgp/link.owner.fpr)" "$UNTRUSTED")" "nobody is trusted"
}

# Neither import nor add_key() puts such a key into the keyring.
a_restricted_keyring_refuses_others() {
	trust /pgp/link.certifier_with_subkey
	expect "$(count_keys trust)" 2 "keys that are trusted"
	judged=0
	for file in /pgp/link.uncertified.*; do
		kind=${file#/pgp/link.uncertified.}
		why=$UNTRUSTED errno=ENOKEY
		[ "$kind" = many_false ] && why="too many false signatures" errno=E2BIG
		restricted chosen "key_or_keyring:$trusted:chain"
		expect "$(imported "$file" chosen)" "$(printf 'refused %s: %s\n%s' \
			"$(cat /pgp/link.owner.fpr)" "$why" $errno)" "$kind"
		expect "$(count_keys chosen)" 0 "keys after $kind"
		judged=$((judged + 1))
	done
	expect "$judged" 15 "files"
	# Only a key that may certify is asked.
	trust /pgp/link.certifier_that_only_signs
	restricted chosen "key_or_keyring:$trusted"
	expect "$(imported /pgp/link.certified chosen | tail -n 1)" ENOKEY "by a key that only signs"
}

# add_key() takes the newest certification, whoever has made it, and the kernel verifies it.
a_key_is_linked_by_add_key() {
	trust /pgp/link.certifier
	for file in certified=0 certified_by_key_id=ENOPKG certified_directly=0 certified_again=0 \
		certified_after_a_revocation=0 certified_and_falsely_revoked=ENOPKG \
		certified_by_another_too=ENOKEY uncertified.nobody=ENOPKG \
		uncertified.another=ENOKEY uncertified.false=EINVAL \
		uncertified.revoked=ENOPKG \
		uncertified.revoked_by_key_id=ENOPKG uncertified.expired=ENOPKG \
		uncertified.critical=ENOPKG uncertified.weak=ENOPKG \
		uncertified.future=ENOPKG uncertified.early=ENOPKG \
		uncertified.revoked_user_id=ENOPKG uncertified.unbound_user_id=ENOPKG; do
		restricted chosen "key_or_keyring:$trusted"
		expect "$(padd "/pgp/link.${file%=*}" chosen)" "${file#*=}" "${file%=*}"
	done
	# A keyring without a restriction does not care.
	new_ring some
	for file in false many_false; do
		expect "$(padd /pgp/link.uncertified.$file some)" 0 "$file, without a restriction"
		expect "$(imported /pgp/link.uncertified.$file some)" "$(name owner Owner)" \
			"$file, an import"
	done
}

keys_are_linked_to_those_of_verify_mgr() {
	for kind in p256 rsa3104; do
		trust "/pgp/link.certifier.$kind"
		restricted chosen "key_or_keyring:$trusted"
		expect "$(imported "/pgp/link.certified.$kind" chosen)" \
			"$(cat /pgp/link.owner.fpr)" "$kind"
		expect "$(padd "/pgp/link.certified.$kind" chosen)" 0 "$kind, add_key()"
		expect "$(imported /pgp/link.certified chosen | tail -n 1)" ENOKEY "another certifier"
	done
}

a_chain_takes_what_its_keys_have_certified() {
	trust /pgp/link.certifier
	restricted chosen "key_or_keyring:$trusted:chain"
	expect "$(imported /pgp/link.next chosen | tail -n 1)" ENOKEY "without the key between"
	expect "$(imported /pgp/link.with_subkey chosen)" \
		"$(cat /pgp/link.owner.fpr && echo && cat /pgp/link.subkey.fpr)" "a key with a subkey"
	expect "$(imported /pgp/link.next chosen)" "$(cat /pgp/link.next.fpr)" "the next key"
	# Without a chain, neither a subkey nor the next key has a place.
	restricted chosen "key_or_keyring:$trusted"
	expect "$(imported /pgp/link.with_subkey chosen)" "$(printf '%s\nrefused %s: %s' \
		"$(cat /pgp/link.owner.fpr)" "$(cat /pgp/link.subkey.fpr)" "$UNTRUSTED")" "no chain"
	expect "$(imported /pgp/link.next chosen | tail -n 1)" ENOKEY "the next key, no chain"
	# Nor does the newest certification count, if that is by a key of the keyring.
	expect "$(imported /pgp/link.next_by_certifier chosen)" "$(cat /pgp/link.next.fpr)" "next"
	expect "$(imported /pgp/link.certified_by_two chosen)" "$(cat /pgp/link.owner.fpr)" "by two"
}

a_restricted_keyring_keeps_the_newest_copy() {
	trust /pgp/link.certifier
	restricted chosen "key_or_keyring:$trusted"
	imported /pgp/link.certified chosen
	before=$(keyctl list %:chosen)
	imported /pgp/link.certified_again chosen
	[ "$(keyctl list %:chosen)" != "$before" ] || fail "the same key"
	expect "$(count_keys chosen)" 1 "keys"
	# The owner has another user id now, which is the primary one.
	before=$(keyctl list %:chosen)
	expect "$(imported /pgp/link.renamed chosen)" "$(cat /pgp/link.owner.fpr)" "a newer copy"
	[ "$(keyctl list %:chosen)" != "$before" ] || fail "the older key"
	expect "$(count_keys chosen)" 1 "keys, now"
	before=$(keyctl list %:chosen)
	expect "$(imported /pgp/link.certified chosen | tail -n 1)" EEXIST "the older copy"
	expect "$(keyctl list %:chosen)" "$before" "the keyring"
}

the_kernels_own_keyrings_trust_no_such_key() {
	for kind in builtin_trusted builtin_and_secondary_trusted; do
		new_ring chosen
		keyctl restrict_keyring %:chosen asymmetric $kind || continue
		expect "$(imported /pgp/link.certified chosen | tail -n 1)" ENOKEY $kind
		expect "$(padd /pgp/link.certified chosen)" ENOKEY "$kind, add_key()"
	done
}

# revoked FILE: the lines of an import into a keyring that may have the revoker.
revoked() {
	imported "/pgp/link.$1" some | sed "s/$(cat /pgp/link.owner.fpr)/OWNER/; s/$(cat /pgp/link.revoker.fpr)/REVOKER/"
}

a_designated_revoker_revokes() {
	new_ring some
	expect "$(revoked designated)" "OWNER Owner" "before"
	imported /pgp/link.revoker some
	refused=$(printf 'refused OWNER: was revoked\nEKEYREVOKED')
	expect "$(revoked revoked_by_revoker)" "$refused" "revoked"
	expect "$(count_keys some)" 1 "keys: the revoker's"
	for others in false strangers; do
		expect "$(revoked revoked_behind_many_$others)" "$refused" "behind 64 $others"
		expect "$(revoked revoked_behind_too_many_$others)" \
			"$(printf 'refused OWNER: too many false signatures\nE2BIG')" "behind 65 $others"
	done
}

others_do_not_revoke() {
	for file in falsely_revoked revoked_by_a_stranger revoked_without_designation; do
		new_ring some
		imported /pgp/link.revoker some
		expect "$(revoked $file)" "OWNER Owner" $file
	done
}

a_revocation_that_cannot_be_verified_is_reported() {
	new_ring some
	expect "$(revoked revoked_by_revoker)" "$(printf '%s\n%s' \
		"unverified OWNER: a revocation by REVOKER, which cannot be verified" \
		"OWNER Owner")" "an import"
	dmesg -c >/dev/null
	expect "$(padd /pgp/link.revoked_by_revoker some)" 0 "add_key()"
	dmesg | grep -q "pgp_mgr: key .* may be revoked: by " || fail "no line in the log"
	trap 'echo N >$PARAMETERS/refuse_unverified' EXIT
	echo Y >$PARAMETERS/refuse_unverified
	expect "$(revoked revoked_by_revoker | tail -n 2)" "$(printf '%s\nEKEYREVOKED' \
		"refused OWNER: its revoker is said to have revoked it, which cannot be verified")" \
		"with refuse_unverified"
	expect "$(padd /pgp/link.revoked_by_revoker some)" EKEYREVOKED "add_key()"
	expect "$(revoked falsely_revoked | tail -n 1)" EKEYREVOKED "who can tell"
	expect "$(revoked revoked_by_a_stranger)" "OWNER Owner" "a stranger"
	# A true revocation counts, whatever else cannot be verified.
	new_ring some
	imported /pgp/link.revoker some
	expect "$(revoked revoked_by_two | sed 's/^unverified OWNER: .*/unverified/')" \
		"$(printf 'unverified\nrefused OWNER: was revoked\nEKEYREVOKED')" "by two revokers"
}

# A ring may have the revoker behind the key that was revoked.
the_command_looks_again_for_revokers() {
	new_ring some
	cat /pgp/link.revoked_by_revoker /pgp/link.revoker >/tmp/both
	umd-pgp --keyring some import /tmp/both >/tmp/said 2>/tmp/counted || fail "$(cat /tmp/counted)"
	expect "$(cat /tmp/said)" "$(printf 'refused %s: was revoked\n%s' \
		"$(cat /pgp/link.owner.fpr)" "$(name revoker Revoker)")" "the lines"
	expect "$(cat /tmp/counted)" "umd-pgp: /tmp/both: 1 taken, 1 refused" "the numbers"
	expect "$(count_keys some)" 1 "keys"
}

the_command_imports_for_chains() {
	keyctl unlink "$(ring_id trust)" @u
	umd-pgp --keyring trust import /pgp/link.certifier >/dev/null 2>&1 && fail "without --chain"
	umd-pgp --keyring trust import --chain /pgp/link.certifier >/tmp/said 2>&1 ||
		fail "$(cat /tmp/said)"
	restricted chosen "key_or_keyring:$(ring_id trust)"
	umd-pgp --keyring chosen import /pgp/link.certified >/tmp/said 2>&1 || fail "$(cat /tmp/said)"
	umd-pgp --keyring chosen import /pgp/link.next >/tmp/said 2>&1 && fail "a key of nobody"
	expect "$(tail -n 1 /tmp/said)" "umd-pgp: /pgp/link.next: the keyring chosen is restricted, and trusts no key that has certified these" \
		"what it says"
}

algorithms_are_turned_off() {
	new_ring some
	for key in rsa=rsa2048 ecdsa=nistp256 eddsa=ed25519; do
		parameter=$PARAMETERS/${key%=*} key=${key#*=}
		expect "$(padd "/pgp/$key" some)" 0 "$key"
		echo N >"$parameter"
		expect "$(padd "/pgp/$key" some)" ENOPKG "$key, off"
		expect "$(verify /pgp/document "/pgp/$key.sig" some)" ENOPKG "a document, off"
		echo Y >"$parameter"
		expect "$(verify /pgp/document "/pgp/$key.sig" some)" "$(key_name "$key")" "on again"
	done
}

modprobe pgp_mgr || exit 1
ktap_run a_key_that_only_certifies_is_kept_for_chains \
	a_restricted_keyring_takes_certified_keys a_restricted_keyring_refuses_others \
	a_key_is_linked_by_add_key keys_are_linked_to_those_of_verify_mgr \
	a_chain_takes_what_its_keys_have_certified a_restricted_keyring_keeps_the_newest_copy \
	the_kernels_own_keyrings_trust_no_such_key a_designated_revoker_revokes \
	others_do_not_revoke a_revocation_that_cannot_be_verified_is_reported \
	the_command_looks_again_for_revokers the_command_imports_for_chains \
	algorithms_are_turned_off
