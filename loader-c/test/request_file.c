// SPDX-License-Identifier: GPL-2.0-only
/* A file of securityfs, umd_test, by which the shell asks a driver. */
#include <linux/err.h>
#include <linux/string.h>

#include "umd_test.h"

/* A reply with this byte behind the request's struct is one that nobody may see. */
#define UMD_TEST_WRONG '!'

UMD_MGMT_REQUEST_FOPS(umd_test_file_fops);

static struct umd_mgmt_request_file umd_test_file_about;
static struct umd_mgmt_files *umd_test_files;

static bool umd_test_file_is_valid(const struct umd_mgmt_call *call)
{
	const char *reply = call->out;
	size_t at = sizeof(struct umd_test_request);

	return call->out_len <= at || reply[at] != UMD_TEST_WRONG;
}

/*
 * Makes a request of a text: "-ERRNO" is the error of this function, another text
 * goes behind the struct of a request.
 */
static ssize_t umd_test_file_prepare(char *bytes, size_t len)
{
	size_t at = sizeof(struct umd_test_request);
	int number;

	if (bytes[0] == '-')
		return kstrtoint(bytes, 10, &number) ?: number;
	memmove(bytes + at, bytes, len);
	memset(bytes, 0, at);
	return at + len;
}

/**
 * umd_test_file - make the file for a driver
 * @driver: the driver
 * @args: its permissions, operation, limits, and whether it takes a text; the text
 *	must fit with the struct of a request; @simple: without @is_valid
 * @out: unused
 *
 * Return: 0, or an error of umd_mgmt_files_create().
 */
int umd_test_file(struct umd_test_driver *driver,
		  const struct umd_test_args *args, struct seq_buf *out)
{
	struct umd_mgmt_files *files;

	if (umd_test_files)
		return -EEXIST;
	umd_test_file_about = (struct umd_mgmt_request_file) {
		.mgmt = &driver->mgmt,
		.name = "umd_test",
		.mode = args->mode,
		.op = args->op,
		.max_write = args->max_write,
		.min_reply = args->min,
		.prepare = args->text_mode ? umd_test_file_prepare : NULL,
		.is_valid = args->simple ? NULL : umd_test_file_is_valid,
	};
	files = umd_mgmt_request_file_create(&umd_test_file_about,
					     &umd_test_file_fops);
	if (IS_ERR(files))
		return PTR_ERR(files);
	umd_test_files = files;
	return 0;
}

/**
 * umd_test_file_remove - remove the file, which nobody has opened any more
 * @driver: its driver
 * @args: unused
 * @out: unused
 *
 * Return: 0 or -ENOENT.
 */
int umd_test_file_remove(struct umd_test_driver *driver,
			 const struct umd_test_args *args, struct seq_buf *out)
{
	if (!umd_test_files)
		return -ENOENT;
	umd_test_file_exit();
	return 0;
}

/**
 * umd_test_file_exit - remove the file, if there is one
 */
void umd_test_file_exit(void)
{
	if (umd_test_files)
		umd_mgmt_files_remove(umd_test_files);
	umd_test_files = NULL;
}
