# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: long clock=instructions append=fips=1 data=pgp
# may skip: openpgp_works_with_fips latest
#
# Only algorithms that FIPS 140 allows, each of which has tested itself. The newest of
# Debian's kernels has no such mode.

. /umd/ktap.sh
. /umd/sample.sh
. /umd/setup.sh
. /umd/pgp.sh

a_driver_works_with_fips() {
	all_works
}

openpgp_works_with_fips() {
	[ -e /proc/sys/crypto/fips_enabled ] || skip "the kernel has no FIPS mode"
	expect "$(cat /proc/sys/crypto/fips_enabled)" 1 fips_enabled
	modprobe pgp_mgr || fail "modprobe"
	new_ring keys
	for kind in rsa2048 rsa4096; do
		expect "$(padd /pgp/$kind keys)" 0 "the key $kind"
		expect "$(verify /pgp/document "/pgp/$kind.sig" keys)" \
			"$(key_name $kind)" "the document by $kind"
	done
	expect "$(padd /pgp/rsa2048.flipped keys)" EKEYREJECTED "a key with a flipped bit"
}

ktap_run a_driver_works_with_fips openpgp_works_with_fips
