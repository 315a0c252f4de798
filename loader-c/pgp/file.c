// SPDX-License-Identifier: GPL-2.0-only
/*
 * The files of umd_pgp in securityfs: import, import_chain and verify. Each opening
 * takes one request: a line of numbers, then as many bytes as the line
 * announces, in writes of any size, which are used as they come in. The first read
 * ends the request and returns the result, or fails. After a failure, the next read
 * returns what there is to say: why keys were refused.
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
#include "umd_pgp.h"

/* Three numbers, two spaces and a newline. */
#define PGP_MAX_LINE		60
/* How much is copied at a time. */
#define PGP_PIECE		(64U << 10)

struct pgp_input;

/* The purpose of one of the files. */
struct pgp_purpose {
	const char *name;
	/* The number of lengths in the first line. */
	unsigned int lengths;
	/* An import takes primary keys that only certify, too. */
	bool keeps_certifiers;
	/* Looks at the line. */
	int (*begin)(struct pgp_input *input);
	/* Takes the next bytes, which are not more than were announced. */
	int (*add)(struct pgp_input *input, const u8 *bytes, size_t len);
	/* All bytes were taken. */
	int (*end)(struct pgp_input *input);
};

struct pgp_input {
	const struct pgp_purpose *purpose;
	/* Held by the task that writes or reads; nobody waits for it. */
	struct mutex lock;
	char line[PGP_MAX_LINE + 1];
	size_t line_len;
	bool has_line;
	key_serial_t serial;
	u64 lengths[2];
	/* How many bytes are to come. */
	u64 left;
	bool is_done;
	/* The first read has returned @err. */
	bool has_failed;
	int err;
	struct pgp_text text;
	u8 *piece;
	struct pgp_import *import;
	struct pgp_verification *verification;
	/* The signatures, or a clearsigned document, so far. */
	u8 *bytes;
	size_t len;
};

static int pgp_import_begin(struct pgp_input *input)
{
	input->import = pgp_import_new(&input->text,
				       input->purpose->keeps_certifiers);
	return input->import ? 0 : -ENOMEM;
}

static int pgp_import_more(struct pgp_input *input, const u8 *bytes, size_t len)
{
	key_ref_t keyring;
	int err;

	keyring = lookup_user_key(input->serial, 0, KEY_NEED_WRITE);
	if (IS_ERR(keyring))
		return PTR_ERR(keyring);
	err = -ENOTDIR;
	if (key_ref_to_ptr(keyring)->type == &key_type_keyring)
		err = bytes ? pgp_import_add(input->import, keyring, bytes,
					     len) :
			      pgp_import_end(input->import, keyring);
	key_ref_put(keyring);
	return err;
}

static int pgp_import_finish(struct pgp_input *input)
{
	return pgp_import_more(input, NULL, 0);
}

static bool pgp_is_clearsigned(const struct pgp_input *input)
{
	return !input->lengths[0];
}

static int pgp_verify_begin(struct pgp_input *input)
{
	u64 len = input->lengths[0];

	if (len > UMD_PGP_MAX_BODY)
		return -EMSGSIZE;
	if (pgp_is_clearsigned(input)) {
		len = input->lengths[1];
		if (len > UMD_PGP_MAX_CLEARTEXT)
			return -EMSGSIZE;
	}
	input->bytes = kvmalloc(max_t(u64, len, 1), GFP_KERNEL_ACCOUNT);
	input->verification = pgp_verification_new(&input->text);
	return input->bytes && input->verification ? 0 : -ENOMEM;
}

/* With the keyring: the signatures on the document that follows, or the document. */
static int pgp_verify_with_keyring(struct pgp_input *input)
{
	struct key *keyring;
	key_ref_t ref;
	int err = -ENOTDIR;

	ref = lookup_user_key(input->serial, 0, KEY_NEED_SEARCH);
	if (IS_ERR(ref))
		return PTR_ERR(ref);
	keyring = key_ref_to_ptr(ref);
	if (keyring->type != &key_type_keyring)
		goto out_put;
	if (pgp_is_clearsigned(input))
		err = pgp_verify_cleartext(input->verification, keyring,
					   input->bytes, input->len,
					   &input->text);
	else
		err = pgp_verification_begin(input->verification, keyring,
					     input->bytes, input->len, false);
out_put:
	key_ref_put(ref);
	return err;
}

static int pgp_verify_more(struct pgp_input *input, const u8 *bytes, size_t len)
{
	size_t part = len;
	int err = 0;

	if (!pgp_is_clearsigned(input))
		part = min_t(u64, len, input->lengths[0] - input->len);
	memcpy(input->bytes + input->len, bytes, part);
	input->len += part;
	if (pgp_is_clearsigned(input))
		return 0;
	if (part && input->len == input->lengths[0])
		err = pgp_verify_with_keyring(input);
	return err ?: pgp_verification_add(input->verification, bytes + part,
					   len - part);
}

