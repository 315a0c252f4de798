// SPDX-License-Identifier: GPL-2.0-only
/*
 * The reverse driver's Manager. A text that is written to
 * /sys/kernel/security/umd_reverse is read there in reverse order.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "reverse_mgr.h"
#include "umd_reverse_abi.h"

static struct umd_mgmt_files *reverse_files;

struct umd_mgmt reverse_mgmt = {
	.driver_name = "reverse_umh",
	.kmod = "reverse_loader_kmod",
	.max_request = UMD_REVERSE_MAX,
	.max_reply = UMD_REVERSE_MAX,
	.idempotent = true,
};
EXPORT_SYMBOL_GPL(reverse_mgmt);

/* Any reply of that length will do: nothing else depends on what is in it. */
static int reverse(char *bytes, size_t len)
{
	struct umd_mgmt_call call = {
		.op = UMD_OP_REVERSE,
		.in = bytes,
		.in_len = len,
		.out_size = len,
		.out_min = len,
	};
	int err;

	call.out = kmalloc(len, GFP_KERNEL);
	if (!call.out)
		return -ENOMEM;
	err = umd_mgmt_call(&reverse_mgmt, &call) ?: call.status;
	if (!err)
		memcpy(bytes, call.out, len);
	kfree(call.out);
	return err;
}

static ssize_t reverse_write(struct file *file, const char __user *buf,
			     size_t count, loff_t *pos)
{
	char *bytes;
	int err;

	if (!count || count > UMD_REVERSE_MAX)
		return -EINVAL;
	bytes = simple_transaction_get(file, buf, count);
	if (IS_ERR(bytes))
		return PTR_ERR(bytes);
	err = reverse(bytes, count);
	if (err)
		return err;
	simple_transaction_set(file, count);
	return count;
}

static const struct file_operations reverse_fops = {
	.owner = THIS_MODULE,
	.write = reverse_write,
	.read = simple_transaction_read,
	.release = simple_transaction_release,
	.llseek = default_llseek,
};

static const struct umd_mgmt_file reverse_file = {
	.name = "umd_reverse",
	.mode = 0600,
	.fops = &reverse_fops,
};

static int __init reverse_mgr_init(void)
{
	int err;

	err = umd_mgmt_register(&reverse_mgmt);
	if (err)
		return err;
	reverse_files = umd_mgmt_files_create(NULL, &reverse_file, 1);
	if (IS_ERR(reverse_files)) {
		err = PTR_ERR(reverse_files);
		goto err_unregister;
	}
	return 0;

err_unregister:
	umd_mgmt_unregister(&reverse_mgmt);
	return err;
}

static void __exit reverse_mgr_exit(void)
{
	umd_mgmt_files_remove(reverse_files);
	umd_mgmt_unregister(&reverse_mgmt);
}

module_init(reverse_mgr_init);
module_exit(reverse_mgr_exit);

MODULE_DESCRIPTION("Reverse user mode driver: Manager");
MODULE_LICENSE("GPL");
UMD_MGMT_IMPORT_NS();
UMD_MGMT_LOADER("reverse_loader_kmod");
