// SPDX-License-Identifier: GPL-2.0-only
/* A Loader of the OpenPGP driver, for the Handler that the parameter names. */
#include <linux/kernel_read_file.h>
#include <linux/module.h>
#include <linux/vmalloc.h>

#include "../mgr.h"

static char *handler = "/umd/pgp_umh_crash";
module_param(handler, charp, 0444);
MODULE_PARM_DESC(handler, "Path of the Handler's ELF file");

static int __init pgp_stand_in_init(void)
{
	void *data = NULL;
	ssize_t size;
	int err;

	size = kernel_read_file_from_path(handler, 0, &data, INT_MAX, NULL,
					  READING_FIRMWARE);
	if (size < 0)
		return size;
	err = umd_mgmt_load(&pgp_mgmt, data, data + size);
	vfree(data);
	return err;
}

static void __exit pgp_stand_in_exit(void)
{
	umd_mgmt_unload(&pgp_mgmt);
}

module_init(pgp_stand_in_init);
module_exit(pgp_stand_in_exit);

MODULE_DESCRIPTION("OpenPGP user mode driver: Loader for tests");
MODULE_LICENSE("GPL");
UMD_MGMT_IMPORT_NS();
