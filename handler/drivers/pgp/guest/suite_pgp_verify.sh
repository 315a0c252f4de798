# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: ends data=pgp
#
# The file umd_pgp/verify: documents, and who has signed them. See suite_pgp.sh for who
# makes what.

. /umd/ktap.sh
. /umd/pgp.sh

documents_are_verified() {
	import /pgp/ring all >/dev/null
	for kind in $KINDS; do
		expect "$(verify /pgp/document "/pgp/$kind.sig" all)" "$(key_name "$kind")" "$kind"
	done
	expect "$(verify /pgp/document /pgp/subkeys.sig all)" "$(key_name subkeys)" "a subkey"
	expect "$(verify /pgp/document /pgp/armored.sig all)" "$(key_name rsa2048)" armored
}

a_flipped_bit_in_document_or_signature_is_refused() {
	for kind in $KINDS; do
		expect "$(verify /pgp/document.flipped "/pgp/$kind.sig" all)" EKEYREJECTED "$kind"
		expect "$(verify /pgp/document "/pgp/$kind.sig.flipped" all)" EKEYREJECTED "$kind"
	done
	expect "$(verify /pgp/text /pgp/rsa2048.sig all)" EKEYREJECTED "another document"
}

# A bit of each byte is flipped: the packet's header, what is hashed, the start of the hash,
# the number. Some make it malformed, or another kind of signature.
a_flipped_bit_anywhere_in_a_signature_is_refused() {
	# With checkers, every fourth of them.
	each=1
	! has_checkers || each=4
	awk -v each=$each 'NR % each == 0' /pgp/flips.list >/tmp/flips.list
	while read -r at; do
		said=$(verify /pgp/document "/pgp/flip.$at" all)
		case $said in
		EKEYREJECTED | EBADMSG | ENOPKG | ENOKEY) echo "$said" ;;
		*) fail "byte $at: $said" >&2 ;;
		esac
	done </tmp/flips.list >/tmp/flips
	sort /tmp/flips | uniq -c
	expect "$(wc -l </tmp/flips)" "$(wc -l </tmp/flips.list)" "bytes"
	grep -q EKEYREJECTED /tmp/flips || fail "none was found false"
}

keys_of_version_6_are_taken() {
	new_ring six
	for name in v6rsa v6p256; do
		# Without what says what it is for, which may be that it is over.
		expect "$(padd /pgp/$name.stripped six)" EKEYREJECTED "$name, stripped"
		expect "$(padd /pgp/$name six)" 0 "$name"
		# The key's user id is not signed with it.
		listed "$(fingerprint $name): PGP." || fail "$(cat /proc/keys)"
		expect "$(verify /pgp/document /pgp/$name.sig six)" "$(fingerprint $name) " "$name"
		expect "$(verify /pgp/document /pgp/$name.sig.flipped six)" EKEYREJECTED "$name"
		expect "$(verify /pgp/document.flipped /pgp/$name.sig six)" EKEYREJECTED "$name"
	done
}

what_cannot_be_verified_has_an_errno() {
	expect "$(verify /pgp/document /pgp/v6rsa.sig all)" ENOKEY "a key that is not there"
	expect "$(verify /pgp/document /pgp/sha1.sig all)" ENOPKG "SHA-1"
	expect "$(verify /pgp/document /pgp/text all)" EBADMSG "no signature"
	expect "$(verify /pgp/document /pgp/rsa2048 all)" EBADMSG "a key"
	expect "$(verify /pgp/document /dev/null all)" EBADMSG "no signature in it"
	expect "$(request $PGP/verify "$(cat /tmp/key) 1 1" /pgp/text)" EFBIG "more than was said"
	keyctl padd user other @u </pgp/text >/tmp/other
	printf 'ab' >/tmp/two
	expect "$(request $PGP/verify "$(cat /tmp/other) 1 1" /tmp/two)" ENOTDIR "no keyring"
}

one_of_two_signatures_is_enough_but_none_may_be_false() {
	new_ring one
	expect "$(padd /pgp/rsa3072 one)" 0 "one key"
	expect "$(verify /pgp/document /pgp/two.sig one)" "$(key_name rsa3072)" "with one of the keys"
	expect "$(padd /pgp/rsa2048 one)" 0 "the other key"
	expect "$(verify /pgp/document /pgp/two.sig one | wc -l)" 2 "with both"
	# The last of them is wrong, whichever that is; the first is right.
	head -c -1 /pgp/two.sig >/tmp/two.sig
	printf '\000' >>/tmp/two.sig
	cmp -s /tmp/two.sig /pgp/two.sig && printf '\001' | dd of=/tmp/two.sig bs=1 \
		seek=$(($(size /tmp/two.sig) - 1)) conv=notrunc 2>/dev/null
	expect "$(verify /pgp/document /tmp/two.sig one)" EKEYREJECTED "with a false one"
}

