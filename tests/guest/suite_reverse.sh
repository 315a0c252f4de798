# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: kernels=own driver=reverse
#
# A third driver, added to a copy of the sources: tests/new_driver/reverse/.

. /umd/ktap.sh

FILE=/sys/kernel/security/umd_reverse

# reverse TEXT
reverse() {
	exec 3<>"$FILE" || fail "cannot open $FILE"
	printf %s "$1" >&3 || fail "write: $(dmesg | tail -n 1)"
	cat <&3
	exec 3>&-
}

the_new_driver_answers() {
	modprobe reverse_mgr || fail "modprobe: $(dmesg | tail -n 1)"
	expect "$(reverse hello)" olleh "the reply"
	pidof reverse_umh >/dev/null || fail "no process"
	grep -q '^reverse_loader_kmod ' /proc/modules || fail "no Loader"
}

its_handler_is_replaced() {
	kill -9 "$(pidof reverse_umh)"
	expect "$(reverse 'able was I')" 'I saw elba' "the reply"
}

the_new_driver_goes_away() {
	modprobe -r reverse_loader_kmod || fail "the Loader stays"
	modprobe -r reverse_mgr || fail "the Manager stays"
	pidof reverse_umh >/dev/null && fail "the process stays"
	[ ! -e "$FILE" ] || fail "the file stays"
}

ktap_run the_new_driver_answers its_handler_is_replaced \
	the_new_driver_goes_away
