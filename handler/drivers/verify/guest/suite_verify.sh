# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: ends data=verify clock=instructions
# may skip: a_signature_of_data_is_refused 6.1 6.12
#
# The driver of signatures: keys of algorithms that the kernel lacks, in its keyrings.
# verify_parser.ko makes them; a module such as pgp_mgr.ko would.

. /umd/ktap.sh
. /umd/umd_test.sh
. /umd/leaks.sh
. /umd/verify.sh

IMA=/sys/kernel/security/ima/policy

keys_are_taken_and_listed() {
	for name in $KEYS $LONG; do
		key "$name"
		grep "key $(printf %16s "$name" | tr ' ' - | od -An -v -tx1 | tr -d ' \n'): " /proc/keys |
			grep -q ": TEST.umd-$(algorithm "$name") [0-9a-f]* \[\]$" ||
			fail "$name: $(cat /proc/keys)"
	done
}

what_the_handler_lacks_is_refused() {
	for name in $OTHERS; do
		expect "$(padd "/verify/$name.key" keys)" ENOPKG "$name"
	done
}

a_query_tells_of_the_key() {
	for name in $KEYS $LONG; do
		key "$name"
		# shellcheck disable=SC2046
		expect "$(keyctl pkey_query "$id" 0 $(how "$name") 2>&1)" \
			"$(cat "/verify/$name.query")" "$name"
		said=$(keyctl pkey_query "$id" 0 enc=oaep 2>&1)
		expect "$(errno_name "$said")" ENOPKG "$name, another encoding"
	done
}

true_signatures_are_true() {
	for name in $KEYS $LONG; do
		key "$name"
		# shellcheck disable=SC2046
		expect "$(verify "$id" "$name.digest" "$name.sig" $(how "$name"))" 0 "$name"
		[ ! -e "/verify/$name.raw" ] || expect "$(verify "$id" "$name.digest" \
			"$name.raw" enc=p1363)" 0 "$name, r and s"
	done
}

false_signatures_are_false() {
	for name in $KEYS; do
		key "$name"
		how=$(how "$name")
		# shellcheck disable=SC2086
		expect "$(verify "$id" "$name.digest" "$name.sig.flipped" $how)" EKEYREJECTED \
			"$name, another signature"
		# shellcheck disable=SC2086
		expect "$(verify "$id" "$name.digest.flipped" "$name.sig" $how)" EKEYREJECTED \
			"$name, another digest"
	done
}

# Each key of these has another one of the same kind and hash.
signatures_of_another_key_are_false() {
	for name in $TWICE; do
		expect "$(how "$name-other")" "$(how "$name")" "how $name-other signs"
		# shellcheck disable=SC2046
		set -- $(how "$name")
		key "$name"
		expect "$(verify "$id" "$name.digest" "$name-other.sig" "$@")" EKEYREJECTED \
			"$name, that of the other key"
		key "$name-other"
		expect "$(verify "$id" "$name.digest" "$name-other.sig" "$@")" 0 "$name-other"
		expect "$(verify "$id" "$name.digest" "$name.sig" "$@")" EKEYREJECTED \
			"$name-other, that of the first key"
	done
}

# is_malformed WHAT SIGNATURE PARAMETER...: by a kernel thread, because keyctl() takes no
# length but the longest.
is_malformed() {
	_what=$1
	cp "$2" /verify/malformed
	shift 2
	expect "$(verify_by_module "$id" "$name.digest" malformed "$@")" EKEYREJECTED "$name, $_what"
}

# parameters NAME: its how for verify_by_module.
parameters() {
	how "$1" | sed 's/enc=/encoding=/'
}

# Of a signature with exactly the greatest length, the Manager takes the start that is DER:
# what follows a shorter one makes that malformed. The DER of a P-256 key has at most one
# byte less than the greatest length, and often has two.
malformed_signatures_are_refused() {
	printf '\060' >/tmp/byte
	for name in $KEYS; do
		key "$name"
		how=$(parameters "$name")
		head -c -1 "/verify/$name.sig" >/tmp/short
		# shellcheck disable=SC2086
		is_malformed short /tmp/short $how
		# shellcheck disable=SC2086
		is_malformed "a byte" /tmp/byte $how
		max=$(sed -n 's/^max_sig_size=//p' "/verify/$name.query")
		for more in 1 2; do
			{ cat "/verify/$name.sig" && head -c $more /dev/zero; } >/tmp/long
			[ "$(stat -c %s /tmp/long)" != "$max" ] || continue
			# shellcheck disable=SC2086
			is_malformed "$more bytes behind it" /tmp/long $how
		done
		case $name in p*) ;; *) continue ;; esac
		is_malformed "DER as r and s" "/verify/$name.sig" encoding=p1363
		is_malformed "r and s as DER" "/verify/$name.raw" encoding=x962
	done
}

