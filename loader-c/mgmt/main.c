// SPDX-License-Identifier: GPL-2.0-only
/* umd_mgmt.ko: user mode drivers for stock kernels. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>

#include "admin.h"
#include "inject.h"
#include "umd_version.h"

static int __init umd_set_up(void)
{
	int err;

	/* The kernel would run its own helper instead of our Handlers. */
	if (IS_ENABLED(CONFIG_STATIC_USERMODEHELPER)) {
		pr_err("cannot work with CONFIG_STATIC_USERMODEHELPER\n");
		return -EOPNOTSUPP;
	}
	umd_wq = alloc_workqueue("umd_mgmt", WQ_UNBOUND, 0);
	if (!umd_wq)
		return -ENOMEM;
	umd_watch_wq = alloc_workqueue("umd_watch",
				       WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	if (!umd_watch_wq) {
		err = -ENOMEM;
		goto err_wq;
	}
	err = umd_seal_init();
	if (err)
		goto err_watch;
	err = umd_control_init();
	if (err)
		goto err_seal;
	err = umd_power_init();
	if (err)
		goto err_control;
	umd_debug_init();
	return 0;

err_control:
	umd_control_exit();
err_seal:
	umd_seal_exit();
err_watch:
	destroy_workqueue(umd_watch_wq);
err_wq:
	destroy_workqueue(umd_wq);
	return err;
}

static int __init umd_init(void)
{
	int err;

	umd_inject_begin(UMD_INJECT_INIT);
	err = umd_set_up();
	umd_inject_end(UMD_INJECT_INIT);
	if (err)
		pr_err("cannot be set up: error %d\n", err);
	else
		pr_info("loaded, version %s\n", UMD_VERSION);
	return err;
}

static void __exit umd_exit(void)
{
	umd_debug_exit();
	umd_power_exit();
	umd_control_exit();
	umd_seal_exit();
	destroy_workqueue(umd_watch_wq);
	destroy_workqueue(umd_wq);
	pr_info("unloaded\n");
}

module_init(umd_init);
module_exit(umd_exit);

MODULE_DESCRIPTION("User mode driver management library");
MODULE_AUTHOR(UMD_AUTHOR);
MODULE_VERSION(UMD_VERSION);
MODULE_LICENSE("GPL");
