# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: ends data=pgp
#
# The file umd_pgp/import: keys for the keyrings of users, and what takes them out.

. /umd/ktap.sh
. /umd/pgp.sh

# import_is FILE: all keys of the ring are in the keyring.
import_is() {
	new_ring all
	import "$1" all >/tmp/imported
	while read -r wanted kind; do
		grep -q "^$wanted Test " /tmp/imported || fail "not printed: $wanted, $kind" >&2
		listed "$wanted Test " >/dev/null || fail "not listed: $wanted, $kind" >&2
		echo "$wanted"
	done </pgp/ring.list >/tmp/expected
	cat /tmp/expected
	expect "$(wc -l </tmp/imported)" "$(wc -l </tmp/expected)" "the number of keys"
	expect "$(count_keys all)" "$(wc -l </tmp/expected)" "that in the keyring"
}

a_ring_is_imported_with_its_subkeys() {
	import_is /pgp/ring
	# The same keys take the places of those that are there.
	import /pgp/ring all >/tmp/imported
	expect "$(count_keys all)" "$(wc -l </tmp/imported)" "keys"
}

an_armored_ring_is_imported() {
	import_is /pgp/ring.asc
}

imports_are_refused() {
	new_ring all
	expect "$(import /pgp/revoked all)" EKEYREVOKED "a revoked key"
	expect "$(import /pgp/text all)" EBADMSG "text"
	expect "$(import /pgp/armored.sig all)" EBADMSG "an armored signature"
	expect "$(import /dev/null all)" EBADMSG "nothing"
	expect "$(request $PGP/import "1 3" /dev/null)" EINVAL "less than was said"
	expect "$(request $PGP/import "$(ring_id all) 1" /pgp/ring)" EFBIG "more than was said"
	for line in "" x "1" "1 x" "1 2 3" "1  2" " 1 2" "1 -2" "1 99999999999" \
		"$(printf '%050d' 1)"; do
		expect "$(request $PGP/import "$line" /dev/null)" EINVAL "'$line'"
	done
	expect "$(request $PGP/import "2147483647 $(size /pgp/ring)" /pgp/ring)" ENOKEY "no keyring"
	cat /pgp/rsa2048 /pgp/rsa3072 /pgp/rsa2048 >/tmp/twice
	expect "$(import /tmp/twice all | sort -u | wc -l)" 2 "a key that is there twice"
	expect "$(count_keys all)" 2 "keys"
}

a_small_write_at_a_time_is_enough() {
	exec 3<>$PGP/import
	{ echo "$(ring_id all) $(size /pgp/rsa2048)" && cat /pgp/rsa2048; } |
		dd bs=7 >&3 2>/dev/null
	expect "$(cat <&3)" "$(key_name rsa2048)" "what was imported"
	expect "$( (echo >&3) 2>&1 | sed 's/.*: //')" "Device or resource busy" "a second request"
	exec 3>&-
}

# Beside keys that are taken, and alone, each key that is not has a line that says why.
what_is_not_taken_is_refused_by_name() {
	new_ring some
	cat /pgp/revoked /pgp/rsa2048 /pgp/expired >/tmp/some
	refusals /tmp/some some >/tmp/said
	cat /tmp/said
	expect "$(cut -d : -f 1 /tmp/said | sed 's/refused [0-9A-F]\{40\}$/refused/')" \
		"$(printf 'refused\n%s\nrefused' "$(key_name rsa2048)")" "the lines"
	expect "$(sed -n 's/^refused [0-9A-F]*: //p' /tmp/said)" \
		"$(printf 'was revoked\nhas expired')" "the reasons"
	expect "$(refusals /pgp/unrevoked some)" \
		"$(fingerprint unrevoked) Test revoked <revoked@example.org>" "a key"
	expect "$(refusals /pgp/revoked some)" "refused $(fingerprint unrevoked): was revoked" \
		"the same key, revoked"
}

