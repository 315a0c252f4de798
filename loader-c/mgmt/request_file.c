// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files of securityfs by which programs ask a driver: a write is a request, and the
 * reads of the same open file give the reply.
 *
 * A reply is as hostile as the Handler. The Manager looks at each before anybody
 * else does.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "admin.h"
#include "compat.h"

/**
 * struct umd_open_file - an open file
 * @about: what its Manager says of it
 * @is_readable: somebody may read a reply here
 * @lock: held by the task that writes or reads; nobody waits for it, since a task
 *	that did could not be frozen
 * @reply: the reply to the last request, or NULL: there is none
 * @len: its length in bytes
 * @read: how many of these were read
 */
struct umd_open_file {
	const struct umd_mgmt_request_file *about;
	bool is_readable;
	struct mutex lock;	/* as above */
	void *reply;
	size_t len;
	size_t read;
};

static bool umd_request_file_is_valid(const struct umd_mgmt_request_file *about)
{
	return about->is_valid && about->op >= UMD_OP_DRIVER &&
	       about->mgmt->driver && about->min_reply <= about->mgmt->max_reply;
}

/**
 * umd_mgmt_request_open - open() of a file of requests
 * @inode: its inode
 * @file: the file, whose private_data is a struct umd_mgmt_request_file
 *
 * Until it is closed, or written to again, an open file keeps its last reply, of at
 * most @max_reply bytes, if somebody may read it there. The memory is charged to the
 * control group of the program.
 *
 * Context: process context, may sleep.
 * Return: 0; -EINVAL as umd_mgmt_request_file_create(); -ENOMEM.
 */
int umd_mgmt_request_open(struct inode *inode, struct file *file)
{
	const struct umd_mgmt_request_file *about = file->private_data;
	struct umd_open_file *open;

	might_sleep();
	if (!umd_request_file_is_valid(about))
		return -EINVAL;
	open = kzalloc(sizeof(*open), GFP_KERNEL_ACCOUNT);
	if (!open)
		return -ENOMEM;
	mutex_init(&open->lock);
	open->about = about;
	open->is_readable = (about->mode & 0444) && (file->f_mode & FMODE_READ);
	file->private_data = open;
	return stream_open(inode, file);
}
EXPORT_SYMBOL_NS_GPL(umd_mgmt_request_open, UMD_MGMT_NS);

static void umd_open_file_forget(struct umd_open_file *open)
{
	kvfree(open->reply);
	open->reply = NULL;
}

/**
 * umd_mgmt_request_release - release() of a file of requests
 * @inode: its inode
 * @file: the file
 *
 * Context: process context, may sleep.
 * Return: 0.
 */
int umd_mgmt_request_release(struct inode *inode, struct file *file)
{
	struct umd_open_file *open = file->private_data;

	might_sleep();
	umd_open_file_forget(open);
	mutex_destroy(&open->lock);
	kfree(open);
	return 0;
}
EXPORT_SYMBOL_NS_GPL(umd_mgmt_request_release, UMD_MGMT_NS);

/* Asks, and has the Manager look at the reply. */
static int umd_request_file_call(const struct umd_mgmt_request_file *about,
				 struct umd_mgmt_call *call)
{
	int err;

	err = umd_mgmt_call(about->mgmt, call) ?: call->status;
	if (err || about->is_valid(call))
		return err;
	pr_err_ratelimited("%s: wrong reply to operation %u of %s\n",
			   about->mgmt->driver_name, call->op, about->name);
	return -EBADMSG;
}

/* Keeps a reply, in no more memory than it needs. */
static int umd_open_file_keep(struct umd_open_file *open,
			      const struct umd_mgmt_call *call)
{
	if (!open->is_readable)
		return 0;
	open->reply = kvmalloc(max_t(size_t, call->out_len, 1),
			       GFP_KERNEL_ACCOUNT);
	if (!open->reply)
		return -ENOMEM;
	memcpy(open->reply, call->out, call->out_len);
	open->len = call->out_len;
	open->read = 0;
	return 0;
}

/* Asks with @in, and keeps the reply if somebody may read it. */
static int umd_open_file_ask(struct umd_open_file *open, const void *in,
			     size_t in_len)
{
	const struct umd_mgmt_request_file *about = open->about;
	struct umd_mgmt_call call = {
		.op = about->op,
		.in = in,
		.in_len = in_len,
		.out_size = about->mgmt->max_reply,
		.out_min = about->min_reply,
	};
	int err;

	call.out = kvmalloc(max_t(size_t, call.out_size, 1),
			    GFP_KERNEL_ACCOUNT);
	if (!call.out)
		return -ENOMEM;
	err = umd_request_file_call(about, &call) ?:
	      umd_open_file_keep(open, &call);
	kvfree(call.out);
	return err;
}

