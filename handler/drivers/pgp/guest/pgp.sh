# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
#
# The OpenPGP driver, for scripts in the guest that have sourced ktap.sh.

PGP=/sys/kernel/security/umd_pgp

# new_ring NAME: an empty keyring in the user's, instead of one that was there.
new_ring() {
	keyctl newring "$1" @u >/tmp/ring || fail "no keyring: $(cat /tmp/ring)"
}

# padd FILE RING: has the parser take a key from a file; prints 0 or the name of
# the errno. The key's number is in /tmp/key.
padd() {
	if _said=$(keyctl padd asymmetric "" "%:$2" <"$1" 2>&1); then
		echo "$_said" >/tmp/key
		echo 0
	else
		errno_name "$_said"
	fi
}

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

# ring_id RING: its number.
ring_id() {
	keyctl search @u keyring "$1"
}

# import FILE RING
import() {
	request $PGP/import "$(ring_id "$2") $(size "$1")" "$1"
}

# verify DOCUMENT SIGNATURE RING: the signature may be /dev/null, for a document
# that has it inside.
verify() {
	request $PGP/verify "$(ring_id "$3") $(size "$2") $(size "$1")" "$2" "$1"
}

# supported KIND: whether this kernel has keys of that kind, as it says itself.
supported() {
	case $1 in
	rsa*) return 0 ;;
	nistp256 | nistp384 | nistp521)
		# All algorithms that are built in are listed.
		grep -q "^driver.*ecdsa-nist-p${1#nistp}" /proc/crypto
		;;
	*) return 1 ;;
	esac
}
