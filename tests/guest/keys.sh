# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
#
# The kernel's keys, for scripts in the guest that have sourced ktap.sh.

# new_ring NAME: an empty keyring in the user's, instead of one that was there.
new_ring() {
	keyctl newring "$1" @u >/tmp/ring || fail "no keyring: $(cat /tmp/ring)"
}

# ring_id RING: its number.
ring_id() {
	keyctl search @u keyring "$1"
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
