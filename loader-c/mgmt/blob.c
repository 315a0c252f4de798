// SPDX-License-Identifier: GPL-2.0-only
/* A Handler's binary, on a tmpfs that nobody else can reach. */
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/pagemap.h>
#include <linux/shmem_fs.h>
#include <linux/slab.h>

#include "inject.h"
#include "process.h"

#ifndef CONFIG_SHMEM
#error "needs CONFIG_SHMEM: without it tmpfs has no seals"
#endif

struct umd_blob {
	struct vfsmount *mnt;
	const char *name;
	const void *data;
	size_t size;
	int error;
	struct work_struct work;
};

/**
 * umd_tmpfs_mount - mount a tmpfs that is in no namespace
 *
 * Context: process context, sleeps.
 * Return: the mount, to be ended with kern_unmount(), or an ERR_PTR().
 */
struct vfsmount *umd_tmpfs_mount(void)
{
	struct file_system_type *type = get_fs_type("tmpfs");
	struct vfsmount *mnt;

	might_sleep();
	if (!type)
		return ERR_PTR(-ENODEV);
	mnt = kern_mount(type);
	/* As put_filesystem() would do, were it exported. */
	module_put(type->owner);
	return mnt;
}

/**
 * umd_tmpfs_protect - nothing can be changed any more below a mount
 * @mnt: a mount of umd_tmpfs_mount() that no process uses yet
 */
void umd_tmpfs_protect(struct vfsmount *mnt)
{
	d_inode(mnt->mnt_root)->i_mode = S_IFDIR | 0555;
	mnt->mnt_flags |= MNT_READONLY | MNT_NOSUID | MNT_NODEV;
}

static int umd_blob_write(struct umd_blob *blob, struct file *file)
{
	loff_t pos = 0;

	while (pos < blob->size) {
		ssize_t n = kernel_write(file, blob->data + pos,
					 blob->size - pos, &pos);

		if (n < 0)
			return n;
		if (!n)
			return -EIO;
	}
	return 0;
}

/*
 * The file that was written to is closed here, at once, or exec would find it
 * busy. Only a kernel thread may do that; so this is work.
 */
static void umd_blob_fill(struct umd_blob *blob)
{
	struct inode *inode;
	struct file *file;

	file = file_open_root_mnt(blob->mnt, blob->name,
				  O_WRONLY | O_CREAT | O_EXCL, 0500);
	if (IS_ERR(file)) {
		blob->error = PTR_ERR(file);
		return;
	}
	blob->error = umd_blob_write(blob, file);
	inode = file_inode(file);
	inode->i_mode = S_IFREG | 0555;
	SHMEM_I(inode)->seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW |
				F_SEAL_WRITE;
	mapping_set_unevictable(inode->i_mapping);
	__fput_sync(file);
	umd_tmpfs_protect(blob->mnt);
}

static void umd_blob_work(struct work_struct *work)
{
	umd_inject_begin(UMD_INJECT_BLOB);
	umd_blob_fill(container_of(work, struct umd_blob, work));
	umd_inject_end(UMD_INJECT_BLOB);
}

/**
 * umd_blob_create - copy a binary to a place from where it can be executed
 * @name: its file name, that of the process
 * @data: the binary; not needed any more on return
 * @size: its size in bytes
 *
 * Context: process context, sleeps.
 * Return: the blob, to be freed with umd_blob_destroy(), or an ERR_PTR().
 */
struct umd_blob *umd_blob_create(const char *name, const void *data,
				 size_t size)
{
	struct umd_blob *blob;
	int err;

	might_sleep();
	blob = kzalloc(sizeof(*blob), GFP_KERNEL);
	if (!blob)
		return ERR_PTR(-ENOMEM);
	blob->name = name;
	blob->data = data;
	blob->size = size;
	blob->mnt = umd_tmpfs_mount();
	if (IS_ERR(blob->mnt)) {
		err = PTR_ERR(blob->mnt);
		goto err_free;
	}
	INIT_WORK(&blob->work, umd_blob_work);
	queue_work(umd_wq, &blob->work);
	flush_work(&blob->work);
	err = blob->error;
	if (err)
		goto err_unmount;
	return blob;

err_unmount:
	kern_unmount(blob->mnt);
err_free:
	kfree(blob);
	return ERR_PTR(err);
}

/**
 * umd_blob_destroy - free a binary
 * @blob: the blob; processes that still run it keep its memory until they end
 *
 * Context: process context, sleeps.
 */
void umd_blob_destroy(struct umd_blob *blob)
{
	might_sleep();
	kern_unmount(blob->mnt);
	kfree(blob);
}

/**
 * umd_blob_root - the folder in which the binary is
 * @blob: the blob
 *
 * Return: its path, without a reference of its own.
 */
struct path umd_blob_root(const struct umd_blob *blob)
{
	return (struct path) {
		.mnt = blob->mnt,
		.dentry = blob->mnt->mnt_root,
	};
}