/* Has the Manager make a request of what was written, in place. */
static int umd_open_file_write(struct umd_open_file *open,
			       const char __user *buf, size_t count)
{
	const struct umd_mgmt_request_file *about = open->about;
	size_t room = max_t(size_t, count, about->mgmt->max_request);
	ssize_t len = count;
	char *bytes;

	bytes = kvmalloc(room + 1, GFP_KERNEL_ACCOUNT);
	if (!bytes)
		return -ENOMEM;
	if (copy_from_user(bytes, buf, count)) {
		len = -EFAULT;
	} else if (about->prepare) {
		bytes[count] = '\0';
		len = about->prepare(bytes, count);
	}
	if (len >= 0)
		len = umd_open_file_ask(open, bytes, len);
	kvfree(bytes);
	return len;
}

/**
 * umd_mgmt_request_write - write() of a file of requests: asks the driver
 * @file: the file
 * @buf: the request, or what @prepare of the file makes one of
 * @count: its length in bytes
 * @pos: unused
 *
 * The reply to an earlier request of this open file is forgotten first.
 *
 * Context: as umd_mgmt_call().
 * Return: @count; or a status of the Handler, which is a negative errno; or
 * * -EINVAL	- nothing was written
 * * -EMSGSIZE	- more was written than the file takes
 * * -EBUSY	- another task is writing to this open file, or reading from it
 * * -EFAULT	- the caller's memory cannot be read
 * * -ENOMEM	- no memory for request or reply
 * * -EBADMSG	- @is_valid refuses the reply; the log has a line
 * * any error of @prepare, or of umd_mgmt_call()
 */
ssize_t umd_mgmt_request_write(struct file *file, const char __user *buf,
			       size_t count, loff_t *pos)
{
	struct umd_open_file *open = file->private_data;
	const struct umd_mgmt_request_file *about = open->about;
	int err;

	might_sleep();
	if (!count)
		return -EINVAL;
	if (count > (about->max_write ?: about->mgmt->max_request))
		return -EMSGSIZE;
	if (!mutex_trylock(&open->lock))
		return -EBUSY;
	umd_open_file_forget(open);
	err = umd_open_file_write(open, buf, count);
	mutex_unlock(&open->lock);
	return err ?: count;
}
EXPORT_SYMBOL_NS_GPL(umd_mgmt_request_write, UMD_MGMT_NS);

/**
 * umd_mgmt_request_read - read() of a file of requests: the reply, piece by piece
 * @file: the file
 * @buf: where the reply goes
 * @count: room there in bytes
 * @pos: unused
 *
 * Context: process context, may sleep.
 * Return: how many bytes were read, 0 at the reply's end; or
 * * -EINVAL	- the mode of the file lets nobody read it
 * * -ENODATA	- nothing was asked, or the last request failed
 * * -EBUSY	- another task is writing to this open file, or reading from it
 * * -EFAULT	- the caller's memory cannot be written
 */
ssize_t umd_mgmt_request_read(struct file *file, char __user *buf, size_t count,
			      loff_t *pos)
{
	struct umd_open_file *open = file->private_data;
	ssize_t ret;

	might_sleep();
	if (!open->is_readable)
		return -EINVAL;
	if (!mutex_trylock(&open->lock))
		return -EBUSY;
	count = min(count, open->len - open->read);
	if (!open->reply) {
		ret = -ENODATA;
	} else if (copy_to_user(buf, open->reply + open->read, count)) {
		ret = -EFAULT;
	} else {
		open->read += count;
		ret = count;
	}
	mutex_unlock(&open->lock);
	return ret;
}
EXPORT_SYMBOL_NS_GPL(umd_mgmt_request_read, UMD_MGMT_NS);

/**
 * umd_mgmt_request_file_create - make a file by which programs ask a driver
 * @file: the file, which stays the caller's and must stay as it is until the
 *	Manager is removed
 * @fops: its operations, by UMD_MGMT_REQUEST_FOPS()
 *
 * The driver is registered first, and the file is removed first. To make the file is
 * the last step of an init function: a program may have opened it when a later step
 * fails.
 *
 * Context: process context, sleeps.
 * Return: the file, to be removed by umd_mgmt_files_remove(); or an ERR_PTR():
 * -EINVAL when the driver is not registered, when @is_valid is NULL, when @op is not
 * for callers, or when @min_reply is above @max_reply of the driver; or as
 * umd_mgmt_files_create().
 */
struct umd_mgmt_files *
umd_mgmt_request_file_create(const struct umd_mgmt_request_file *file,
			     const struct file_operations *fops)
{
	const struct umd_mgmt_file wanted = {
		.name = file->name,
		.mode = file->mode,
		.fops = fops,
		.data = (void *)file,
	};

	might_sleep();
	if (!umd_request_file_is_valid(file))
		return ERR_PTR(-EINVAL);
	return umd_mgmt_files_create(NULL, &wanted, 1);
}
EXPORT_SYMBOL_NS_GPL(umd_mgmt_request_file_create, UMD_MGMT_NS);
