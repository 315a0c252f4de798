// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files in securityfs and debugfs, the library's own and those of UMD Managers.
 *
 * A module makes its files while it is loaded, which is in the context of
 * modprobe. A security module may not let modprobe search these file systems: so
 * a kernel thread makes the files.
 *
 * A module that is about to go cannot be pinned any more, and the kernel warns
 * of an open() that tries to. The files of securityfs have the operations of this
 * library, which outlives its users; each open() then finds the file's owner by
 * number, pins the owner, or fails.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/rwsem.h>
#include <linux/security.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "admin.h"
#include "compat.h"

/**
 * struct umd_file - a file of securityfs
 * @wanted: what its owner says of it
 * @dentry: the file
 * @number: its key in umd_files
 */
struct umd_file {
	struct umd_mgmt_file wanted;
	struct dentry *dentry;
	u32 number;
};

/**
 * struct umd_mgmt_files - files that are made and removed together
 * @folder: their folder, or NULL
 * @count: how many files there are, in the order in which they were made
 * @files: the files
 */
struct umd_mgmt_files {
	struct dentry *folder;
	unsigned int count;
	struct umd_file files[];
};

/* All files that may be opened. A number is not used again for long. */
static DEFINE_XARRAY_ALLOC(umd_files);
static u32 umd_files_next;
/* Held for reading by each open(), so that its owner stays until its end. */
static DECLARE_RWSEM(umd_files_lock);

/**
 * struct umd_kernel_work - a function that a kernel thread runs
 * @work: the work
 * @run: the function
 * @data: its argument
 * @ret: its result
 */
struct umd_kernel_work {
	struct work_struct work;
	int (*run)(void *data);
	void *data;
	int ret;
};

static void umd_kernel_work_run(struct work_struct *work)
{
	struct umd_kernel_work *run = container_of(work, struct umd_kernel_work,
						   work);

	run->ret = run->run(run->data);
}

/**
 * umd_run_in_kernel - run a function with the kernel's own credentials
 * @run: the function, which must not wait for the caller
 * @data: its argument
 *
 * Context: process context, sleeps.
 * Return: what the function returns.
 */
int umd_run_in_kernel(int (*run)(void *data), void *data)
{
	struct umd_kernel_work work = { .run = run, .data = data };

	might_sleep();
	INIT_WORK_ONSTACK(&work.work, umd_kernel_work_run);
	queue_work(umd_wq, &work.work);
	flush_work(&work.work);
	destroy_work_on_stack(&work.work);
	return work.ret;
}

/* The owner's open() gets @data of its struct umd_mgmt_file as private_data. */
static int umd_file_open(struct inode *inode, struct file *file)
{
	unsigned long number = (unsigned long)inode->i_private;
	const struct file_operations *fops = NULL;
	const struct umd_file *found;
	int err = 0;

	down_read(&umd_files_lock);
	found = xa_load(&umd_files, number);
	if (found)
		fops = fops_get(found->wanted.fops);
	if (fops) {
		replace_fops(file, fops);
		file->private_data = found->wanted.data;
		if (fops->open)
			err = fops->open(inode, file);
	}
	up_read(&umd_files_lock);
	return fops ? err : -ENODEV;
}

static const struct file_operations umd_file_fops = {
	.owner = THIS_MODULE,
	.open = umd_file_open,
};

/**
 * struct umd_files_plan - the files that a kernel thread is to make
 * @files: gets what was made so far
 * @parent: folder for all, or NULL: the root of securityfs
 * @folder: name of a folder for the files, or NULL
 * @wanted: the files
 * @count: how many there are
 */
struct umd_files_plan {
	struct umd_mgmt_files *files;
	struct dentry *parent;
	const char *folder;
	const struct umd_mgmt_file *wanted;
	unsigned int count;
};

static int umd_file_make(struct umd_file *file, struct dentry *folder)
{
	int err;

	err = xa_alloc_cyclic(&umd_files, &file->number, file, xa_limit_31b,
			      &umd_files_next, GFP_KERNEL);
	if (err < 0)
		return err;
	file->dentry = securityfs_create_file(file->wanted.name, file->wanted.mode,
					      folder,
					      (void *)(unsigned long)file->number,
					      &umd_file_fops);
	if (!IS_ERR(file->dentry))
		return 0;
	xa_erase(&umd_files, file->number);
	return PTR_ERR(file->dentry);
}

