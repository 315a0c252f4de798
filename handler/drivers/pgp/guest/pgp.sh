# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
#
# The OpenPGP driver, for scripts in the guest that have sourced ktap.sh.

. /umd/keys.sh

PGP=/sys/kernel/security/umd_pgp

# Keys that sign themselves and documents.
KINDS="rsa2048 rsa3072 rsa4096 nistp256 nistp384 nistp521 ed25519"

# fingerprint NAME: what GnuPG says that it is.
fingerprint() {
	cat "/pgp/$1.fpr"
}

# key_name NAME: how a key that was made for the test is listed.
key_name() {
	echo "$(fingerprint "$1") Test $1 <$1@example.org>"
}

# listed FINGERPRINT: the lines of /proc/keys on that key.
listed() {
	grep -F "$1" /proc/keys
}

# size FILE
size() {
	stat -c %s "$1"
}

# request FILE LINE DATA...: one request to a file of securityfs: the line, then
# the data. Prints the answer, or the name of the errno.
request() {
	_file=$1
	shift
	exec 3<>"$_file" || fail "cannot open $_file"
	if ! _said=$( ({ echo "$1" && shift && cat "$@"; } >&3) 2>&1) ||
		! _said=$(cat <&3 2>&1); then
		_said=$(errno_name "$_said")
	fi
	exec 3>&-
	echo "$_said"
}

# import_all FILE RING: what the file says, with the keys that were refused.
import_all() {
	request $PGP/import "$(ring_id "$2") $(size "$1")" "$1"
}

# refusals FILE RING: as import_all, also when none was taken.
refusals() {
	exec 3<>$PGP/import
	{ echo "$(ring_id "$2") $(size "$1")" && cat "$1"; } >&3
	# The error of the first read; the next one returns the lines.
	cat <&3 2>/dev/null || cat <&3
	exec 3>&-
}

# import FILE RING: the keys that were taken.
import() {
	import_all "$@" | grep -v '^refused '
}

# count_keys RING: how many keys are in the keyring.
count_keys() {
	keyctl list "%:$1" | grep -c asymmetric
}

# verify_all DOCUMENT SIGNATURE RING: what the file says. The signature may be
# /dev/null, for a document that has it inside.
verify_all() {
	request $PGP/verify "$(ring_id "$3") $(size "$2") $(size "$1")" "$2" "$1"
}

# verify DOCUMENT SIGNATURE RING: the signers, without time, hash, length and text.
verify() {
	verify_all "$@" | sed '/^$/,$d; s/^\([0-9A-F]\{40,64\}\) [0-9]* [a-z0-9]* [0-9]* /\1 /'
}
