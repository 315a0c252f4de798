# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: data=pgp programs=corrupt full
#
# The OpenPGP driver: keys for the kernel's keyrings, and what they have signed.
# GnuPG has made most of it for this run, OpenSSL what GnuPG does not make
# (tests/src/openpgp/maker.rs); the rest is the distribution's.
#
# The clock is the host's: a slow Handler counts cycles of the processor, and takes
# them for those of one with 1.3 to 4 GHz; by the clock of instructions it has 1 GHz.

. /umd/ktap.sh
. /umd/umd_test.sh
. /umd/pgp.sh

KINDS="rsa2048 rsa3072 rsa4096 nistp256 nistp384 nistp521"

keys_are_listed_with_the_fingerprint_of_gnupg() {
	taken=0
	for kind in $KINDS ed25519; do
		if ! supported "$kind"; then
			expect "$(padd "/pgp/$kind" keys)" ENOPKG "$kind"
			continue
		fi
		expect "$(padd "/pgp/$kind" keys)" 0 "$kind"
		case $kind in rsa*) algorithm=rsa ;; *) algorithm=ecdsa-nist-p${kind#nistp} ;; esac
		id=$(fingerprint "$kind" | tail -c 8 | tr A-F a-f)
		listed "$(key_name "$kind"): PGP.$algorithm $id []" || fail "$kind: $(cat /proc/keys)"
		taken=$((taken + 1))
	done
	echo "$taken kinds taken"
	[ "$taken" -ge 3 ] || fail "too few"
}

a_key_may_say_when_it_ends() {
	expect "$(padd /pgp/rsa2048 keys)" 0 "a key of two years"
	listed "$(fingerprint rsa2048)" | grep -q ' 10[0-9]w ' ||
		fail "$(listed "$(fingerprint rsa2048)")"
}

the_first_subkey_that_signs_is_taken() {
	expect "$(padd /pgp/subkeys keys)" 0 "a primary key that only certifies"
	listed "$(key_name subkeys): PGP.rsa" || fail "$(cat /proc/keys)"
}

keys_that_must_not_be_used_are_refused() {
	expect "$(padd /pgp/revoked keys)" EKEYREVOKED revoked
	expect "$(padd /pgp/expired keys)" EKEYEXPIRED expired
	expect "$(padd /pgp/sha1 keys)" ENOPKG "bound by SHA-1"
	expect "$(padd /pgp/rsa1024 keys)" ENOPKG "RSA of 1024 bits"
	expect "$(padd /pgp/short_hash keys)" ENOPKG "P-384 with SHA-256"
}

a_flipped_bit_in_the_self_signature_is_refused() {
	for kind in $KINDS; do
		supported "$kind" || continue
		expect "$(padd "/pgp/$kind.flipped" keys)" EKEYREJECTED "$kind"
	done
}

what_is_not_openpgp_does_not_reach_the_handler() {
	before=$(statistic pgp_umh requests)
	expect "$(padd /pgp/text keys)" EBADMSG "text"
	expect "$(padd /pgp/ring.asc keys)" EBADMSG "armor"
	expect "$(padd /pgp/rsa2048.sig keys)" EBADMSG "a signature"
	expect "$(statistic pgp_umh requests)" "$before" "requests"
	expect "$(padd /pgp/x509 keys)" 0 "an X.509 certificate"
	listed "X.509: " | grep -q "X509.rsa" || fail "it is not listed"
	expect "$(statistic pgp_umh requests)" "$before" "requests"
}

what_is_too_long_is_refused() {
	{ cat /pgp/rsa2048 && head -c 65536 /dev/zero; } >/tmp/long
	# The kernel asks its own parser first, which does not take more.
	head -c 65536 /tmp/long >/tmp/longest
	expect "$(padd /tmp/longest keys)" EMSGSIZE "65536 bytes"
	head -c 65535 /tmp/long >/tmp/one_less
	expect "$(padd /tmp/one_less keys)" EBADMSG "65535 bytes, a key and zeros"
	expect "$(import /tmp/longest keys)" EBADMSG "a ring of 65536 bytes, a key and zeros"
	head -c 400 /pgp/rsa2048 >/tmp/short
	expect "$(padd /tmp/short keys)" EBADMSG "the start of a key"
}

# import_is FILE: all keys of the ring that this kernel has are in the keyring.
import_is() {
	new_ring all
	import "$1" all >/tmp/imported
	while read -r wanted kind; do
		if supported "$kind"; then
			grep -q "^$wanted Test " /tmp/imported || fail "not printed: $wanted, $kind" >&2
			listed "$wanted Test " >/dev/null || fail "not listed: $wanted, $kind" >&2
			echo "$wanted"
		fi
	done </pgp/ring.list >/tmp/expected
	cat /tmp/expected
	expect "$(wc -l </tmp/imported)" "$(wc -l </tmp/expected)" "the number of keys"
	expect "$(keyctl list %:all | grep -c asymmetric)" "$(wc -l </tmp/expected)" "that in the keyring"
}

