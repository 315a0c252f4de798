// SPDX-License-Identifier: GPL-2.0-only
/* The sample UMD Loader: carries the Handler's binary. */
#include <linux/init.h>
#include <linux/module.h>

#include "blob.h"
#include "sample_mgr.h"

static int __init sample_loader_init(void)
{
	return umd_mgmt_load(&sample_mgmt, sample_umh_start, sample_umh_end);
}

static void __exit sample_loader_exit(void)
{
	umd_mgmt_unload(&sample_mgmt);
}

module_init(sample_loader_init);
module_exit(sample_loader_exit);

MODULE_DESCRIPTION("Sample user mode driver: Loader");
MODULE_LICENSE("GPL");
UMD_MGMT_IMPORT_NS();