what_is_not_accepted_spoils_nothing() {
	cat /pgp/sha1.sig /pgp/rsa2048.sig /pgp/sha1.sig >/tmp/mixed.sig
	expect "$(verify /pgp/document /tmp/mixed.sig all)" "$(key_name rsa2048)" "beside SHA-1"
	cat /pgp/sha1.sig /pgp/rsa2048.sig.flipped >/tmp/mixed.sig
	expect "$(verify /pgp/document /tmp/mixed.sig all)" EKEYREJECTED "a false one"
}

clearsigned_documents_are_verified() {
	expect "$(verify /pgp/clearsigned /dev/null all)" "$(key_name rsa2048)" "it"
	expect "$(verify /pgp/clearsigned.flipped /dev/null all)" EKEYREJECTED "another text"
	expect "$(verify /pgp/clearsigned.long /dev/null all)" "$(key_name rsa2048)" "a long one"
	expect "$(verify /pgp/clearsigned.empty /dev/null all)" "$(key_name rsa2048)" "an empty one"
	expect "$(verify /pgp/clearsigned.header /dev/null all)" EBADMSG "more in its header"
	expect "$(verify /pgp/clearsigned.headless /dev/null all)" EBADMSG "armor alone"
}

# Somebody may give his key a description of two lines.
each_key_has_one_line() {
	new_ring other
	keyctl padd asymmetric "$(printf 'x\n0123 Debian')" %:other </pgp/rsa2048 || fail padd
	expect "$(verify /pgp/document /pgp/rsa2048.sig other)" \
		"$(fingerprint rsa2048) x?0123 Debian" "the line"
}

# user DOCUMENT SIGNATURE: 0, or the errno with which another module fails to load.
user() {
	# busybox's modprobe says why in the words of its own; the number is not lost.
	if insmod "/lib/modules/$(uname -r)/extra/pgp_user.ko" keyring="$(ring_id all)" \
		document="/pgp/$1" ${2:+signature="/pgp/$2"} 2>/tmp/said; then
		rmmod pgp_user
		echo 0
	else
		errno_name "$(cat /tmp/said)"
	fi
}

other_modules_verify_documents() {
	expect "$(user document rsa2048.sig)" 0 "a document"
	expect "$(user document.flipped rsa2048.sig)" EKEYREJECTED "another one"
	expect "$(user document v6rsa.sig)" ENOKEY "a key that is not there"
	expect "$(user clearsigned)" 0 "a clearsigned document"
	expect "$(user clearsigned.flipped)" EKEYREJECTED "another one"
}

keys_that_are_no_more_valid_verify_nothing() {
	new_ring gone
	expect "$(padd /pgp/rsa2048 gone)" 0 "a key"
	expect "$(verify /pgp/document /pgp/rsa2048.sig gone)" "$(key_name rsa2048)" "it"
	keyctl revoke "$(cat /tmp/key)" || fail revoke
	expect "$(verify /pgp/document /pgp/rsa2048.sig gone)" EKEYREVOKED "revoked"
}

what_the_distribution_signs_is_verified() {
	new_ring archive
	import /pgp/archive archive >/tmp/imported
	expect "$(cut -d ' ' -f 1 /tmp/imported | sort)" "$(sort /pgp/archive.list)" "the keys"
	verify /pgp/Release /pgp/Release.gpg archive >/tmp/verified
	cat /tmp/verified
	grep -q '^[0-9A-F]\{40\} .*@.*debian.org' /tmp/verified || fail "it is not verified"
	expect "$(verify /pgp/Release.flipped /pgp/Release.gpg archive)" EKEYREJECTED "another one"
}

text_around_armor_is_ignored() {
	new_ring some
	expect "$(import /pgp/blocks.asc some)" \
		"$(key_name rsa2048 && key_name nistp256)" "two blocks with text around"
	expect "$(import /pgp/mixed.asc some)" EBADMSG "a signature among them"
	expect "$(verify /pgp/document /pgp/around.sig some)" "$(key_name rsa2048)" "a signature"
	{ echo text && cat /pgp/clearsigned; } >/tmp/around
	expect "$(verify /tmp/around /dev/null some)" EBADMSG "text before a clearsigned one"
	{ cat /pgp/clearsigned && echo text; } >/tmp/around
	expect "$(verify /tmp/around /dev/null some)" EBADMSG "text behind a clearsigned one"
}

# Whole requests of 64 KiB, the longest document, and the longest line.
long_texts_are_verified() {
	expect "$(size /pgp/clearsigned.longest)" $((16 << 20)) "the longest document"
	expect "$(verify /pgp/clearsigned.longest /dev/null all)" "$(key_name rsa2048)" "it"
	{ cat /pgp/clearsigned.longest && echo; } >/tmp/longer
	expect "$(verify /tmp/longer /dev/null all)" EMSGSIZE "a longer one"
	rm /tmp/longer
	new_ring some
	expect "$(padd /pgp/lines some)" 0 "a key"
	expect "$(verify /pgp/clearsigned.line.65535 /dev/null some)" "$(key_name lines)" "a line"
	expect "$(verify /pgp/clearsigned.line.65536 /dev/null some)" EMSGSIZE "a longer line"
}