a_ring_is_imported_with_its_subkeys() {
	import_is /pgp/ring
	# The same keys take the places of those that are there.
	import /pgp/ring all >/tmp/imported
	expect "$(keyctl list %:all | grep -c asymmetric)" "$(wc -l </tmp/imported)" "keys"
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
	expect "$(request $PGP/import "$(ring_id all) 65537" /dev/null)" EMSGSIZE "a long one"
	for line in "" x "1" "1 x" "1 2 3" "1  2" " 1 2" "1 -2" "1 99999999999" \
		"$(printf '%050d' 1)"; do
		expect "$(request $PGP/import "$line" /dev/null)" EINVAL "'$line'"
	done
	expect "$(request $PGP/import "2147483647 $(size /pgp/ring)" /pgp/ring)" ENOKEY "no keyring"
	cat /pgp/rsa2048 /pgp/rsa3072 /pgp/rsa2048 >/tmp/twice
	expect "$(import /tmp/twice all)" EBADMSG "a key that is there twice"
	expect "$(keyctl list %:all | grep -c asymmetric)" 0 "keys"
}

a_small_write_at_a_time_is_enough() {
	exec 3<>$PGP/import
	{ echo "$(ring_id all) $(size /pgp/rsa2048)" && cat /pgp/rsa2048; } |
		dd bs=7 >&3 2>/dev/null
	expect "$(cat <&3)" "$(key_name rsa2048)" "what was imported"
	expect "$( (echo >&3) 2>&1 | sed 's/.*: //')" "Device or resource busy" "a second request"
	exec 3>&-
}

documents_are_verified() {
	import /pgp/ring all >/dev/null
	for kind in $KINDS; do
		supported "$kind" || continue
		expect "$(verify /pgp/document "/pgp/$kind.sig" all)" "$(key_name "$kind")" "$kind"
	done
	expect "$(verify /pgp/document /pgp/subkeys.sig all)" "$(key_name subkeys)" "a subkey"
	expect "$(verify /pgp/document /pgp/armored.sig all)" "$(key_name rsa2048)" armored
}

