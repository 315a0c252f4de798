#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# What an administrator does with the packages, in a Debian system with systemd. The
# script prints each line that the kernel has logged of ours as `journal: LINE`.

fail() {
	echo "FAILED: $*"
	exit 1
}

# expect GOT WANTED WHAT
expect() {
	[ "$1" = "$2" ] || fail "$3: $1 instead of $2"
}

# fails STATUS MESSAGE COMMAND...: the command ends with that status, and says that.
fails() {
	wanted=$1
	message=$2
	shift 2
	said=$("$@" 2>&1)
	expect $? "$wanted" "the exit status of '$*' ($said)"
	case $said in
	*"$message"*) ;;
	*) fail "'$*' says: $said" ;;
	esac
}

echo "kernel $(uname -r)"
expect "$(cat /sys/module/apparmor/parameters/enabled)" Y AppArmor

# Where the initramfs has loaded the driver, the Loader is not loaded yet.
[ ! -e /umd/in_initramfs ] || [ -d /sys/module/pgp_mgr ] || fail "the initramfs has no driver"
[ ! -d /sys/module/pgp_loader_kmod ] || fail "the Loader is loaded without a request"

# The kernel takes no module but those that are signed by a key of the firmware.
if [ -e /umd/enforced ]; then
	expect "$(cat /sys/module/module/parameters/sig_enforce)" Y sig_enforce
	module=$(modinfo -n umd_mgmt)
	cp "$module" /tmp/altered.ko
	printf UMD | dd of=/tmp/altered.ko bs=1 seek=5000 conv=notrunc 2>/dev/null
	fails 1 'Key was rejected by service' insmod /tmp/altered.ko
	# The mark behind the signature.
	head -c -28 "$module" >/tmp/unsigned.ko
	fails 1 'Key was rejected by service' insmod /tmp/unsigned.ko
	journalctl --boot --dmesg --output cat |
		grep -q 'Loading of unsigned module is rejected' || fail "nothing is said"
fi

fails 2 'usage: umd-pgp' umd-pgp
fails 2 'cannot read /nonexistent' umd-pgp import /nonexistent
fails 1 'no keyring umd-pgp' umd-pgp verify /umd/Release /umd/Release.gpg
fails 1 'malformed, or no OpenPGP data' umd-pgp import /etc/os-release
expect "$(umd-pgp list)" "" "the keys before any import"
umd-pgp import /usr/share/keyrings/debian-archive-keyring.gpg >/tmp/imported ||
	fail "no key is imported"
grep -q '^[0-9A-F]\{40\} Debian Archive' /tmp/imported || fail "no key of Debian's"
expect "$(umd-pgp list | wc -l)" "$(sort -u /tmp/imported | grep -c '^[0-9A-F]\{40\} ')" \
	"the number of keys"

umd-pgp verify /umd/Release /umd/Release.gpg >/tmp/verified || fail "it is not verified"
grep -q '^good: [0-9A-F]\{40\} Debian' /tmp/verified || fail "$(cat /tmp/verified)"
sed '1s/./x/' /umd/Release >/tmp/changed
fails 1 'false: a signature does not fit' umd-pgp verify /tmp/changed /umd/Release.gpg
fails 1 'malformed' umd-pgp verify /umd/Release /etc/os-release
umd-pgp --keyring other import /usr/share/keyrings/debian-archive-keyring.gpg >/dev/null ||
	fail "the other keyring"

pid=$(pidof pgp_umh) || fail "no Handler"
# The files have several spaces or a tab between the words.
# shellcheck disable=SC2046
expect "$(echo $(grep Uid: "/proc/$pid/status"))" \
	"Uid: 2130706432 2130706432 2130706432 2130706432" "the user"
expect "$(cat "/proc/$pid/cgroup")" "0::/" "the control group"
expect "$(ps -o args= -p "$pid")" pgp_umh "what ps shows"

# A driver that `cargo umd new` has made, if there is one, parses its Handler's file.
own=
if [ -e /umd/third_umh ]; then
	modprobe third_mgr || fail "the other driver is not loaded"
	exec 3<>/sys/kernel/security/umd_third
	cat /umd/third_umh >&3 || fail "the other driver refuses the file"
	expect "$(wc -c <&3)" 40 "the length of the other driver's reply"
	exec 3>&-
	own="third_mgr third_loader_kmod"
fi

# shellcheck disable=SC2086
for module in umd_mgmt pgp_mgr pgp_loader_kmod verify_mgr verify_loader_kmod \
	verify_ec_loader_kmod verify_rsa_loader_kmod $own; do
	[ "$(modinfo -F signer $module)" ] || fail "$module is not signed by DKMS"
done

expect "$(systemctl --failed --quiet --no-legend)" "" "the units that have failed"
expect "$(journalctl --boot --priority err --quiet --output cat | grep -iE 'umd|pgp|verify_')" \
	"" "errors in the journal"
journalctl --boot --dmesg --quiet --output cat | grep -E 'umd|pgp|verify_' | sed 's/^/journal: /'