what_is_longer_than_a_query_tells_is_refused() {
	for name in $KEYS; do
		key "$name"
		how=$(how "$name")
		{ cat "/verify/$name.sig" && head -c 64 /dev/zero; } >/tmp/long
		# shellcheck disable=SC2086
		expect "$(verify "$id" "$name.digest" /tmp/long $how)" EINVAL "$name, a signature"
		head -c 65 /dev/zero >/tmp/long
		# shellcheck disable=SC2086
		expect "$(verify "$id" /tmp/long "$name.sig" $how)" EINVAL "$name, a digest"
		expect "$(verify "$id" "$name.digest" "$name.sig" enc=oaep)" ENOPKG \
			"$name, another encoding"
		case $name in
		ed*) expect "$(verify "$id" "$name.digest" "$name.sig")" 0 "$name, no encoding" ;;
		*) expect "$(verify "$id" "$name.digest" "$name.sig")" ENOPKG "$name, no encoding" ;;
		esac
	done
}

hash_and_digest_have_to_fit() {
	for name in $KEYS; do
		key "$name"
		enc=$(how "$name" | cut -d ' ' -f 1)
		case $name in
		rsa*)
			expect "$(verify "$id" "$name.digest" "$name.sig" "$enc")" ENOPKG \
				"$name, without the hash"
			expect "$(verify "$id" "$name.digest" "$name.sig" "$enc" hash=sm3)" \
				ENOPKG "$name, an unknown hash"
			;;
		*)
			expect "$(verify "$id" "$name.digest" "$name.sig" "$enc")" 0 \
				"$name, without the hash"
			;;
		esac
		expect "$(verify "$id" "$name.digest" "$name.sig" "$enc" hash=sha224)" \
			EKEYREJECTED "$name, with another hash"
	done
}

numbers_that_are_no_key_are_refused() {
	for name in $KEYS; do
		expect "$(padd "/verify/$name.none" keys)" EKEYREJECTED "$name"
	done
	expect "$(padd /verify/weak.key keys)" ENOPKG "a short modulus"
	printf UMDVERIFY >/tmp/nothing
	expect "$(padd /tmp/nothing keys)" ENOPKG "no number"
	printf 'UMDVERIFYa\000\001\001k\000\003abc' >/tmp/short
	expect "$(padd /tmp/short keys)" EINVAL "a short key"
	printf 'UMDVERIFYa\000\001\012k\000\003abc' >/tmp/unknown
	expect "$(padd /tmp/unknown keys)" ENOPKG "an unknown algorithm"
}

keys_verify_before_they_are_in_a_keyring() {
	for name in $KEYS; do
		expect "$(padd "/verify/$name.own" keys)" 0 "$name"
		expect "$(padd "/verify/$name.own.flipped" keys)" EKEYREJECTED "$name, false"
	done
}

keys_do_nothing_else() {
	key ed25519
	said=$(keyctl pkey_sign "$id" 0 /verify/ed25519.digest 2>&1)
	expect "$(errno_name "$said")" EOPNOTSUPP sign
	for what in encrypt decrypt; do
		said=$(keyctl pkey_$what "$id" 0 /verify/ed25519.digest 2>&1)
		expect "$(errno_name "$said")" EINVAL $what
	done
}

kernel_threads_verify() {
	for name in $KEYS; do
		key "$name"
		how=$(parameters "$name")
		# shellcheck disable=SC2086
		expect "$(verify_by_module "$id" "$name.digest" "$name.sig" $how)" 0 "$name"
		# shellcheck disable=SC2086
		expect "$(verify_by_module "$id" "$name.digest" "$name.sig.flipped" $how)" \
			EKEYREJECTED "$name, false"
		case $name in
		ed*) by=$name ;;
		rsa*) by=rsa ;;
		*) by=ecdsa ;;
		esac
		for by in $by "umd-$(algorithm "$name")"; do
			# shellcheck disable=SC2086
			expect "$(verify_by_module "$id" "$name.digest" "$name.sig" $how \
				algorithm="$by")" 0 "$name, by its name $by"
		done
		# shellcheck disable=SC2086
		expect "$(verify_by_module "$id" "$name.digest" "$name.sig" $how \
			algorithm=ecrdsa)" EKEYREJECTED "$name, of another algorithm"
	done
	key ed25519
	expect "$(verify_by_module "$id" ed25519.digest ed25519.sig)" 0 "without an encoding"
}

