/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The whole of a UMD Manager whose driver is asked by a file of securityfs: a module
 * describes driver and file, and states UMD_MANAGER() once.
 */
#ifndef _UMD_MANAGER_H
#define _UMD_MANAGER_H

#include <linux/err.h>
#include <linux/init.h>
#include <linux/module.h>

#include "usermode_driver_mgmt.h"

/* UMD_MANAGER() defines this; a module without it is not compiled. */
static const struct umd_mgmt_request_file *umd_manager_file(void);

static struct umd_mgmt_files *umd_manager_files;

UMD_MGMT_REQUEST_FOPS(umd_manager_fops);

/**
 * UMD_MANAGER_EXPORT() - begin the definition of a driver that its Loader can use
 * @mgmt: name of the struct umd_mgmt
 */
#define UMD_MANAGER_EXPORT(mgmt)					\
	extern struct umd_mgmt mgmt;					\
	EXPORT_SYMBOL_GPL(mgmt);					\
	struct umd_mgmt mgmt

/**
 * UMD_MANAGER() - make the module a UMD Manager
 * @file: its struct umd_mgmt_request_file
 * @loader: name of the UMD Loader, a string: @kmod of the driver
 * @description: that of the module, a string
 *
 * A module that does more when it is loaded has an init function of its own instead.
 */
#define UMD_MANAGER(file, loader, description)				\
	static const struct umd_mgmt_request_file *umd_manager_file(void) \
	{								\
		return &(file);						\
	}								\
	UMD_MGMT_LOADER(loader);					\
	MODULE_DESCRIPTION(description)

static int __init umd_manager_init(void)
{
	const struct umd_mgmt_request_file *file = umd_manager_file();
	int err;

	err = umd_mgmt_register(file->mgmt);
	if (err)
		return err;
	umd_manager_files = umd_mgmt_request_file_create(file,
							 &umd_manager_fops);
	if (!IS_ERR(umd_manager_files))
		return 0;
	umd_mgmt_unregister(file->mgmt);
	return PTR_ERR(umd_manager_files);
}

static void __exit umd_manager_exit(void)
{
	umd_mgmt_files_remove(umd_manager_files);
	umd_mgmt_unregister(umd_manager_file()->mgmt);
}

module_init(umd_manager_init);
module_exit(umd_manager_exit);

MODULE_LICENSE("GPL");
UMD_MGMT_IMPORT_NS();

#endif /* _UMD_MANAGER_H */
