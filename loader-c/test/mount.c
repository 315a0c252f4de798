// SPDX-License-Identifier: GPL-2.0-only
/* A file system that asks the driver `uma` while it is being mounted. */
#include <linux/fs.h>
#include <linux/fs_context.h>
#include <linux/module.h>

#include "umd_test.h"

/* The mount holds a lock for which a sync waits. */
static int umd_test_fill_super(struct super_block *sb, struct fs_context *fc)
{
	static const struct tree_descr no_files[] = { { "" } };
	struct umd_mgmt_call call = { .op = UMD_OP_PING };
	struct umd_test_driver *driver = umd_test_get("uma");
	int err;

	if (!driver)
		return -ENODEV;
	err = umd_mgmt_call(&driver->mgmt, &call);
	umd_test_put(driver);
	return err ?: simple_fill_super(sb, 0x756d64, no_files);
}

static int umd_test_get_tree(struct fs_context *fc)
{
	return get_tree_nodev(fc, umd_test_fill_super);
}

static const struct fs_context_operations umd_test_context = {
	.get_tree = umd_test_get_tree,
};

static int umd_test_init_context(struct fs_context *fc)
{
	fc->ops = &umd_test_context;
	return 0;
}

static struct file_system_type umd_test_fs = {
	.owner = THIS_MODULE,
	.name = "umd_test",
	.init_fs_context = umd_test_init_context,
	.kill_sb = kill_anon_super,
};

int __init umd_test_mount_init(void)
{
	return register_filesystem(&umd_test_fs);
}

void umd_test_mount_exit(void)
{
	unregister_filesystem(&umd_test_fs);
}