a_signature_of_data_is_refused() {
	case $(uname -r) in 6.*) skip "this kernel has no such signatures" ;; esac
	key ed25519
	expect "$(verify_by_module "$id" ed25519.digest ed25519.sig is_data=1)" ENOPKG "it"
}

# restricted RING RESTRICTION: a new keyring.
restricted() {
	new_ring "$1"
	keyctl restrict_keyring "%:$1" asymmetric "$2" || fail "restrict_keyring $2"
}

keyrings_take_what_their_keys_have_signed() {
	for name in ed25519 p256 rsa3101; do
		key "$name"
		for restriction in "$id" "$id:chain" "$(ring_id keys)" "$(ring_id keys):chain"; do
			restricted chosen "key_or_keyring:$restriction"
			expect "$(padd "/verify/$name.child" chosen)" 0 "$name, $restriction"
			expect "$(padd "/verify/$name.child.flipped" chosen)" EKEYREJECTED \
				"$name, a false signature, $restriction"
			expect "$(padd "/verify/$name.key" chosen)" ENOPKG \
				"$name, without a signature, $restriction"
			expect "$(padd "/verify/$name.own" chosen)" ENOKEY \
				"$name, signed by itself, $restriction"
		done
	done
	new_ring empty
	restricted chosen "key_or_keyring:$(ring_id empty)"
	expect "$(padd /verify/ed25519.child chosen)" ENOKEY "a key that nobody has"
	new_ring chosen
	expect "$(padd /verify/ed25519.key chosen)" 0 "the start of a chain"
	keyctl restrict_keyring %:chosen asymmetric key_or_keyring:0:chain || fail "chain"
	expect "$(padd /verify/ed25519.child chosen)" 0 "the end of a chain"
	expect "$(padd /verify/ed25519.child.flipped chosen)" EKEYREJECTED "a broken chain"
}

# Keys of the kernel's own cannot have signed these.
the_kernels_own_keyrings_do_not_trust_them() {
	key ed25519
	for kind in builtin_trusted builtin_and_secondary_trusted; do
		restricted trusted $kind
		expect "$(padd /verify/ed25519.key trusted)" ENOPKG "$kind, a key"
		expect "$(padd /verify/ed25519.child trusted)" ENOKEY "$kind, a signed one"
		said=$(keyctl link "$id" %:trusted 2>&1)
		expect "$(errno_name "$said")" ENOPKG "$kind, a link"
	done
	for ring in .secondary_trusted_keys .machine .platform .blacklist; do
		number=$(awk -v ring="$ring:" '$8 == "keyring" && $9 == ring {print $1}' /proc/keys)
		[ "$number" ] || continue
		echo "$ring: $number"
		if said=$(keyctl link "$id" "0x$number" 2>&1); then fail "$ring has it"; fi
		said=$(keyctl padd asymmetric "" "0x$number" </verify/ed25519.key 2>&1) &&
			fail "$ring takes it"
		errno_name "$said"
	done
	grep -q "keyring .*\.secondary_trusted_keys:" /proc/keys || fail "no keyring of the kernel"
}

a_hang_under_the_lock_of_a_keyring_ends() {
	reload timeout_ms=700
	key ed25519
	restricted chosen "key_or_keyring:$id"
	expect "$(padd /verify/ed25519.child chosen)" 0 "a key"
	with hang
	began=$(now)
	expect "$(verify "$id" ed25519.digest ed25519.sig)" ETIMEDOUT "a signature"
	lasted $(($(now) - began)) 65 500 "the time of a signature in hundredths of a second"
	# The parser asks for the new key.
	expect "$(padd /verify/ed25519.child chosen)" ETIMEDOUT "a key"
	with nothing
	expect "$(padd /verify/ed25519.child chosen)" 0 "the next key"
}

# The restriction is looked at when the key is linked, too: no parser runs then.
a_keyring_is_locked_no_longer_than_the_deadline() {
	key ed25519
	restricted chosen "key_or_keyring:$id"
	expect "$(padd /verify/ed25519.child keys)" 0 "a key"
	child=$(cat /tmp/key)
	with hang
	keyctl link "$child" %:chosen >/tmp/linked 2>&1 &
	wait_for 10 more_than 0 count_handlers verify_umh
	# Waits for the lock.
	expect "$(keyctl clear %:chosen 2>&1)" "" "another use of the keyring"
	wait $!
	expect "$(errno_name "$(cat /tmp/linked)")" ETIMEDOUT "a link"
	with crash
	said=$(keyctl link "$child" %:chosen 2>&1)
	expect "$(errno_name "$said")" EPIPE "a link"
	with nothing
	keyctl link "$child" %:chosen || fail "the next link"
	reload
}

