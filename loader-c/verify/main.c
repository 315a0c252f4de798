// SPDX-License-Identifier: GPL-2.0-only
/*
 * The Manager of the driver of signatures: asymmetric keys of algorithms that the
 * kernel lacks, for other modules.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/module.h>

#include "umd_version.h"
#include "verify.h"

#define VERIFY_MGMT(umh, loader) {					\
	.driver_name = umh,						\
	.kmod = loader,							\
	.max_request = UMD_VERIFY_MAX_REQUEST,				\
	.max_reply = UMD_VERIFY_MAX_REPLY,				\
	/* What a request does to a Handler must not matter to the next. */ \
	.isolation = UMD_PER_REQUEST,					\
	/* No request changes anything. */				\
	.idempotent = true,						\
	/* For spare Handlers. */					\
	.idle_ms = 60000,						\
}

struct umd_mgmt verify_mgmt = VERIFY_MGMT("verify_umh", "verify_loader_kmod");
EXPORT_SYMBOL_GPL(verify_mgmt);
struct umd_mgmt verify_ec_mgmt =
	VERIFY_MGMT("verify_ec_umh", "verify_ec_loader_kmod");
EXPORT_SYMBOL_GPL(verify_ec_mgmt);
struct umd_mgmt verify_rsa_mgmt =
	VERIFY_MGMT("verify_rsa_umh", "verify_rsa_loader_kmod");
EXPORT_SYMBOL_GPL(verify_rsa_mgmt);

static struct umd_mgmt * const verify_mgmts[] = {
	&verify_mgmt,
	&verify_ec_mgmt,
	&verify_rsa_mgmt,
};

module_param_cb(algorithms, &verify_algorithms_ops, NULL, 0644);
MODULE_PARM_DESC(algorithms,
		 "Algorithms that are on, with commas between their names (default: all; none: no signature is verified)");

static unsigned int timeout_ms;
module_param(timeout_ms, uint, 0444);
MODULE_PARM_DESC(timeout_ms,
		 "Deadline of a verification in milliseconds (default 0: the library's, 5000)");

static unsigned int load_timeout_ms;
module_param(load_timeout_ms, uint, 0444);
MODULE_PARM_DESC(load_timeout_ms,
		 "Milliseconds that a verification waits for the Loader before its deadline begins (default 0: the library's, 5000)");

static unsigned int max_workers;
module_param(max_workers, uint, 0444);
MODULE_PARM_DESC(max_workers,
		 "Number of Handlers of a family of algorithms that may run at a time, at most 64 (default 0: the library's, 2)");

static unsigned int spare_workers = 1;
module_param(spare_workers, uint, 0444);
MODULE_PARM_DESC(spare_workers,
		 "Number of these that are ready for the next signatures, at most max_workers less 1 (default 1)");

static void verify_unregister(size_t count)
{
	while (count)
		umd_mgmt_unregister(verify_mgmts[--count]);
}

static int verify_register(struct umd_mgmt *mgmt)
{
	mgmt->timeout_ms = timeout_ms;
	mgmt->load_timeout_ms = load_timeout_ms;
	mgmt->max_workers = max_workers;
	mgmt->spare_workers =
		min(spare_workers, (max_workers ?: UMD_MGMT_WORKERS) - 1);
	return umd_mgmt_register(mgmt);
}

static int __init verify_mgr_init(void)
{
	size_t i;
	int err;

	for (i = 0; i < ARRAY_SIZE(verify_mgmts); i++) {
		err = verify_register(verify_mgmts[i]);
		if (err)
			goto err_unregister;
	}
	pr_info("loaded, version %s: signatures are verified in user mode\n",
		UMD_VERSION);
	return 0;

err_unregister:
	verify_unregister(i);
	return err;
}

/* Each key has a reference of this module. */
static void __exit verify_mgr_exit(void)
{
	verify_unregister(ARRAY_SIZE(verify_mgmts));
	pr_info("unloaded\n");
}

module_init(verify_mgr_init);
module_exit(verify_mgr_exit);

MODULE_DESCRIPTION("Signatures user mode driver: Manager");
MODULE_AUTHOR(UMD_AUTHOR);
MODULE_VERSION(UMD_VERSION);
MODULE_LICENSE("GPL");
UMD_MGMT_IMPORT_NS();
UMD_MGMT_LOADER("verify_loader_kmod");
UMD_MGMT_LOADER("verify_ec_loader_kmod");
UMD_MGMT_LOADER("verify_rsa_loader_kmod");
