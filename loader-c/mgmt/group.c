// SPDX-License-Identifier: GPL-2.0-only
/*
 * The control group of a driver's Handlers, to which their memory and time are
 * charged. Modules cannot attach a process to a group by its name, but can write to
 * the group's file, as an administrator does.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/file.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>

#include "process.h"

static char *umd_group;
module_param_named(cgroup, umd_group, charp, 0444);
MODULE_PARM_DESC(cgroup,
		 "Path of a control group of version 2, such as /sys/fs/cgroup/umd; the Handlers of driver NAME enter its group NAME (default: none)");

static int umd_group_write(const char *path)
{
	struct file *file;
	loff_t pos = 0;
	ssize_t ret;

	file = filp_open(path, O_WRONLY, 0);
	if (IS_ERR(file))
		return PTR_ERR(file);
	/* The current process, whatever its id is for who reads the file. */
	if (file_inode(file)->i_sb->s_magic == CGROUP2_SUPER_MAGIC)
		ret = kernel_write(file, "0", 1, &pos);
	else
		ret = -EINVAL;
	fput(file);
	return ret < 0 ? ret : 0;
}

/**
 * umd_group_enter - have the current process enter its driver's control group
 * @name: name of the driver
 *
 * Context: the new process, before exec, with the root directory and the
 * credentials of a kernel thread; sleeps.
 * Return: 0, also when the administrator has named no group; or a negative errno,
 * after which the process must not run.
 */
int umd_group_enter(const char *name)
{
	char *path;
	int err;

	might_sleep();
	if (!umd_group || !*umd_group)
		return 0;
	path = kasprintf(GFP_KERNEL, "%s/%s/cgroup.procs", umd_group, name);
	if (!path)
		return -ENOMEM;
	err = umd_group_write(path);
	if (err)
		pr_err_ratelimited("%s: cannot enter its control group by %s: error %d\n",
				   name, path, err);
	kfree(path);
	return err;
}
