// SPDX-License-Identifier: GPL-2.0-only
/*
 * The files umd_pgp/import and umd_pgp/verify of securityfs. Each opening takes
 * one request: a line with numbers, then as many bytes as it says, in writes
 * of any size. A read then has it done and tells the result.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/security.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "pgp.h"

/* Three numbers, two spaces and a newline. */
#define MAX_LINE	40
/* A document that is not sent to the Handler may be longer. */
#define MAX_DOCUMENT	(16U << 20)
/* For as many lines as there can be keys. */
#define TEXT_SIZE	(64U << 10)

struct input;

/* What one of the files is for. */
struct purpose {
	const char *name;
	/* How many lengths the first line has, and their limits. */
	unsigned int lengths;
	u32 max[2];
	int (*work)(struct input *input);
};

struct input {
	const struct purpose *purpose;
	/* One read or write at a time. */
	struct mutex lock;
	char line[MAX_LINE + 1];
	size_t line_len;
	key_serial_t serial;
	u32 lengths[2];
	/* NULL until the whole line is there. */
	u8 *bytes;
	size_t len;
	size_t total;
	bool done;
	int err;
	struct pgp_text text;
};

static int import_work(struct input *input)
{
	key_ref_t keyring;
	int err;

	keyring = lookup_user_key(input->serial, 0, KEY_NEED_WRITE);
	if (IS_ERR(keyring))
		return PTR_ERR(keyring);
	err = pgp_import(keyring, input->bytes, input->lengths[0],
			 &input->text);
	key_ref_put(keyring);
	return err;
}

static int verify_work(struct input *input)
{
	u32 signature_len = input->lengths[0];
	key_ref_t ref;
	struct key *keyring;
	int err;

	ref = lookup_user_key(input->serial, 0, KEY_NEED_SEARCH);
	if (IS_ERR(ref))
		return PTR_ERR(ref);
	keyring = key_ref_to_ptr(ref);
	err = -ENOTDIR;
	if (keyring->type == &key_type_keyring)
		err = pgp_verify(keyring, input->bytes + signature_len,
				 input->lengths[1],
				 signature_len ? input->bytes : NULL,
				 signature_len, &input->text);
	key_ref_put(ref);
	return err;
}

static const struct purpose purposes[] = {
	{ "import", 1, { UMD_PGP_MAX_DATA }, import_work },
	{ "verify", 2, { UMD_PGP_MAX_DATA, MAX_DOCUMENT }, verify_work },
};

static int input_open(struct inode *inode, struct file *file)
{
	struct input *input;

	input = kzalloc(sizeof(*input), GFP_KERNEL_ACCOUNT);
	if (!input)
		return -ENOMEM;
	mutex_init(&input->lock);
	input->purpose = inode->i_private;
	file->private_data = input;
	return nonseekable_open(inode, file);
}

static int input_release(struct inode *inode, struct file *file)
{
	struct input *input = file->private_data;

	kvfree(input->text.buf);
	kvfree(input->bytes);
	mutex_destroy(&input->lock);
	kfree(input);
	return 0;
}

/* The first line without its end: a keyring's serial number and lengths. */
static int parse_line(struct input *input)
{
	const struct purpose *purpose = input->purpose;
	char *rest = input->line;
	unsigned int i;
	u64 total = 0;
	char *word;

	word = strsep(&rest, " ");
	if (kstrtoint(word, 10, &input->serial))
		return -EINVAL;
	for (i = 0; i < purpose->lengths; i++) {
		word = strsep(&rest, " ");
		if (!word || kstrtouint(word, 10, &input->lengths[i]))
			return -EINVAL;
		if (input->lengths[i] > purpose->max[i])
			return -EMSGSIZE;
		total += input->lengths[i];
	}
	if (rest)
		return -EINVAL;
	input->bytes = kvmalloc(max_t(u64, total, 1), GFP_KERNEL_ACCOUNT);
	if (!input->bytes)
		return -ENOMEM;
	input->total = total;
	return 0;
}

