// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>

#include "reverse_mgr.h"

struct umd_mgmt reverse_mgmt = {
	.driver_name = "reverse_umh",
	.kmod = "reverse_loader_kmod",
	.max_request = 4096,
	.max_reply = 4096,
	.max_workers = 2,
	.idle_ms = 10000,
};
EXPORT_SYMBOL_GPL(reverse_mgmt);

int reverse(const void *in, size_t len, void *out)
{
	struct umd_mgmt_call call = {
		.op = UMD_OP_DRIVER,
		.timeout_ms = 100,
		.in = in, .in_len = len,
		.out = out, .out_size = len, .out_min = len,
	};
	int err = umd_mgmt_call(&reverse_mgmt, &call);

	return err ?: call.status;
}
EXPORT_SYMBOL_GPL(reverse);

static int __init reverse_init(void)
{
	return umd_mgmt_register(&reverse_mgmt);
}

static void __exit reverse_exit(void)
{
	umd_mgmt_unregister(&reverse_mgmt);
}

module_init(reverse_init);
module_exit(reverse_exit);
MODULE_DESCRIPTION("Reverse user mode driver: Manager");
MODULE_LICENSE("GPL");
UMD_MGMT_IMPORT_NS();
UMD_MGMT_LOADER("reverse_loader_kmod");