static int pgp_verify_finish(struct pgp_input *input)
{
	if (pgp_is_clearsigned(input))
		return pgp_verify_with_keyring(input);
	return pgp_verification_end(input->verification);
}

static const struct pgp_purpose pgp_purposes[] = {
	{ "import", 1, false, pgp_import_begin, pgp_import_more,
	  pgp_import_finish },
	{ "import_chain", 1, true, pgp_import_begin, pgp_import_more,
	  pgp_import_finish },
	{ "verify", 2, false, pgp_verify_begin, pgp_verify_more,
	  pgp_verify_finish },
};

static int pgp_input_open(struct inode *inode, struct file *file)
{
	struct pgp_input *input;

	input = kzalloc(sizeof(*input), GFP_KERNEL_ACCOUNT);
	if (!input)
		return -ENOMEM;
	input->piece = kvmalloc(PGP_PIECE, GFP_KERNEL_ACCOUNT);
	if (!input->piece) {
		kfree(input);
		return -ENOMEM;
	}
	mutex_init(&input->lock);
	input->purpose = file->private_data;
	file->private_data = input;
	return nonseekable_open(inode, file);
}

static int pgp_input_release(struct inode *inode, struct file *file)
{
	struct pgp_input *input = file->private_data;

	pgp_import_free(input->import);
	pgp_verification_free(input->verification);
	kvfree(input->bytes);
	kvfree(input->piece);
	kvfree(input->text.buf);
	mutex_destroy(&input->lock);
	kfree(input);
	return 0;
}

/* Parses the first line: a keyring's serial number, then lengths. */
static int pgp_input_parse_line(struct pgp_input *input)
{
	char *rest = input->line;
	unsigned int i;
	char *word;

	word = strsep(&rest, " ");
	if (kstrtoint(word, 10, &input->serial))
		return -EINVAL;
	for (i = 0; i < input->purpose->lengths; i++) {
		word = strsep(&rest, " ");
		if (!word || kstrtoull(word, 10, &input->lengths[i]) ||
		    input->lengths[i] > S64_MAX / 2)
			return -EINVAL;
		input->left += input->lengths[i];
	}
	if (rest)
		return -EINVAL;
	input->has_line = true;
	return input->purpose->begin(input);
}

/* Takes the first line's part of @bytes and returns the length of that part. */
static ssize_t pgp_input_add_line(struct pgp_input *input, const u8 *bytes,
				  size_t count)
{
	size_t had = input->line_len;
	size_t len = min(count, PGP_MAX_LINE - had);
	char *newline;
	int err;

	if (!len)
		return -EINVAL;
	memcpy(input->line + had, bytes, len);
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

static int pgp_input_add(struct pgp_input *input, const u8 *bytes, size_t len)
{
	ssize_t line = 0;

	while (len && !input->has_line) {
		line = pgp_input_add_line(input, bytes, len);
		if (line < 0)
			return line;
		bytes += line;
		len -= line;
	}
	if (len > input->left)
		return -EFBIG;
	if (!len)
		return 0;
	input->left -= len;
	return input->purpose->add(input, bytes, len);
}

/* After an error, each write fails with the same error. */
static ssize_t pgp_input_take(struct pgp_input *input, const char __user *buf,
			      size_t count)
{
	size_t taken = 0, piece;

	if (input->is_done)
		return -EBUSY;
	while (taken < count && !input->err) {
		if (pgp_job_pause())
			return -EINTR;
		piece = min_t(size_t, count - taken, PGP_PIECE);
		if (copy_from_user(input->piece, buf + taken, piece))
			return taken ?: -EFAULT;
		input->err = pgp_input_add(input, input->piece, piece);
		taken += piece;
	}
	return input->err ?: taken;
}

static ssize_t pgp_input_write(struct file *file, const char __user *buf,
			       size_t count, loff_t *pos)
{
	struct pgp_input *input = file->private_data;
	ssize_t taken;

	if (!count)
		return 0;
	if (!mutex_trylock(&input->lock))
		return -EBUSY;
	taken = pgp_input_take(input, buf, count);
	mutex_unlock(&input->lock);
	return taken;
}

/* Ends the request. Returns its error once. */
static int pgp_input_end(struct pgp_input *input)
{
	if (input->has_failed)
		return 0;
	if (!input->is_done && !input->err) {
		if (!input->has_line || input->left)
			return -EINVAL;
		input->err = input->purpose->end(input);
	}
	input->is_done = true;
	input->has_failed = input->err;
	/* Of signatures on a document that is not good, none is returned. */
	if (input->err && input->verification)
		input->text.len = 0;
	return input->err;
}

static ssize_t pgp_input_read(struct file *file, char __user *buf, size_t count,
			      loff_t *pos)
{
	struct pgp_input *input = file->private_data;
	ssize_t ret;

	if (!mutex_trylock(&input->lock))
		return -EBUSY;
	ret = pgp_input_end(input);
	if (!ret)
		ret = simple_read_from_buffer(buf, count, pos, input->text.buf,
					      input->text.len);
	mutex_unlock(&input->lock);
	return ret;
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
