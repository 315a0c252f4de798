# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: long clock=instructions data=rivals
#
# What jobs with OpenPGP keys cost, in millions of instructions of the guest, whose clock
# counts them: beside X.509 keys, and beside the programs that people verify with.

. /umd/ktap.sh
. /umd/pgp.sh

# now: nanoseconds; no busybox date has them.
now() {
	sed -n 's/^now at \([0-9]*\) nsecs$/\1/p' /proc/timer_list
}

# cost COUNT COMMAND...: sets cost to the millions of instructions of one time.
cost() {
	_count=$1
	shift
	"$@" || fail "$*"
	_begin=$(now)
	for _time in $(seq "$_count"); do
		"$@" || fail "$*"
	done
	cost=$(awk "BEGIN { printf \"%.2f\", ($(now) - $_begin) / $_count / 1000000 }")
}

# handlers_ran: nanoseconds, which are instructions, of all Handlers that are there.
handlers_ran() {
	for _pid in $(pidof pgp_umh); do
		cut -d ' ' -f 1 "/proc/$_pid/schedstat"
	done | awk '{ sum += $1 } END { print sum + 0 }'
}

# row WORD...: a figure.
row() {
	echo "$*" >>/tmp/rows
}

add() {
	new_ring some
	keyctl padd asymmetric "" %:some <"$1" >/dev/null
}

import_archive() {
	new_ring some
	import /pgp/archive some >/tmp/imported
}

verify_release() {
	verify_all /pgp/Release /pgp/Release.gpg archive >/tmp/verified
	grep -q '^[0-9A-F]\{40\} ' /tmp/verified
}

# As verify_release, but for the verification.
same_commands() {
	echo "$(ring_id archive) $(size /pgp/Release.gpg) $(size /pgp/Release)" >/dev/null
	cat /pgp/Release.gpg /pgp/Release >/dev/null
	cat </dev/null >/tmp/verified
	! grep -q '^[0-9A-F]\{40\} ' /tmp/verified
}

a_key_is_added() {
	cost 10 new_ring some
	empty=$cost
	row "a new keyring, which all of these make: $empty"
	for key in x509 rsa2048 ed25519; do
		cost 10 add "/pgp/$key"
		row "add_key $key: $cost"
	done
}

the_archives_keys_are_imported() {
	import_archive
	_before=$(handlers_ran)
	import_archive
	_after=$(handlers_ran)
	row "import of the archive's ring, $(size /pgp/archive) bytes, in the Handler:" \
		"$(awk "BEGIN { printf \"%.2f\", ($_after - $_before) / 1000000 }")"
	cost 3 import_archive
	row "the same, in all: $cost"
}

a_release_is_verified() {
	new_ring archive
	import /pgp/archive archive >/dev/null
	cost 3 verify_release
	row "verify Release, $(size /pgp/Release) bytes: $cost"
	cost 3 same_commands
	row "of that, the commands around it: $cost"
	cost 3 gpgv --quiet --keyring /pgp/archive /pgp/Release.gpg /pgp/Release 2>/dev/null
	row "gpgv: $cost"
	cost 3 sqv --keyring /pgp/archive /pgp/Release.gpg /pgp/Release >/dev/null
	row "sqv: $cost"
}

modprobe pgp_mgr || exit 1
# Behind all tests: the figures of the suite.
trap 'sed "s/^/# /" /tmp/rows' EXIT
ktap_run a_key_is_added the_archives_keys_are_imported a_release_is_verified
