# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: long data=rings memory=1024
#
# The keyrings of the distribution's packages, at the time that each was made: which of
# the keys that GnuPG calls valid and able to sign the driver takes, and why not.

. /umd/ktap.sh
. /umd/umd_test.sh
. /umd/pgp.sh

RINGS=/rings
# 2023-02-01
SHA1_UNTIL=1675209600

# import_at NAME TIME SHA1_UNTIL: the lines of the import, in /tmp/NAME.
import_at() {
	date -u -s "@$2" >/dev/null || fail date
	echo "$3" >/sys/module/pgp_mgr/parameters/sha1_until
	new_ring ring
	_begin=$(cut -d. -f1 /proc/uptime)
	import_all "$RINGS/$1" ring >"/tmp/$1"
	echo "$1: $(($(cut -d. -f1 /proc/uptime) - _begin)) s for $(size "$RINGS/$1") bytes"
}

# primary_keys NAME: those of which a key was taken.
primary_keys() {
	awk 'FILENAME != "/tmp/'"$1"'" { primary[$1] = $2; next }
		length($1) == 40 && $1 ~ /^[0-9A-F]+$/ { print primary[$1] }' \
		"$RINGS/$1.keys" "/tmp/$1" | sort -u
}

# refusals NAME: the reason for each primary key with a refused key.
refusals() {
	awk 'FILENAME != "/tmp/'"$1"'" { primary[$1] = $2; next }
		$1 == "refused" { key = $2; sub(":", "", key); of = primary[key]
			sub("refused [0-9A-F]*: ", "")
			if (!(of in why)) { why[of] = $0; print of, $0 } }' \
		"$RINGS/$1.keys" "/tmp/$1"
}

# share NAME: sets live and taken, and writes the living keys that were not taken to
# /tmp/missing.
share() {
	sort "$RINGS/$1.live" >/tmp/live
	primary_keys "$1" >/tmp/taken
	live=$(wc -l </tmp/live)
	taken=$(sort /tmp/live /tmp/taken | uniq -d | wc -l)
	sort /tmp/live /tmp/taken /tmp/taken | uniq -u >/tmp/missing
	[ "$live" -gt 0 ] || fail "GnuPG finds no living key in $1"
}

nothing_but_living_keys_is_taken() {
	sort /tmp/live /tmp/live /tmp/taken | uniq -u >/tmp/dead
	expect "$(cat /tmp/dead)" "" "keys that GnuPG calls unusable"
}

rings() {
	while read -r name time least; do
		import_at "$name" "$time" "$SHA1_UNTIL"
		share "$name"
		echo "$name: $taken of $live living keys, SHA-1 until 2023-02"
		[ $((100 * taken)) -ge $((least * live)) ] ||
			fail "$name: less than $least of a hundred"
		refusals "$name" | grep -F -f /tmp/missing | sort >/tmp/refused
		sort "$RINGS/$name.refused" >/tmp/known
		expect "$(cat /tmp/refused)" "$(cat /tmp/known)" "living keys of $name that are refused"
		nothing_but_living_keys_is_taken
	done <$RINGS/list
}

the_rings_of_the_distributions_are_taken() {
	modprobe pgp_mgr || fail modprobe
	rings
}

# The shares under the default policy are figures, not bounds.
without_sha1_fewer_keys_are_taken() {
	while read -r name time _; do
		import_at "$name" "$time" 0
		share "$name"
		echo "$name: $taken of $live living keys, without SHA-1"
		nothing_but_living_keys_is_taken
	done <$RINGS/list
}

umd_test_begin
ktap_run the_rings_of_the_distributions_are_taken without_sha1_fewer_keys_are_taken
