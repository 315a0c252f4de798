#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# shellcheck shell=busybox
#
# `cargo demo --pgp` runs this in the guest. The script ends with 0 only if all
# went as shown.

. /umd/ktap.sh
. /umd/pgp.sh
. /umd/show.sh

heading "Kernel $(uname -r), modules:"
modprobe pgp_mgr || exit
lsmod | grep -E 'umd_mgmt|pgp_|verify_' | sed 's/^/  /'
new_ring demo

heading 'A key of GnuPG by way of keyctl, which loads the Loader:'
check 'keyctl padd asymmetric "" %:demo' 0 "$(padd /pgp/rsa3072 demo)"
lsmod | grep -E 'pgp_loader' | sed 's/^/  /'
pid=$(pidof pgp_umh)
check 'Seccomp (1: read, write, exit only)' 1 "$(sed -n 's/^Seccomp:\t//p' "/proc/$pid/status")"
check 'the fingerprint, as GnuPG has it' "$(fingerprint rsa3072)" \
	"$(listed "$(key_name rsa3072)" | grep -o '[0-9A-F]\{40\}')"
listed "$(fingerprint rsa3072)" | sed 's/^/  /'

heading 'What the kernel does not take:'
check 'one bit of its self-signature flipped' EKEYREJECTED "$(padd /pgp/rsa3072.flipped demo)"
check 'a revoked key' EKEYREVOKED "$(padd /pgp/revoked demo)"
check 'an expired key' EKEYEXPIRED "$(padd /pgp/expired demo)"

heading "The distribution's archive keys, by way of $PGP/import:"
import /pgp/archive demo | sed 's/^/  /'
keyctl list %:demo | grep -o '[0-9A-F]\{40\} Debian' | cut -d ' ' -f 1 | sort >/tmp/taken
check 'all that are valid' yes "$(sort /pgp/archive.list | cmp -s - /tmp/taken && echo yes)"

heading "Its list of packages' checksums, Release, by way of $PGP/verify:"
verified=$(verify /pgp/Release /pgp/Release.gpg demo)
echo "$verified" | sed 's/^/  /'
check 'verified by a key of Debian' yes \
	"$(echo "$verified" | grep -q '^[0-9A-F]\{40\} Debian Archive' && echo yes)"
check 'one bit of it flipped' EKEYREJECTED "$(verify /pgp/Release.flipped /pgp/Release.gpg demo)"

heading 'The OpenPGP driver is removed; its keys stay:'
rmmod pgp_loader_kmod && rmmod pgp_mgr
check 'its modules' 0 "$(lsmod | grep -c '^pgp_')"
check 'the key is listed' 1 "$(listed "$(key_name rsa3072): PGP.rsa" | wc -l)"

heading 'Keys that verify_mgr verifies, because this kernel cannot, hold that module:'
for loader in $(lsmod | grep -o '^verify_[a-z_]*loader_kmod'); do
	rmmod "$loader"
done
check 'rmmod verify_mgr' EAGAIN "$(errno_name "$(rmmod verify_mgr 2>&1)")"
keyctl clear %:demo
# The kernel frees the keys some time later.
wait_for 20 rmmod verify_mgr 2>/dev/null
rmmod umd_mgmt
check 'modules left' 0 "$(lsmod | grep -c -E 'umd_mgmt|pgp_|verify_')"

[ "$failed" = 0 ] && heading 'All as it should be.'
exit "$failed"
