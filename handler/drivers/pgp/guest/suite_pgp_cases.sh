# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: ends data=pgp
#
# The OpenPGP driver and the certificates and signatures that tests/src/openpgp/cases.rs
# makes, each with its verdict.

. /umd/ktap.sh
. /umd/pgp.sh

# The list has at least so many cases.
LEAST=150

# each COLUMN FUNCTION: calls the function for each case with its name, and compares what
# it says with that column of the list.
each() {
	judged=0
	while read -r name adds takes verifies; do
		case $1 in
		adds) wanted=$adds ;;
		takes) wanted=$takes ;;
		verifies) wanted=$verifies ;;
		esac
		said=$("$2" "$name")
		[ "$said" = "$wanted" ] || echo "$name: '$said', not '$wanted'"
		judged=$((judged + 1))
	done </pgp/cases.list >/tmp/wrong
	cat /tmp/wrong
	echo "$judged cases"
	[ "$judged" -ge "$LEAST" ] || fail "fewer than $LEAST"
	expect "$judged" "$(wc -l </pgp/cases.list)" "the number of cases that were judged"
	[ ! -s /tmp/wrong ] || fail "$(wc -l </tmp/wrong) are wrong"
}

# add NAME: what add_key() says.
add() {
	new_ring one
	padd "/pgp/case.$1" one
}

# take NAME: how many keys an import takes, or its errno.
take() {
	new_ring one
	import_all "/pgp/case.$1" one >/tmp/said
	if grep '^[0-9A-F]\{40\} ' /tmp/said >/tmp/taken; then
		wc -l </tmp/taken
	else
		cat /tmp/said
	fi
}

# check NAME: what a verification with these keys says.
check() {
	take "$1" >/dev/null
	said=$(verify_all /pgp/document "/pgp/case.$1.sig" one)
	case $said in
	[0-9A-F][0-9A-F]*\ *) echo 0 ;;
	*) echo "$said" ;;
	esac
}

each_key_is_added_or_refused() {
	each adds add
}

each_ring_is_imported_or_refused() {
	each takes take
}

each_document_is_verified_or_refused() {
	each verifies check
}

# With the administrator's date, SHA-1 binds what was made before.
sha1_binds_until_a_date() {
	until=/sys/module/pgp_mgr/parameters/sha1_until
	trap 'echo 0 >$until' EXIT
	made=$((0x65000000))
	echo $made >$until
	expect "$(add by_sha1)" ENOPKG "a signature of that time"
	echo $((made + 1)) >$until
	expect "$(add by_sha1)" 0 "a signature before that"
	expect "$(check document_by_sha1)" ENOPKG "a document"
}

modprobe pgp_mgr || exit
ktap_run each_key_is_added_or_refused each_ring_is_imported_or_refused \
	each_document_is_verified_or_refused sha1_binds_until_a_date
