// SPDX-License-Identifier: GPL-2.0-only
/*
 * The files umd_pgp/import and umd_pgp/verify of securityfs. Each opening
 * takes one request: a line of numbers, then as many bytes as the line
 * announces, in writes of any size. The first read runs the request and
 * returns the result.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "pgp.h"

/* Three numbers, two spaces and a newline. */
#define PGP_MAX_LINE		40
/* Only clearsigned documents go to the Handler: others may be longer. */
#define PGP_MAX_DOCUMENT	(16U << 20)
/* Room for the lines of PGP_MAX_KEYS keys. */
#define PGP_TEXT_SIZE		(64U << 10)

struct pgp_input;

/* The purpose of one of the files. */
struct pgp_purpose {
	const char *name;
	/* The number of lengths in the first line, and their limits. */
	unsigned int lengths;
	u32 max[2];
	int (*work)(struct pgp_input *input);
};

struct pgp_input {
	const struct pgp_purpose *purpose;
	/* Allows one read or write at a time. */
	struct mutex lock;
	char line[PGP_MAX_LINE + 1];
	size_t line_len;
	key_serial_t serial;
	u32 lengths[2];
	/* NULL until the line is complete. */
	u8 *bytes;
	size_t len;
	size_t total;
	bool done;
	int err;
	struct pgp_text text;
};

static int pgp_import_work(struct pgp_input *input)
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

static int pgp_verify_work(struct pgp_input *input)
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

static const struct pgp_purpose pgp_purposes[] = {
	{ "import", 1, { UMD_PGP_MAX_DATA }, pgp_import_work },
	{ "verify", 2, { UMD_PGP_MAX_DATA, PGP_MAX_DOCUMENT },
	  pgp_verify_work },
};

static int pgp_input_open(struct inode *inode, struct file *file)
{
	struct pgp_input *input;

	input = kzalloc(sizeof(*input), GFP_KERNEL_ACCOUNT);
	if (!input)
		return -ENOMEM;
	mutex_init(&input->lock);
	input->purpose = file->private_data;
	file->private_data = input;
	return nonseekable_open(inode, file);
}

static int pgp_input_release(struct inode *inode, struct file *file)
{
	struct pgp_input *input = file->private_data;

	kvfree(input->text.buf);
	kvfree(input->bytes);
	mutex_destroy(&input->lock);
	kfree(input);
	return 0;
}

/* Parses the first line: a keyring's serial number, then lengths. */
static int pgp_input_parse_line(struct pgp_input *input)
{
	const struct pgp_purpose *purpose = input->purpose;
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

/* Takes the first line's part of @buf and returns the length of that part. */
static ssize_t pgp_input_add_line(struct pgp_input *input,
				  const char __user *buf, size_t count)
{
	size_t had = input->line_len;
	size_t len = min(count, PGP_MAX_LINE - had);
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
	err = pgp_input_parse_line(input);
	return err ?: newline + 1 - (input->line + had);
}

static ssize_t pgp_input_add_bytes(struct pgp_input *input,
				   const char __user *buf, size_t count)
{
	if (count > input->total - input->len)
		return -EFBIG;
	if (copy_from_user(input->bytes + input->len, buf, count))
		return -EFAULT;
	input->len += count;
	return count;
}

/* After an error, each write fails with the same error. */
static ssize_t pgp_input_take(struct pgp_input *input, const char __user *buf,
			      size_t count)
{
	ssize_t line = 0;
	ssize_t rest = 0;

	if (input->done)
		return -EBUSY;
	if (input->err)
		return input->err;
	if (!input->bytes)
		line = pgp_input_add_line(input, buf, count);
	if (line >= 0 && line < count && input->bytes)
		rest = pgp_input_add_bytes(input, buf + line, count - line);
	input->err = min3(line, rest, (ssize_t)0);
	return input->err ?: line + rest;
}

static ssize_t pgp_input_write(struct file *file, const char __user *buf,
			       size_t count, loff_t *pos)
{
	struct pgp_input *input = file->private_data;
	ssize_t taken;

	if (!count)
		return 0;
	if (mutex_lock_interruptible(&input->lock))
		return -ERESTARTSYS;
	taken = pgp_input_take(input, buf, count);
	mutex_unlock(&input->lock);
	return taken;
}

static int pgp_input_do_work(struct pgp_input *input)
{
	if (input->done || input->err)
		return input->err;
	if (!input->bytes || input->len < input->total)
		return -EINVAL;
	input->text.buf = kvmalloc(PGP_TEXT_SIZE, GFP_KERNEL_ACCOUNT);
	if (!input->text.buf)
		return -ENOMEM;
	input->text.size = PGP_TEXT_SIZE;
	input->done = true;
	input->err = input->purpose->work(input);
	return input->err;
}

static ssize_t pgp_input_read(struct file *file, char __user *buf, size_t count,
			      loff_t *pos)
{
	struct pgp_input *input = file->private_data;
	ssize_t told;

	if (mutex_lock_interruptible(&input->lock))
		return -ERESTARTSYS;
	told = pgp_input_do_work(input);
	if (!told)
		told = simple_read_from_buffer(buf, count, pos, input->text.buf,
					       input->text.len);
	mutex_unlock(&input->lock);
	return told;
}

static const struct file_operations pgp_input_fops = {
	.owner = THIS_MODULE,
	.open = pgp_input_open,
	.release = pgp_input_release,
	.read = pgp_input_read,
	.write = pgp_input_write,
};

static struct umd_mgmt_files *pgp_files;

void pgp_files_remove(void)
{
	umd_mgmt_files_remove(pgp_files);
}

int pgp_files_create(void)
{
	struct umd_mgmt_file files[ARRAY_SIZE(pgp_purposes)];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(files); i++)
		files[i] = (struct umd_mgmt_file) {
			.name = pgp_purposes[i].name,
			.mode = 0600,
			.fops = &pgp_input_fops,
			.data = (void *)&pgp_purposes[i],
		};
	pgp_files = umd_mgmt_files_create("umd_pgp", files, ARRAY_SIZE(files));
	return PTR_ERR_OR_ZERO(pgp_files);
}
