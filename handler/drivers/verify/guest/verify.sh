# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
#
# The driver of signatures, for scripts in the guest that have sourced ktap.sh.
# tests/src/signed.rs lists the files of each key.

. /umd/keys.sh

# The keys whose algorithms a Handler has, and all others.
KEYS="ed25519 p256 p384 p521 rsa2048 rsa3101"
# Keys with another one, NAME-other.
TWICE="ed25519 p256 rsa2048"
# Keys that take an emulator long.
LONG="rsa4096 rsa8192"
OTHERS="ed448 brainpool-p256 brainpool-p384 brainpool-p512"

ALGORITHMS=/sys/module/verify_mgr/parameters/algorithms

# algorithm NAME: its name in the parameter.
algorithm() {
	case $1 in
	rsa*) echo rsa ;;
	*) echo "$1" ;;
	esac
}

# key NAME: a new key, in the keyring "keys"; its number is in $id.
key() {
	expect "$(padd "/verify/$1.key" keys)" 0 "the key $1"
	id=$(cat /tmp/key)
}

# how NAME: words that tell how its signatures are encoded.
how() {
	cat "/verify/$1.how"
}

# verify KEY DIGEST SIGNATURE WORD...: files of /verify; prints 0 or the name of the errno.
verify() {
	_key=$1 _digest=$2 _signature=$3
	shift 3
	if _said=$(cd /verify && keyctl pkey_verify "$_key" 0 "$_digest" "$_signature" "$@" 2>&1); then
		echo 0
	else
		errno_name "$_said"
	fi
}

# verify_by_module KEY DIGEST SIGNATURE PARAMETER...: the same, by a kernel thread.
verify_by_module() {
	_key=$1 _digest=$2 _signature=$3
	shift 3
	if insmod "/lib/modules/$(uname -r)/extra/verify_user.ko" key="$_key" \
		digest="/verify/$_digest" signature="/verify/$_signature" "$@" 2>/tmp/said; then
		rmmod verify_user
		echo 0
	else
		errno_name "$(cat /tmp/said)"
	fi
}

# The driver of an algorithm's Handler.
driver() {
	case $1 in
	rsa*) echo verify_rsa_umh ;;
	p*) echo verify_ec_umh ;;
	*) echo verify_umh ;;
	esac
}

no_loaders() {
	for _module in verify_loader_kmod verify_ec_loader_kmod verify_rsa_loader_kmod \
		verify_stand_in; do
		! grep -q "^$_module " /proc/modules || rmmod $_module || fail "rmmod $_module"
	done
}

# with HOW [NAME]: has a hostile Handler in the Loader's place, for that key.
with() {
	no_loaders
	[ "$1" = nothing ] || modprobe verify_stand_in handler="/umd/verify_umh_$1" \
		driver="$(driver "${2:-ed25519}")" || fail modprobe
}

# no_keys: all keys are gone, and with them what holds the Manager.
no_keys() {
	keyctl clear @u
	wait_for 20 is 0 holders
}

# reload PARAMETER...: the Manager anew, with these parameters and without a key.
reload() {
	no_keys
	with nothing
	rmmod verify_parser && rmmod verify_mgr || fail rmmod
	modprobe verify_mgr "$@" && modprobe verify_parser || fail modprobe
	new_ring keys
}

# How many hold the Manager, beside the parser and the Loaders.
holders() {
	_loaders=$(grep -cE '^verify_(((ec|rsa)_)?loader_kmod|stand_in|parser) ' /proc/modules)
	awk -v loaders="$_loaders" '$1 == "verify_mgr" {print $3 - loaders}' /proc/modules
}