a_newer_copy_takes_the_place_of_an_older_one() {
	new_ring some
	older=/pgp/case.plain newer=/pgp/case.key_whose_end_was_put_off
	expect "$(import $older some | cut -d ' ' -f 2)" Owner "a key"
	before=$(keyctl list %:some)
	expect "$(import $newer some | cut -d ' ' -f 2)" Owner "a newer copy"
	[ "$(keyctl list %:some)" != "$before" ] || fail "the older copy is still there"
	expect "$(count_keys some)" 1 "keys"
	before=$(keyctl list %:some)
	expect "$(import_all $older some)" EEXIST "the older copy"
	expect "$(refusals $older some | sed 's/^refused [0-9A-F]\{40\}: //')" \
		"older than what is in the keyring, or of another certificate there" "the reason"
	expect "$(keyctl list %:some)" "$before" "the keyring"
	expect "$(import $newer some | cut -d ' ' -f 2)" Owner "the same copy again"
	expect "$(count_keys some)" 1 "keys"
}

# The newest self-signature of a key may have expired.
a_copy_that_has_expired_removes_an_older_one() {
	new_ring some
	import /pgp/case.plain some
	expect "$(import_all /pgp/case.self_that_has_expired some)" EKEYEXPIRED "the newer copy"
	expect "$(count_keys some)" 0 "keys"
}

# Anybody can leave out user ids and signatures of somebody else's certificate.
what_was_left_out_removes_nothing() {
	for whole in whole_with_a_self_that_has_expired=self_that_has_expired \
		whole_with_a_renewed_self=without_the_renewed_self; do
		new_ring some
		import "/pgp/case.${whole%=*}" some
		expect "$(count_keys some)" 1 "keys"
		before=$(keyctl list %:some)
		expect "$(import_all "/pgp/case.${whole#*=}" some)" EKEYEXPIRED "a part of it"
		expect "$(keyctl list %:some)" "$before" "the keyring"
	done
}

a_revocation_removes_the_key() {
	new_ring some
	expect "$(padd /pgp/unrevoked some)" 0 "a key"
	expect "$(padd /pgp/rsa2048 some)" 0 "another key"
	expect "$(import_all /pgp/revoked some)" EKEYREVOKED "the revocation"
	expect "$(count_keys some)" 1 "keys"
	expect "$(verify /pgp/document /pgp/rsa2048.sig some)" "$(key_name rsa2048)" \
		"by the other key"
}

# Each description is a key of its own.
a_revocation_removes_all_copies_of_the_key() {
	new_ring some
	for description in one two three; do
		keyctl padd asymmetric $description %:some </pgp/unrevoked || fail "$description"
	done
	expect "$(count_keys some)" 3 "copies"
	expect "$(import_all /pgp/revoked some)" EKEYREVOKED "the revocation"
	expect "$(count_keys some)" 0 "copies after that"
}

# A Handler that hangs has to verify the signatures of the first certificate.
one_bad_certificate_does_not_end_an_import() {
	new_ring some
	rmmod verify_loader_kmod 2>/dev/null
	modprobe verify_stand_in handler=/umd/verify_umh_hang driver=verify_umh || fail modprobe
	trap 'rmmod verify_stand_in' EXIT
	cat /pgp/ed25519 /pgp/rsa2048 >/tmp/some
	refusals /tmp/some some >/tmp/said
	cat /tmp/said
	expect "$(grep -v '^refused ' /tmp/said)" "$(key_name rsa2048)" "the next certificate"
	expect "$(grep -c "^refused $(fingerprint ed25519): " /tmp/said)" 1 "lines on the first one"
	expect "$(count_keys some)" 1 "keys"
}

modprobe pgp_mgr && new_ring keys && new_ring all || exit 1
ktap_run a_ring_is_imported_with_its_subkeys an_armored_ring_is_imported \
	imports_are_refused a_small_write_at_a_time_is_enough \
	what_is_not_taken_is_refused_by_name a_newer_copy_takes_the_place_of_an_older_one \
	a_copy_that_has_expired_removes_an_older_one what_was_left_out_removes_nothing \
	a_revocation_removes_the_key \
	a_revocation_removes_all_copies_of_the_key one_bad_certificate_does_not_end_an_import