a_flipped_bit_in_document_or_signature_is_refused() {
	for kind in $KINDS; do
		supported "$kind" || continue
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
		if [ $name = v6p256 ] && ! supported nistp256; then
			expect "$(padd /pgp/$name six)" ENOPKG "$name"
			continue
		fi
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

subkeys_of_others_are_refused() {
	new_ring thief
	for version in 4 6; do
		expect "$(padd "/pgp/owner$version" thief)" 0 "its owner's"
		listed "$(fingerprint "owner$version")" || fail "$(cat /proc/keys)"
		expect "$(padd "/pgp/stolen$version" thief)" EKEYREJECTED "with its owner's signature"
		expect "$(padd "/pgp/forged$version" thief)" EKEYREJECTED "with the thief's signature"
		expect "$(padd "/pgp/bare$version" thief)" EKEYREJECTED "without one"
		expect "$(import "/pgp/stolen$version" thief)" EKEYREJECTED "by import"
	done
	listed "Test thief" && fail "the thief's key is there"
	expect "$(keyctl list %:thief | grep -c asymmetric)" 2 "keys"
}

what_cannot_be_verified_is_told() {
	expect "$(verify /pgp/document /pgp/ed25519.sig all)" ENOKEY "a key that is not there"
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
	expect "$(user document ed25519.sig)" ENOKEY "a key that is not there"
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

# Callers that are on their way when somebody removes the modules: each gets its
# key, or the error that nobody takes it, or that its parser is being removed.
modules_go_while_keys_come() {
	touch /tmp/coming
	trap 'rm -f /tmp/coming' EXIT
	for caller in 1 2; do
		while [ -e /tmp/coming ]; do
			padd /pgp/rsa2048 keys
		done >"/tmp/came.$caller" &
	done
	for round in 1 2 3 4 5 6 7 8; do
		wait_for 20 both_go
		modprobe pgp_mgr || fail "round $round"
		wait_for 20 more_than "$(keys_came)" keys_came
	done
	rm /tmp/coming
	wait
	sort /tmp/came.1 /tmp/came.2 | uniq -c
	# EDEADLK: the Manager is being loaded or removed, and its Loader would wait for that.
	! grep -v -x '0\|EBADMSG\|ESHUTDOWN\|ENOPROTOOPT\|EDEADLK' /tmp/came.1 /tmp/came.2 ||
		fail "something else"
	expect "$(padd /pgp/rsa2048 keys)" 0 "the next key"
}

# The Loader holds the Manager, and a caller may have it loaded in between.
both_go() {
	rmmod pgp_loader_kmod pgp_mgr 2>/dev/null || rmmod pgp_mgr 2>/dev/null
}

keys_came() {
	cat /tmp/came.* | grep -c -x 0
}

# A Manager that goes waits for the parser, here for a key whose Loader takes a second.
# Meanwhile somebody opens the Manager's files: the kernel warns of an open() whose
# operations belong to a module that goes.
files_are_opened_while_the_manager_goes() {
	wait_for 20 both_go
	modprobe pgp_mgr || fail modprobe
	printf '#!/bin/sh\ntouch /tmp/asked\nsleep 1\n' >/tmp/slow_modprobe
	chmod 755 /tmp/slow_modprobe
	echo /tmp/slow_modprobe >/proc/sys/kernel/modprobe
	trap 'does_not_load_on_demand; rm -f /tmp/coming /tmp/asked' EXIT
	touch /tmp/coming
	while [ -e /tmp/coming ]; do
		{ : >>$PGP/import; } 2>/dev/null || { : >>$PGP/verify; } 2>/dev/null
	done &
	padd /pgp/rsa2048 keys >/tmp/slow &
	key=$!
	wait_for 20 [ -e /tmp/asked ]
	rmmod pgp_mgr || wait_for 20 rmmod pgp_mgr
	wait "$key"
	rm /tmp/coming
	wait
	does_not_load_on_demand
	modprobe pgp_mgr || fail "the next Manager"
	expect "$(padd /pgp/rsa2048 keys)" 0 "the next key"
}

# A user may freeze processes of his own, here one that waits for the Loader, under a
# lock of the kernel that is for all keys.
a_frozen_caller_keeps_nobody_waiting() {
	wait_for 20 both_go
	modprobe pgp_mgr || fail modprobe
	printf '#!/bin/sh\ntouch /tmp/asked\nsleep 1\nexec /sbin/modprobe "$@"\n' >/tmp/slow_modprobe
	chmod 755 /tmp/slow_modprobe
	echo /tmp/slow_modprobe >/proc/sys/kernel/modprobe
	mkdir -p /tmp/freezer
	mount -t cgroup -o freezer freezer /tmp/freezer || fail "no older freezer"
	trap 'does_not_load_on_demand; echo THAWED >/tmp/freezer/user/freezer.state' EXIT
	mkdir /tmp/freezer/user
	rm -f /tmp/asked
	sh -c 'echo $$ >/tmp/freezer/user/tasks; exec keyctl padd asymmetric "" %:keys </pgp/rsa2048' \
		>/tmp/frozen 2>&1 &
	wait_for 20 [ -e /tmp/asked ]
	echo FROZEN >/tmp/freezer/user/freezer.state
	wait_for 20 grep -q FROZEN /tmp/freezer/user/freezer.state
	padd /pgp/x509 keys >/tmp/other &
	wait_for 20 [ -s /tmp/other ]
	expect "$(cat /tmp/other)" 0 "the key of another user"
	echo THAWED >/tmp/freezer/user/freezer.state
	wait
	expect "$(padd /pgp/rsa2048 keys)" 0 "the next key"
	wait_for 5 rmdir /tmp/freezer/user
	umount /tmp/freezer
}

# with HOW: has a hostile Handler in the Loader's place.
with() {
	rmmod pgp_loader_kmod 2>/dev/null
	rmmod pgp_stand_in 2>/dev/null
	[ "$1" = nothing ] || modprobe pgp_stand_in handler="/umd/pgp_umh_$1" || fail modprobe
}

a_parser_that_crashes_costs_one_key() {
	with crash
	expect "$(padd /pgp/rsa2048 keys)" EPIPE "a key"
	expect "$(verify /pgp/document /pgp/rsa2048.sig all)" EPIPE "a signature"
	expect "$(padd /pgp/x509 keys)" 0 "an X.509 certificate"
	with nothing
	expect "$(padd /pgp/rsa2048 keys)" 0 "the next key"
	kill -SEGV "$(pidof pgp_umh)" || fail "no Handler"
	expect "$(padd /pgp/rsa2048 keys)" 0 "a key after a kill"
}

a_handler_that_lies_is_not_believed() {
	for how in ones zeros status; do
		with $how
		expect "$(padd /pgp/rsa2048 keys)" EPROTO "a key, $how"
		expect "$(import /pgp/ring all)" EPROTO "a ring, $how"
		expect "$(import /pgp/ring.asc all)" EPROTO "armor, $how"
		expect "$(verify /pgp/document /pgp/rsa2048.sig all)" EPROTO "a signature, $how"
		expect "$(verify /pgp/clearsigned /dev/null all)" EPROTO "a document, $how"
	done
	with nothing
	expect "$(padd /pgp/rsa2048 keys)" 0 "the next key"
}

# Each reply of the Handler is in time.
a_handler_that_is_slow_holds_nobody_up_for_long() {
	with slow
	began=$(now)
	# A long content takes many replies.
	head -c 65536 /dev/zero | tr '\000' x >/tmp/slow
	expect "$(import /tmp/slow all)" ETIMEDOUT "a long content"
	# The replies take 10 s, or one less, and the last one up to 5 s.
	between $(($(now) - began)) 1000 $((1600 * SLOW)) "the time in hundredths of a second"
	expect "$(statistic pgp_umh end_timeout)" 0 "late replies"
	with nothing
	expect "$(padd /pgp/rsa2048 keys)" 0 "the next key"
}

damaged_keys_are_refused() {
	count=200
	[ -z "$ktap_full" ] || count=2500
	dmesg -c >/dev/null
	keyctl session - /umd/corrupt $count /pgp/rsa2048 /pgp/subkeys /pgp/revoked \
		/pgp/nistp256 || fail "an error that is none of these"
	dmesg >/tmp/dmesg
	[ ! -s /tmp/dmesg ] || fail "the kernel says: $(cat /tmp/dmesg)"
	expect "$(padd /pgp/rsa2048 keys)" 0 "a key after these"
}

the_handler_keeps_to_its_memory() {
	rmmod pgp_loader_kmod
	expect "$(padd /pgp/rsa2048 keys)" 0 "a key"
	echo "after a key: $(resident "$(pidof pgp_umh)") KiB"
	expect "$(import /tmp/longest keys)" EBADMSG "the largest request"
	rss=$(resident "$(pidof pgp_umh)")
	echo "after the largest request: $rss KiB"
	[ "$rss" -gt 0 ] && [ "$rss" -lt 128 ] || fail "too much"
}

keys_outlive_the_modules() {
	rmmod pgp_loader_kmod && rmmod pgp_mgr || fail rmmod
	[ ! -e $PGP ] || fail "$PGP is still there"
	listed "$(key_name rsa2048): PGP.rsa" >/dev/null || fail "$(cat /proc/keys)"
	expect "$(padd /pgp/rsa3072 keys)" EBADMSG "a key without the module"
	modprobe pgp_mgr || fail modprobe
	expect "$(verify /pgp/document /pgp/rsa2048.sig all)" "$(key_name rsa2048)" "by an old key"
	expect "$(padd /pgp/rsa3072 keys)" 0 "a key"
	for round in 1 2 3 4 5; do
		rmmod pgp_loader_kmod
		rmmod pgp_mgr && rmmod umd_mgmt && modprobe pgp_mgr || fail "round $round"
		expect "$(padd /pgp/rsa3072 keys)" 0 "round $round"
	done
	for ring in keys all one gone archive six thief other; do
		keyctl unlink "%:$ring" @u 2>/dev/null
	done
	rmmod pgp_loader_kmod && rmmod pgp_mgr && rmmod umd_mgmt || fail rmmod
}

# Most tests build on this.
modprobe pgp_mgr && new_ring keys && new_ring all && import /pgp/ring all >/tmp/imported ||
	exit 1
ktap_run keys_are_listed_with_the_fingerprint_of_gnupg a_key_may_say_when_it_ends \
	the_first_subkey_that_signs_is_taken keys_that_must_not_be_used_are_refused \
	a_flipped_bit_in_the_self_signature_is_refused \
	what_is_not_openpgp_does_not_reach_the_handler what_is_too_long_is_refused \
	a_ring_is_imported_with_its_subkeys an_armored_ring_is_imported \
	imports_are_refused a_small_write_at_a_time_is_enough documents_are_verified \
	a_flipped_bit_in_document_or_signature_is_refused \
	a_flipped_bit_anywhere_in_a_signature_is_refused \
	keys_of_version_6_are_taken subkeys_of_others_are_refused \
	what_cannot_be_verified_is_told \
	one_of_two_signatures_is_enough_but_none_may_be_false \
	what_is_not_accepted_spoils_nothing each_key_has_one_line clearsigned_documents_are_verified \
	other_modules_verify_documents \
	keys_that_are_no_more_valid_verify_nothing \
	what_the_distribution_signs_is_verified modules_go_while_keys_come \
	files_are_opened_while_the_manager_goes a_frozen_caller_keeps_nobody_waiting \
	a_parser_that_crashes_costs_one_key \
	a_handler_that_lies_is_not_believed \
	a_handler_that_is_slow_holds_nobody_up_for_long damaged_keys_are_refused \
	the_handler_keeps_to_its_memory keys_outlive_the_modules
