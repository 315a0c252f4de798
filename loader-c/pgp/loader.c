// SPDX-License-Identifier: GPL-2.0-only
/* The OpenPGP driver's Loader: carries the Handler's binary. */
#include <linux/init.h>
#include <linux/module.h>

#include "blob.h"
#include "mgr.h"

static int __init pgp_loader_init(void)
{
	return umd_mgmt_load(&pgp_mgmt, pgp_umh_start, pgp_umh_end);
}

static void __exit pgp_loader_exit(void)
{
	umd_mgmt_unload(&pgp_mgmt);
}

module_init(pgp_loader_init);
module_exit(pgp_loader_exit);

MODULE_DESCRIPTION("OpenPGP user mode driver: Loader");
MODULE_LICENSE("GPL");
UMD_MGMT_IMPORT_NS();
