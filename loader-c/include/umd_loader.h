/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The whole of a UMD Loader: a module's only file includes this, and states
 * UMD_LOADER() once.
 */
#ifndef _UMD_LOADER_H
#define _UMD_LOADER_H

#include <linux/init.h>
#include <linux/module.h>
#include <linux/stringify.h>

#include "usermode_driver_mgmt.h"

#ifndef UMD_LOADER_HANDLER
#error "the module's Kbuild sets umd-handler and includes loader.mk"
#endif

/* The Handler's ELF file; gone after init, the library has copied it by then. */
extern const char umd_loader_start[];
extern const char umd_loader_end[];

/* Set by UMD_LOADER(). */
static struct umd_mgmt *umd_loader_mgmt;

/**
 * UMD_LOADER() - make the module a UMD Loader
 * @mgmt: the struct umd_mgmt of the Manager, which exports it
 * @description: that of the module, a string
 *
 * The Handler is the ELF file that the module's Kbuild names by umd-handler.
 */
#define UMD_LOADER(mgmt, description)					\
	asm(".pushsection .init.rodata, \"a\"\n"			\
	    ".globl umd_loader_start\n"					\
	    "umd_loader_start:\n"					\
	    ".incbin \"" __stringify(UMD_LOADER_HANDLER) "\"\n"		\
	    ".globl umd_loader_end\n"					\
	    "umd_loader_end:\n"						\
	    ".popsection\n");						\
	extern struct umd_mgmt mgmt;					\
	static struct umd_mgmt *umd_loader_mgmt = &mgmt;		\
	MODULE_DESCRIPTION(description)

static int __init umd_loader_init(void)
{
	return umd_mgmt_load(umd_loader_mgmt, umd_loader_start, umd_loader_end);
}

static void __exit umd_loader_exit(void)
{
	umd_mgmt_unload(umd_loader_mgmt);
}

module_init(umd_loader_init);
module_exit(umd_loader_exit);

MODULE_LICENSE("GPL");
UMD_MGMT_IMPORT_NS();

#endif /* _UMD_LOADER_H */
