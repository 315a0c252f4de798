// SPDX-License-Identifier: GPL-2.0-only
/*
 * The administrator's files: securityfs, because a kernel that is locked down
 * lets nobody write to debugfs.
 */
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/security.h>
#include <linux/uaccess.h>

#include "admin.h"

static struct dentry *umd_control_root;

/*
 * A file may be opened while its driver goes away, so it names the driver by
 * number. Returns a reference, or NULL.
 */
static struct umd_driver *umd_control_driver(const struct inode *inode)
{
	struct umd_driver *driver, *found = NULL;
	unsigned long serial = (unsigned long)inode->i_private;

	mutex_lock(&umd_drivers_lock);
	list_for_each_entry(driver, &umd_drivers, node) {
		if (driver->serial == serial) {
			kref_get(&driver->ref);
			found = driver;
			break;
		}
	}
	mutex_unlock(&umd_drivers_lock);
	return found;
}

static int umd_control_open(struct inode *inode, struct file *file)
{
	file->private_data = umd_control_driver(inode);
	return file->private_data ? 0 : -ENODEV;
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
 * @driver: the driver, its serial number known
 *
 * Context: process context, may sleep.
 * Return: 0; -EEXIST when there is a driver of this name; or another negative
 * errno.
 */
int umd_control_add(struct umd_driver *driver)
{
	void *serial = (void *)driver->serial;
	struct dentry *dentry;
	int err;

	might_sleep();
	dentry = securityfs_create_dir(driver->mgmt->driver_name,
				       umd_control_root);
	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	driver->control[0] = dentry;

	dentry = securityfs_create_file("stopped", 0600, driver->control[0],
					serial, &umd_stopped_fops);
	if (IS_ERR(dentry)) {
		err = PTR_ERR(dentry);
		goto err_dir;
	}
	driver->control[1] = dentry;

	dentry = securityfs_create_file("abort", 0200, driver->control[0],
					serial, &umd_abort_fops);
	if (IS_ERR(dentry)) {
		err = PTR_ERR(dentry);
		goto err_stopped;
	}
	driver->control[2] = dentry;
	return 0;

err_stopped:
	securityfs_remove(driver->control[1]);
err_dir:
	securityfs_remove(driver->control[0]);
	return err;
}

/**
 * umd_control_remove - take a driver's files away
 * @driver: the driver; a file that is open keeps a reference to it
 *
 * Context: process context, may sleep.
 */
void umd_control_remove(struct umd_driver *driver)
{
	might_sleep();
	securityfs_remove(driver->control[2]);
	securityfs_remove(driver->control[1]);
	securityfs_remove(driver->control[0]);
}

int __init umd_control_init(void)
{
	umd_control_root = securityfs_create_dir("umd", NULL);
	return PTR_ERR_OR_ZERO(umd_control_root);
}

void umd_control_exit(void)
{
	securityfs_remove(umd_control_root);
}