a_handler_that_crashes_costs_one_signature() {
	for name in ed25519 p384 rsa3101; do
		key $name
		how=$(how $name)
		with crash $name
		# shellcheck disable=SC2086
		expect "$(verify "$id" $name.digest $name.sig $how)" EPIPE "a signature, $name"
		expect "$(padd /verify/$name.key keys)" EPIPE "a key, $name"
		with nothing
		# shellcheck disable=SC2086
		expect "$(verify "$id" $name.digest $name.sig $how)" 0 "the next signature, $name"
	done
}

lies_are_no_verdict() {
	key ed25519
	for how in other ones zeros; do
		with $how
		dmesg -c >/dev/null
		expect "$(verify "$id" ed25519.digest ed25519.sig)" EPROTO "a signature, $how"
		expect "$(padd /verify/ed25519.key keys)" EPROTO "a key, $how"
		dmesg | grep -q "verify_mgr: wrong reply: no verdict$" || fail "$(dmesg)"
	done
	for how in status wrong; do
		with $how
		dmesg -c >/dev/null
		expect "$(verify "$id" ed25519.digest ed25519.sig)" EPROTO "a signature, $how"
		expect "$(padd /verify/ed25519.key keys)" EPROTO "a key, $how"
		dmesg | grep -q "verify_mgr: unexpected status -[0-9]*$" || fail "$(dmesg)"
	done
	with nothing
	expect "$(verify "$id" ed25519.digest ed25519.sig)" 0 "the next signature"
}

many_lies_are_few_lines() {
	key ed25519
	with other
	dmesg -c >/dev/null
	for _ in $(seq 30); do
		verify "$id" ed25519.digest ed25519.sig
	done | sort | uniq -c
	lines=$(dmesg | grep -c "verify_mgr: wrong reply")
	between "$lines" 1 20 "the number of lines"
	with nothing
}

# All that is left to one that has been taken over, and not for keys of other Handlers.
a_handler_that_says_true_makes_no_key() {
	key p256
	other=$id
	key ed25519
	with true
	expect "$(verify "$id" ed25519.digest ed25519.sig.flipped)" 0 "a false signature"
	expect "$(padd /verify/ed25519.key keys)" EPROTO "a key, of which zeros are a signature"
	expect "$(verify "$other" p256.digest p256.sig.flipped enc=x962)" EKEYREJECTED \
		"a false signature of another family"
	with nothing
}

# Two processes wait: one for the next signature, and a spare one. In the place of a process
# that has verified, the next one starts.
each_signature_has_a_process_of_its_own() {
	key ed25519
	wait_for 10 is 2 ready verify_umh
	before=$(statistic verify_umh starts)
	for _ in $(seq 10); do
		expect "$(verify "$id" ed25519.digest ed25519.sig)" 0 "a signature"
	done
	wait_for 10 more_than $((before + 9)) statistic verify_umh starts
	between $(($(statistic verify_umh starts) - before)) 10 12 "starts"
}

handlers_keep_to_their_memory() {
	for name in ed25519 p521 rsa8192; do
		key $name
		pid=$(pidof "$(driver $name)")
		rss=$(resident "${pid%% *}")
		echo "$(driver $name), a spare one: $rss KiB"
		[ "$rss" -gt 0 ] && [ "$rss" -lt 128 ] || fail "too much"
	done
}

many_callers_are_served() {
	key ed25519
	for _ in $(seq 16); do
		for which in sig sig.flipped; do
			verify "$id" ed25519.digest ed25519.$which
		done &
	done >/tmp/said
	wait
	expect "$(sort /tmp/said | uniq -c | tr -s ' \n' ' ')" " 16 0 16 EKEYREJECTED " "what they got"
}