static int umd_files_make(void *data)
{
	const struct umd_files_plan *plan = data;
	struct umd_mgmt_files *files = plan->files;
	struct dentry *folder = plan->parent;
	int err;

	if (plan->folder) {
		folder = securityfs_create_dir(plan->folder, plan->parent);
		if (IS_ERR(folder))
			return PTR_ERR(folder);
		files->folder = folder;
	}
	while (files->count < plan->count) {
		struct umd_file *file = &files->files[files->count];

		file->wanted = plan->wanted[files->count];
		err = umd_file_make(file, folder);
		if (err)
			return err;
		files->count++;
	}
	return 0;
}

/**
 * umd_files_create - make files in securityfs
 * @parent: folder for all, or NULL: the root of securityfs
 * @folder: name of a folder for the files, or NULL
 * @wanted: the files
 * @count: how many there are
 *
 * Context: process context, sleeps.
 * Return: the files, to be removed by umd_mgmt_files_remove(), or an ERR_PTR(), of
 * which the log has a line.
 */
struct umd_mgmt_files *umd_files_create(struct dentry *parent,
					const char *folder,
					const struct umd_mgmt_file *wanted,
					unsigned int count)
{
	struct umd_files_plan plan = {
		.parent = parent,
		.folder = folder,
		.wanted = wanted,
		.count = count,
	};
	int err;

	might_sleep();
	plan.files = kzalloc(struct_size(plan.files, files, count),
			     GFP_KERNEL);
	if (!plan.files)
		return ERR_PTR(-ENOMEM);
	err = umd_run_in_kernel(umd_files_make, &plan);
	if (!err)
		return plan.files;
	pr_err("cannot make %s in securityfs: error %d\n",
	       folder ?: wanted->name, err);
	umd_mgmt_files_remove(plan.files);
	return ERR_PTR(err);
}

/**
 * umd_files_folder - the folder of files
 * @files: files with a folder
 *
 * Return: the folder.
 */
struct dentry *umd_files_folder(const struct umd_mgmt_files *files)
{
	return files->folder;
}

/**
 * umd_mgmt_files_create - make a UMD Manager's files in securityfs
 * @folder: name of a folder for the files, or NULL: they are in securityfs's root
 * @files: the files, of which the library keeps a copy
 * @count: how many there are
 *
 * The function @open of a file's operations finds @data of its struct
 * umd_mgmt_file in the file's private_data, and must not wait for a request:
 * umd_mgmt_files_remove() waits for each such function.
 *
 * Context: process context, sleeps.
 * Return: the files, to be removed by umd_mgmt_files_remove(); or an ERR_PTR():
 * -EEXIST when there is one of this name, -ENOMEM, or another negative errno.
 * The log has a line about the error.
 */
struct umd_mgmt_files *umd_mgmt_files_create(const char *folder,
					     const struct umd_mgmt_file *files,
					     unsigned int count)
{
	might_sleep();
	return umd_files_create(NULL, folder, files, count);
}
EXPORT_SYMBOL_NS_GPL(umd_mgmt_files_create, UMD_MGMT_NS);

/*
 * Removes a file or folder, to which programs may have paths (a program that is just
 * opening it, or has it as O_PATH, as working directory or as a mount). Some kernels
 * leave the name until no path is left, and a folder with such a name in it for ever: a
 * file of that name could not be made again.
 */
static void umd_dentry_remove(struct dentry *dentry)
{
	if (!dentry)
		return;
	dget(dentry);
	/* A path can be opened after this module, too, is gone. */
	if (d_is_reg(dentry))
		make_bad_inode(d_inode(dentry));
	securityfs_remove(dentry);
	d_invalidate(dentry);
	dput(dentry);
}

/**
 * umd_mgmt_files_remove - remove files of securityfs
 * @files: files of umd_mgmt_files_create()
 *
 * Nobody opens any of the files after this: a program that has a path to one gets
 * -EIO or -ENODEV. An opened one stays as it is, and pins the module that has its
 * operations. A Manager removes its files first: while
 * somebody uses a file, the Manager cannot be removed at all.
 *
 * Context: process context, sleeps; waits for functions @open of files.
 */
void umd_mgmt_files_remove(struct umd_mgmt_files *files)
{
	unsigned int i;

	might_sleep();
	down_write(&umd_files_lock);
	for (i = 0; i < files->count; i++)
		xa_erase(&umd_files, files->files[i].number);
	up_write(&umd_files_lock);
	for (i = files->count; i > 0; i--)
		umd_dentry_remove(files->files[i - 1].dentry);
	umd_dentry_remove(files->folder);
	kfree(files);
}
EXPORT_SYMBOL_NS_GPL(umd_mgmt_files_remove, UMD_MGMT_NS);