/* Takes what belongs to the first line; returns how much that is. */
static ssize_t write_line(struct input *input, const char __user *buf,
			  size_t count)
{
	size_t had = input->line_len;
	size_t len = min(count, MAX_LINE - had);
	char *newline;
	int err;

	if (!len)
		return -EINVAL;
	if (copy_from_user(input->line + had, buf, len))
		return -EFAULT;
	newline = memchr(input->line + had, '\n', len);
	if (!newline) {
		input->line_len += len;
		return len;
	}
	*newline = '\0';
	if (strlen(input->line) != newline - input->line)
		return -EINVAL;
	err = parse_line(input);
	return err ?: newline + 1 - (input->line + had);
}

static ssize_t write_bytes(struct input *input, const char __user *buf,
			   size_t count)
{
	if (count > input->total - input->len)
		return -EFBIG;
	if (copy_from_user(input->bytes + input->len, buf, count))
		return -EFAULT;
	input->len += count;
	return count;
}

/* After an error nothing more is taken. */
static ssize_t take(struct input *input, const char __user *buf, size_t count)
{
	ssize_t line = 0;
	ssize_t rest = 0;

	if (input->done)
		return -EBUSY;
	if (input->err)
		return input->err;
	if (!input->bytes)
		line = write_line(input, buf, count);
	if (line >= 0 && line < count && input->bytes)
		rest = write_bytes(input, buf + line, count - line);
	input->err = min3(line, rest, (ssize_t)0);
	return input->err ?: line + rest;
}

static ssize_t input_write(struct file *file, const char __user *buf,
			   size_t count, loff_t *pos)
{
	struct input *input = file->private_data;
	ssize_t taken;

	if (!count)
		return 0;
	if (mutex_lock_interruptible(&input->lock))
		return -ERESTARTSYS;
	taken = take(input, buf, count);
	mutex_unlock(&input->lock);
	return taken;
}

static int do_work(struct input *input)
{
	if (input->done || input->err)
		return input->err;
	if (!input->bytes || input->len < input->total)
		return -EINVAL;
	input->text.buf = kvmalloc(TEXT_SIZE, GFP_KERNEL_ACCOUNT);
	if (!input->text.buf)
		return -ENOMEM;
	input->text.size = TEXT_SIZE;
	input->done = true;
	input->err = input->purpose->work(input);
	return input->err;
}

static ssize_t input_read(struct file *file, char __user *buf, size_t count,
			  loff_t *pos)
{
	struct input *input = file->private_data;
	ssize_t told;

	if (mutex_lock_interruptible(&input->lock))
		return -ERESTARTSYS;
	told = do_work(input);
	if (!told)
		told = simple_read_from_buffer(buf, count, pos, input->text.buf,
					       input->text.len);
	mutex_unlock(&input->lock);
	return told;
}

static const struct file_operations input_fops = {
	.owner = THIS_MODULE,
	.open = input_open,
	.release = input_release,
	.read = input_read,
	.write = input_write,
};

static struct dentry *folder;
static struct dentry *files[ARRAY_SIZE(purposes)];

void pgp_files_remove(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(purposes); i++)
		securityfs_remove(files[i]);
	securityfs_remove(folder);
}

int pgp_files_create(void)
{
	size_t i;

	folder = securityfs_create_dir("umd_pgp", NULL);
	if (IS_ERR(folder))
		return PTR_ERR(folder);
	for (i = 0; i < ARRAY_SIZE(purposes); i++) {
		files[i] = securityfs_create_file(purposes[i].name, 0600,
						  folder, (void *)&purposes[i],
						  &input_fops);
		if (IS_ERR(files[i])) {
			int err = PTR_ERR(files[i]);

			pgp_files_remove();
			return err;
		}
	}
	return 0;
}
