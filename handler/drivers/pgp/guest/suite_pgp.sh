# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: ends data=pgp programs=user
#
# The OpenPGP driver: keys for the kernel's keyrings, and how the driver comes and goes.
# GnuPG has made most of it for this run, OpenSSL what GnuPG does not make
# (tests/src/openpgp/maker.rs); the rest is the distribution's.
#
# The clock is the host's: a slow Handler counts cycles of the processor, and takes
# them for those of one with 1.3 to 4 GHz; by the clock of instructions it has 1 GHz.

. /umd/ktap.sh
. /umd/umd_test.sh
. /umd/pgp.sh

# algorithm_of KIND: what the key's algorithm is called. What the kernel lacks, a Handler
# of its own verifies.
algorithm_of() {
	case $1 in
	rsa2048* | rsa3072 | rsa4096) echo rsa ;;
	rsa*) echo umd-rsa ;;
	ed25519) echo umd-ed25519 ;;
	*)
		# All algorithms that are built in are listed, and those that were loaded.
		if grep -q "^driver.*ecdsa-nist-p${1#nistp}" /proc/crypto; then
			echo "ecdsa-nist-p${1#nistp}"
		else
			echo "umd-p${1#nistp}"
		fi
		;;
	esac
}

keys_are_listed_with_the_fingerprint_of_gnupg() {
	for kind in $KINDS; do
		expect "$(padd "/pgp/$kind" keys)" 0 "$kind"
		id=$(fingerprint "$kind" | tail -c 8 | tr A-F a-f)
		listed "$(key_name "$kind"): PGP.$(algorithm_of "$kind") $id []" ||
			fail "$kind: $(cat /proc/keys)"
	done
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

# says_why KEY REASON: whether the log has one line on a key that is refused. Lines that
# come often are limited.
says_why() {
	dmesg -c >/dev/null
	padd "$1" keys >/dev/null
	is 1 eval "dmesg | grep -c 'pgp_mgr: key [0-9a-f]\{40\} refused: $2\$'"
}

keys_that_must_not_be_used_are_refused() {
	expect "$(padd /pgp/revoked keys)" EKEYREVOKED revoked
	expect "$(padd /pgp/expired keys)" EKEYEXPIRED expired
	wait_for 10 says_why /pgp/revoked "was revoked"
	wait_for 10 says_why /pgp/expired "has expired"
	expect "$(padd /pgp/sha1 keys)" ENOPKG "bound by SHA-1"
	expect "$(padd /pgp/rsa1024 keys)" ENOPKG "RSA of 1024 bits"
	expect "$(padd /pgp/short_hash keys)" ENOPKG "P-384 with SHA-256"
}

# GnuPG makes no such keys. The kernel itself verifies 2048, 3072 and 4096 bits only.
rsa_keys_of_any_length_are_taken() {
	new_ring rsa
	while read -r name; do
		expect "$(padd "/pgp/$name" rsa)" 0 "$name"
		listed "$(key_name "$name"): PGP.$(algorithm_of "$name") " || fail "$(cat /proc/keys)"
		expect "$(verify /pgp/document "/pgp/$name.sig" rsa)" "$(key_name "$name")" "$name"
		expect "$(verify /pgp/document.flipped "/pgp/$name.sig" rsa)" EKEYREJECTED "$name"
	done </pgp/rsa.list
	expect "$(count_keys rsa)" 5 "keys"
}

# With exponent 1, anybody makes true signatures of the key.
numbers_that_are_no_key_are_refused() {
	new_ring rsa
	while read -r name fingerprint why; do
		said=$(refusals "/pgp/$name" rsa)
		[ "$said" = "refused $fingerprint: $why" ] || echo "$name: '$said', not '$why'"
	done </pgp/no_keys.list >/tmp/wrong
	cat /tmp/wrong
	expect "$(wc -l </pgp/no_keys.list)" 8 "what is no key"
	[ ! -s /tmp/wrong ] || fail "$(wc -l </tmp/wrong) are wrong"
	expect "$(padd /pgp/exponent_1 rsa)" EKEYREJECTED "exponent 1, by add_key()"
	expect "$(count_keys rsa)" 0 "keys"
}

the_administrator_has_the_least_length() {
	least=/sys/module/pgp_mgr/parameters/min_rsa_bits
	before=$(cat $least)
	trap 'echo $before >$least' EXIT
	echo 3072 >$least
	expect "$(padd /pgp/rsa2560 keys)" ENOPKG "2560 bits with 3072"
	expect "$(padd /pgp/rsa3072 keys)" 0 "3072 bits with 3072"
	echo 3073 >$least
	expect "$(padd /pgp/rsa3072 keys)" ENOPKG "3072 bits with 3073"
	expect "$(padd /pgp/rsa3104 keys)" 0 "3104 bits with 3073"
	expect "$(padd /pgp/nistp256 keys)" 0 "a curve"
	# The parameter cannot allow what is too short.
	echo 1 >$least
	expect "$(padd /pgp/rsa1024 keys)" ENOPKG "1024 bits with 1"
}

a_flipped_bit_in_the_self_signature_is_refused() {
	for kind in $KINDS; do
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
	head -c 65536 /tmp/long >/tmp/longest
	# The kernel asks its own parser first, which does not take more.
	expect "$(padd /tmp/longest keys)" EMSGSIZE "a key and zeros, which is no X.509 either"
	expect "$(import /tmp/longest keys)" EBADMSG "a ring of 65536 bytes, a key and zeros"
	head -c 400 /pgp/rsa2048 >/tmp/short
	expect "$(padd /tmp/short keys)" EBADMSG "the start of a key"
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

# padd_as UID: has the parser take a key of that user; prints 0 or the name of the errno.
padd_as() {
	if said=$(/umd/user "$1" keyctl padd asymmetric "" @u </pgp/rsa2048 2>&1); then
		echo 0
	else
		errno_name "$said"
	fi
}

users_have_handlers_of_their_own() {
	expect "$(padd /pgp/rsa2048 keys)" 0 "a key of root"
	mine=$(handlers pgp_umh)
	expect "$(count_handlers pgp_umh)" 1 "Handlers of root"
	expect "$(padd_as 1000)" 0 "a key of another user"
	both=$(handlers pgp_umh)
	expect "$(count_handlers pgp_umh)" 2 "Handlers of two users"
	case " $both " in *" $mine "*) ;; *) fail "$mine is not among $both" ;; esac
	# Each goes on with the same one.
	expect "$(padd_as 1000)" 0 "the next key of another user"
	expect "$(padd /pgp/rsa2048 keys)" 0 "the next key of root"
	expect "$(handlers pgp_umh)" "$both" "the Handlers"
	kill -KILL "$mine" && wait_for 5 gone "$mine"
	expect "$(padd_as 1000)" 0 "a key of another user after that"
	expect "$(handlers pgp_umh)" "$(echo "$both" | tr ' ' '\n' | grep -v -x "$mine")" \
		"the Handler of another user"
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
		rmmod pgp_mgr && modprobe pgp_mgr || fail "round $round"
		expect "$(padd /pgp/rsa3072 keys)" 0 "round $round"
	done
	# Each key that verify_mgr.ko verifies holds that module.
	expect "$(padd /pgp/ed25519 keys)" 0 "a key for verify_mgr.ko"
	lsmod | grep -o '^verify_[a-z_]*loader[a-z_]*' | while read -r loader; do
		rmmod "$loader"
	done
	rmmod pgp_loader_kmod && rmmod pgp_mgr || fail rmmod
	! rmmod verify_mgr 2>/dev/null || fail "verify_mgr.ko is gone before its keys"
	for ring in keys all thief rsa; do
		keyctl unlink "%:$ring" @u 2>/dev/null
	done
	keyctl clear @u
	wait_for 20 rmmod_verify
	rmmod umd_mgmt || fail "rmmod umd_mgmt"
}

rmmod_verify() {
	lsmod | grep -o '^verify_[a-z_]*loader[a-z_]*' | while read -r loader; do
		rmmod "$loader"
	done
	rmmod verify_mgr
}

# Most tests build on this.
modprobe pgp_mgr && new_ring keys && new_ring all && import /pgp/ring all >/tmp/imported ||
	exit 1
ktap_run keys_are_listed_with_the_fingerprint_of_gnupg a_key_may_say_when_it_ends \
	the_first_subkey_that_signs_is_taken keys_that_must_not_be_used_are_refused \
	rsa_keys_of_any_length_are_taken numbers_that_are_no_key_are_refused \
	the_administrator_has_the_least_length a_flipped_bit_in_the_self_signature_is_refused \
	what_is_not_openpgp_does_not_reach_the_handler what_is_too_long_is_refused \
	subkeys_of_others_are_refused modules_go_while_keys_come \
	files_are_opened_while_the_manager_goes a_frozen_caller_keeps_nobody_waiting \
	users_have_handlers_of_their_own a_parser_that_crashes_costs_one_key \
	a_handler_that_lies_is_not_believed \
	a_handler_that_is_slow_holds_nobody_up_for_long the_handler_keeps_to_its_memory \
	keys_outlive_the_modules
