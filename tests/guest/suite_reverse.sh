# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: kernels=own handler=reverse_umh.rs
#
# A new Handler in the sample Loader, tests/new_handler/reverse_umh.rs, starts and
# is asked; its answer has the length of the request.

. /umd/ktap.sh
. /umd/sample.sh

the_new_handler_starts() {
	modprobe sample_loader_kmod || fail "modprobe: $(dmesg | tail -n 1)"
	[ -n "$(handler)" ] || fail "no process"
}

its_answer_is_not_the_samples() {
	pid=$(handler)
	expect "$(ask 5)" EPROTO "the request"
	dmesg | grep -q "sample_umh\[$pid\]: protocol violation, killed: reply shorter than asked" ||
		fail "$(dmesg | tail -n 1)"
}

ktap_run the_new_handler_starts its_answer_is_not_the_samples