algorithms_can_be_off() {
	all=$(cat $ALGORITHMS)
	key ed25519
	echo " " >$ALGORITHMS || fail "it cannot be written"
	expect "$(cat $ALGORITHMS)" "" "the list"
	for name in $KEYS; do
		expect "$(padd "/verify/$name.key" keys)" ENOPKG "the key $name"
	done
	expect "$(verify "$id" ed25519.digest ed25519.sig)" ENOPKG "a signature"
	said=$(keyctl pkey_query "$id" 0 2>&1)
	expect "$(errno_name "$said")" ENOPKG "a query"
	for name in $KEYS; do
		algorithm "$name" >$ALGORITHMS
		for other in $KEYS; do
			wanted=ENOPKG
			[ "$(algorithm "$other")" != "$(algorithm "$name")" ] || wanted=0
			expect "$(padd "/verify/$other.key" keys)" $wanted "$other with $name on"
		done
	done
	expect "$(write_errno $ALGORITHMS ed25519,none)" EINVAL "an unknown name"
	expect "$(write_errno $ALGORITHMS ed25519,)" EINVAL "an empty name"
	expect "$(write_errno $ALGORITHMS "$all")" 0 "all"
	expect "$(cat $ALGORITHMS)" "$all" "the list"
	key ed25519
	expect "$(verify "$id" ed25519.digest ed25519.sig)" 0 "a signature"
}

algorithms_are_chosen_at_load() {
	no_keys
	with nothing
	rmmod verify_parser && rmmod verify_mgr || fail rmmod
	said=$(modprobe verify_mgr algorithms=md5 2>&1) && fail "it is loaded"
	expect "$(errno_name "$said")" EINVAL "an unknown name"
	modprobe verify_mgr algorithms= max_workers=1 && modprobe verify_parser || fail modprobe
	new_ring keys
	expect "$(padd /verify/ed25519.key keys)" ENOPKG "a key"
	expect "$(statistic verify_umh starts)" 0 "starts"
	reload
	key ed25519
}

a_key_holds_the_manager() {
	reload
	key ed25519
	no_loaders
	rmmod verify_parser || fail rmmod
	said=$(rmmod verify_mgr 2>&1) && fail "it is gone"
	# The Loader comes back.
	expect "$(verify "$id" ed25519.digest ed25519.sig)" 0 "a signature"
	no_loaders
	no_keys
	rmmod verify_mgr && rmmod umd_mgmt || fail rmmod
	modprobe verify_mgr && modprobe verify_parser || fail modprobe
	new_ring keys
	key ed25519
}

work() {
	for _ in $(seq "$1"); do
		new_ring keys
		new_ring others
		key ed25519
		verify "$id" ed25519.digest ed25519.sig
		verify "$id" ed25519.digest ed25519.sig.flipped
		padd /verify/ed25519.own others
		padd /verify/ed25519.own.flipped others
		padd /verify/ed25519.none others
		restricted chosen "key_or_keyring:$id"
		padd /verify/ed25519.child chosen
		padd /verify/ed25519.child.flipped chosen
	done >/dev/null
	no_keys
}

# Until there is a rule, or for five minutes after the boot, IMA keeps a copy of each key's
# data, which is measured then.
ima_keeps_no_keys() {
	[ -e $IMA ] || return
	expect "$(write_errno $IMA "dont_measure fsmagic=0x9fa0")" 0 "a rule of IMA"
}

work_leaves_nothing() {
	ima_keeps_no_keys
	work 5
	before=$(usage)
	work 40
	does_not_leak "$before" 40
	no_loaders
	rmmod verify_parser && rmmod verify_mgr || fail rmmod
}

# Most tests build on this.
modprobe verify_mgr && modprobe verify_parser && new_ring keys || exit 1
# Crashes and lies are for the tests, and not root's fault.
echo 1000 >$PARAMETERS/crash_limit
ktap_run keys_are_taken_and_listed what_the_handler_lacks_is_refused a_query_tells_of_the_key \
	true_signatures_are_true false_signatures_are_false \
	signatures_of_another_key_are_false malformed_signatures_are_refused \
	what_is_longer_than_a_query_tells_is_refused \
	hash_and_digest_have_to_fit numbers_that_are_no_key_are_refused \
	keys_verify_before_they_are_in_a_keyring keys_do_nothing_else kernel_threads_verify \
	a_signature_of_data_is_refused keyrings_take_what_their_keys_have_signed \
	the_kernels_own_keyrings_do_not_trust_them a_hang_under_the_lock_of_a_keyring_ends \
	a_keyring_is_locked_no_longer_than_the_deadline \
	a_handler_that_crashes_costs_one_signature lies_are_no_verdict \
	many_lies_are_few_lines a_handler_that_says_true_makes_no_key \
	each_signature_has_a_process_of_its_own handlers_keep_to_their_memory \
	many_callers_are_served algorithms_can_be_off \
	algorithms_are_chosen_at_load a_key_holds_the_manager work_leaves_nothing
