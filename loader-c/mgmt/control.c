// SPDX-License-Identifier: GPL-2.0-only
/*
 * The administrator's files: securityfs, because a kernel that is locked down
 * lets nobody write to debugfs.
 */
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/uaccess.h>

#include "admin.h"

static struct umd_mgmt_files *umd_control_root;

static int umd_control_open(struct inode *inode, struct file *file)
{
	struct umd_driver *driver = file->private_data;

	kref_get(&driver->ref);
	return 0;
}

static int umd_control_release(struct inode *inode, struct file *file)
{
	struct umd_driver *driver = file->private_data;

	kref_put(&driver->ref, umd_driver_free);
	return 0;
}

static ssize_t umd_stopped_read(struct file *file, char __user *buf,
				size_t count, loff_t *pos)
{
	struct umd_driver *driver = file->private_data;
	const char *text = READ_ONCE(driver->stopped) ? "1\n" : "0\n";

	return simple_read_from_buffer(buf, count, pos, text, 2);
}

static ssize_t umd_stopped_write(struct file *file, const char __user *buf,
				 size_t count, loff_t *pos)
{
	struct umd_driver *driver = file->private_data;
	bool stop;
	int err;

	err = kstrtobool_from_user(buf, count, &stop);
	if (err)
		return err;
	umd_driver_lock(driver);
	umd_driver_stop(driver, stop);
	umd_driver_unlock(driver);
	return count;
}

static const struct file_operations umd_stopped_fops = {
	.owner = THIS_MODULE,
	.open = umd_control_open,
	.read = umd_stopped_read,
	.write = umd_stopped_write,
	.release = umd_control_release,
};

static ssize_t umd_abort_write(struct file *file, const char __user *buf,
			       size_t count, loff_t *pos)
{
	struct umd_driver *driver = file->private_data;
	bool abort;
	int err;

	err = kstrtobool_from_user(buf, count, &abort);
	if (err)
		return err;
	if (!abort)
		return -EINVAL;
	umd_driver_lock(driver);
	umd_driver_abort(driver);
	umd_driver_unlock(driver);
	return count;
}

static const struct file_operations umd_abort_fops = {
	.owner = THIS_MODULE,
	.open = umd_control_open,
	.write = umd_abort_write,
	.release = umd_control_release,
};

/**
 * umd_control_add - give a driver its files in securityfs
 * @driver: the driver
 *
 * Context: process context, sleeps.
 * Return: 0; -EEXIST when there is a driver of this name; or another negative
 * errno.
 */
int umd_control_add(struct umd_driver *driver)
{
	const struct umd_mgmt_file files[] = {
		{ "stopped", 0600, &umd_stopped_fops, driver },
		{ "abort", 0200, &umd_abort_fops, driver },
	};

	might_sleep();
	driver->control = umd_files_create(umd_files_folder(umd_control_root),
					   driver->name, files,
					   ARRAY_SIZE(files));
	return PTR_ERR_OR_ZERO(driver->control);
}

/**
 * umd_control_remove - take a driver's files away
 * @driver: the driver; a file that is open keeps a reference to it
 *
 * Context: process context, sleeps.
 */
void umd_control_remove(struct umd_driver *driver)
{
	might_sleep();
	umd_mgmt_files_remove(driver->control);
}

int __init umd_control_init(void)
{
	umd_control_root = umd_files_create(NULL, "umd", NULL, 0);
	return PTR_ERR_OR_ZERO(umd_control_root);
}

void umd_control_exit(void)
{
	umd_mgmt_files_remove(umd_control_root);
}
