// SPDX-License-Identifier: GPL-2.0-only
/*
 * The reverse driver's Manager. A text that is written to
 * /sys/kernel/security/umd_reverse is read there in reverse order.
 */
#include "umd_manager.h"
#include "umd_reverse_abi.h"

UMD_MANAGER_EXPORT(reverse_mgmt) = {
	.driver_name = "reverse_umh",
	.kmod = "reverse_loader_kmod",
	.max_request = UMD_REVERSE_MAX,
	.max_reply = UMD_REVERSE_MAX,
	.idempotent = true,
};

/* Any bytes of that number will do: nothing else depends on them. */
static bool reverse_is_valid(const struct umd_mgmt_call *call)
{
	return call->out_len == call->in_len;
}

static const struct umd_mgmt_request_file reverse_file = {
	.mgmt = &reverse_mgmt,
	.name = "umd_reverse",
	.mode = 0600,
	.op = UMD_OP_REVERSE,
	.is_valid = reverse_is_valid,
};

UMD_MANAGER(reverse_file, "reverse_loader_kmod", "Reverse user mode driver: Manager");
