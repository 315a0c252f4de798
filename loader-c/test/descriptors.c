// SPDX-License-Identifier: GPL-2.0-only
/* Descriptors in the table that all kernel threads share, by a kernel thread. */
#include <linux/anon_inodes.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/workqueue.h>

#include "umd_test.h"

/**
 * struct umd_test_files - what a kernel thread shall do
 * @work: is run by one
 * @fd: the descriptor
 * @open: to open or to close it
 * @error: how that went
 */
struct umd_test_files {
	struct work_struct work;
	int fd;
	bool open;
	int error;
};

static const struct file_operations umd_test_fops = {
	.owner = THIS_MODULE,
};

/* Takes this number; the lower ones, if they are free, only on the way. */
static int umd_test_take(int wanted)
{
	int fd = get_unused_fd_flags(0), err;

	if (fd < 0 || fd == wanted)
		return fd;
	err = fd < wanted ? umd_test_take(wanted) : -EBUSY;
	put_unused_fd(fd);
	return err;
}

static int umd_test_open_here(int wanted)
{
	struct file *file;
	int fd;

	if (wanted < 0 || wanted > 15)
		return -EINVAL;
	file = anon_inode_getfile("[umd_test]", &umd_test_fops, NULL, O_RDWR);
	if (IS_ERR(file))
		return PTR_ERR(file);
	fd = umd_test_take(wanted);
	if (fd < 0) {
		fput(file);
		return fd;
	}
	fd_install(fd, file);
	return 0;
}

static void umd_test_files_work(struct work_struct *work)
{
	struct umd_test_files *files = container_of(work, struct umd_test_files,
						    work);

	files->error = files->open ? umd_test_open_here(files->fd) :
				     close_fd(files->fd);
}

static int umd_test_have_done(int fd, bool open)
{
	struct umd_test_files files = { .fd = fd, .open = open };

	INIT_WORK_ONSTACK(&files.work, umd_test_files_work);
	schedule_work(&files.work);
	flush_work(&files.work);
	destroy_work_on_stack(&files.work);
	return files.error;
}

/**
 * umd_test_open - open a descriptor in the table of the kernel threads
 * @driver: not used
 * @args: the arguments; count: the descriptor
 * @out: not used
 *
 * Return: 0 or a negative errno.
 */
int umd_test_open(struct umd_test_driver *driver,
		  const struct umd_test_args *args, struct seq_buf *out)
{
	return umd_test_have_done(args->count, true);
}

/**
 * umd_test_close - close a descriptor in the table of the kernel threads
 * @driver: not used
 * @args: the arguments; count: the descriptor
 * @out: not used
 *
 * Return: 0 or a negative errno.
 */
int umd_test_close(struct umd_test_driver *driver,
		   const struct umd_test_args *args, struct seq_buf *out)
{
	return umd_test_have_done(args->count, false);
}