many_signatures_are_verified() {
	for _ in $(seq 64); do
		cat /pgp/rsa2048.sig
	done >/tmp/most.sig
	expect "$(verify /pgp/document /tmp/most.sig all | sort | uniq -c | tr -s ' ')" \
		" 64 $(key_name rsa2048)" "64 signatures"
	cat /pgp/rsa2048.sig >>/tmp/most.sig
	expect "$(verify /pgp/document /tmp/most.sig all)" E2BIG "65 signatures"
}

# Each signature of version 6 has a salt, and so a hash of its own.
many_hashes_are_computed() {
	new_ring some
	expect "$(padd /pgp/salted some)" 0 "a key"
	expect "$(verify /pgp/document /pgp/salted.8.sig some | sort | uniq -c | tr -s ' ')" \
		" 8 $(fingerprint salted) " "8 hashes"
	expect "$(verify /pgp/document /pgp/salted.9.sig some)" E2BIG "9 hashes"
}

# RFC 9580, appendix A.3 and A.6: Ed25519 of version 6.
the_keys_and_documents_of_the_rfc_are_taken() {
	new_ring some
	rfc=CB186C4F0609A697E4D52DFA6C722B0C1F1E27C18A56708F6525EC27BAD9ACC9
	expect "$(import_all /pgp/rfc some)" "$rfc " "the certificate"
	listed "$rfc: PGP.umd-ed25519 " || fail "$(cat /proc/keys)"
	verify_all /pgp/rfc.clearsigned /dev/null some >/tmp/said
	cat /tmp/said
	expect "$(head -n 1 /tmp/said | cut -d ' ' -f 1,3)" "$rfc sha512" "the signer"
	expect "$(sed '1,/^$/d' /tmp/said)" "$(printf \
		'What we need from the grocery store:\n\n- tofu\n- vegetables\n- noodles')" "the text"
	expect "$(verify /pgp/rfc.clearsigned.flipped /dev/null some)" EKEYREJECTED "another text"
}

# verdict ARGUMENT...: the exit status of umd-pgp, which says why.
verdict() {
	umd-pgp --keyring all verify "$@" >/tmp/said 2>&1
	echo $?
	cat /tmp/said >&2
}

umd_pgp_says_when_and_what_was_signed() {
	time=$(verify_all /pgp/document /pgp/rsa2048.sig all | cut -d ' ' -f 2)
	expect "$(verdict --not-before "@$time" /pgp/document /pgp/rsa2048.sig)" 0 "its time"
	grep -q "^good: $(key_name rsa2048), signed .*, sha[0-9]* of $(size /pgp/document) bytes$" \
		/tmp/said || fail "it says '$(cat /tmp/said)'"
	expect "$(verdict --not-before "@$((time + 1))" /pgp/document /pgp/rsa2048.sig)" 1 "later"
	expect "$(cat /tmp/said)" "umd-pgp: /pgp/document: signed before the time of --not-before" \
		"its message"
	expect "$(verdict --not-before sometimes /pgp/document /pgp/rsa2048.sig)" 2 "no time"
	expect "$(verdict --output /tmp/text /pgp/clearsigned)" 0 "a clearsigned document"
	# Spaces at the end of a line are not signed.
	expect "$(cat /tmp/text)" "$(sed 's/ *$//' /pgp/document)" "the text"
	rm /tmp/text
	expect "$(verdict --output /tmp/text /pgp/clearsigned.flipped)" 1 "another text"
	expect "$(verdict --output /tmp/text --not-before "@$((time + 86400))" /pgp/clearsigned)" 1 \
		"an old text"
	[ ! -e /tmp/text ] || fail "a text that is not good was written"
	expect "$(verdict --output /tmp/text /pgp/document /pgp/rsa2048.sig)" 2 "no clearsigned one"
}

# Most tests build on this.
modprobe pgp_mgr && new_ring all && import /pgp/ring all >/tmp/imported || exit 1
ktap_run documents_are_verified a_flipped_bit_in_document_or_signature_is_refused \
	a_flipped_bit_anywhere_in_a_signature_is_refused keys_of_version_6_are_taken \
	what_cannot_be_verified_has_an_errno \
	one_of_two_signatures_is_enough_but_none_may_be_false \
	what_is_not_accepted_spoils_nothing clearsigned_documents_are_verified \
	each_key_has_one_line other_modules_verify_documents \
	keys_that_are_no_more_valid_verify_nothing what_the_distribution_signs_is_verified \
	text_around_armor_is_ignored long_texts_are_verified many_signatures_are_verified \
	many_hashes_are_computed the_keys_and_documents_of_the_rfc_are_taken \
	umd_pgp_says_when_and_what_was_signed
