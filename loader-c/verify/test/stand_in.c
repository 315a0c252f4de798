// SPDX-License-Identifier: GPL-2.0-only
/* A Loader of the driver of signatures, for the Handler that the parameter names. */
#include <linux/kernel_read_file.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "../mgr.h"

static char *handler = "/umd/verify_umh_crash";
module_param(handler, charp, 0444);
MODULE_PARM_DESC(handler, "Path of the Handler's ELF file");

static char *driver = "verify_umh";
module_param(driver, charp, 0444);
MODULE_PARM_DESC(driver, "Name of the driver whose Handler it stands in for");

static struct umd_mgmt *mgmt;

static struct umd_mgmt *find_mgmt(void)
{
	if (!strcmp(driver, verify_ec_mgmt.driver_name))
		return &verify_ec_mgmt;
	if (!strcmp(driver, verify_rsa_mgmt.driver_name))
		return &verify_rsa_mgmt;
	return &verify_mgmt;
}

static int __init verify_stand_in_init(void)
{
	void *data = NULL;
	ssize_t size;
	int err;

	mgmt = find_mgmt();
	size = kernel_read_file_from_path(handler, 0, &data, INT_MAX, NULL,
					  READING_FIRMWARE);
	if (size < 0)
		return size;
	err = umd_mgmt_load(mgmt, data, data + size);
	vfree(data);
	return err;
}

static void __exit verify_stand_in_exit(void)
{
	umd_mgmt_unload(mgmt);
}

module_init(verify_stand_in_init);
module_exit(verify_stand_in_exit);

MODULE_DESCRIPTION("Signatures user mode driver: Loader for tests");
MODULE_LICENSE("GPL");
UMD_MGMT_IMPORT_NS();
