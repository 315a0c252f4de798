# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: ends data=verify programs=attribute clock=instructions
#
# IMA, which takes the payload of any asymmetric key for a struct public_key. The kernel
# takes its rules once only, so the order of the tests counts.

. /umd/ktap.sh
. /umd/umd_test.sh
. /umd/verify.sh

FILE=/tmp/signed/file

# opens NAME: with the signature of that key on the file; prints 0 or the name of the errno.
opens() {
	rm -f $FILE
	cp /verify/file $FILE && /umd/attribute security.ima $FILE <"/verify/$1.ima" || fail attribute
	chown 4242 $FILE
	dmesg -c >/dev/null
	if _said=$(cat $FILE 2>&1); then
		cmp -s $FILE /verify/file || fail "another file"
		echo 0
	else
		errno_name "$_said"
	fi
}

# Debian's kernels look for their keys in a keyring that root makes.
the_kernel_appraises_by_a_keyring() {
	mkdir /tmp/signed
	mount -t tmpfs signed /tmp/signed || fail mount
	new_ring _ima
	expect "$(padd /verify/x509 _ima)" 0 "a certificate"
	expect "$(opens x509)" 0 "without a rule"
	rule="appraise func=FILE_CHECK fowner=4242 appraise_type=imasig"
	expect "$(write_errno /sys/kernel/security/ima/policy "$rule")" 0 "the rule"
	expect "$(opens x509)" 0 "a good signature"
	cp /verify/x509.ima /tmp/x509.ima
	printf '\000\000' | dd of=/tmp/x509.ima bs=1 seek=20 conv=notrunc 2>/dev/null
	/umd/attribute security.ima $FILE </tmp/x509.ima
	said=$(cat $FILE 2>&1) && fail "a false signature is good"
	expect "$(errno_name "$said")" EACCES "a false signature"
}

ima_takes_no_such_key() {
	for name in ed25519 p256 rsa3101; do
		expect "$(opens $name)" EACCES "without the key, $name"
		dmesg | grep -q "Request for unknown key" || fail "$(dmesg)"
		expect "$(padd /verify/$name.key _ima)" 0 "the key $name"
		before=$(statistic "$(driver $name)" requests)
		expect "$(opens $name)" EACCES "with the key, $name"
		dmesg | grep "Request for unknown key" && fail "the key was not found"
		expect "$(statistic "$(driver $name)" requests)" "$before" "requests"
	done
	expect "$(opens x509)" 0 "a good signature, beside such keys"
}

# IMA keeps the keyring for good, not what is in it.
all_goes() {
	keyctl clear %:_ima
	no_keys
	no_loaders
	rmmod verify_parser && rmmod verify_mgr || fail rmmod
}

modprobe verify_mgr && modprobe verify_parser || exit 1
ktap_run the_kernel_appraises_by_a_keyring ima_takes_no_such_key all_goes
