// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sample UMD Manager. A number written to /sys/kernel/security/sample_umd
 * is the offset of the one byte that the Handler shall set in its reply; the
 * write succeeds when it did just that.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/ctype.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "sample_mgr.h"
#include "umd_sample_abi.h"

/* Longer than any number in range with its prefix, newline and some zeros. */
#define SAMPLE_INPUT_SIZE 32

static struct umd_mgmt_files *sample_files;

/* Shows that the new Handler serves before the first request reaches it. */
static int sample_post_start(struct umd_mgmt *mgmt, struct umd_worker *worker)
{
	struct umd_mgmt_call call = { .op = UMD_OP_PING };
	int err;

	err = umd_mgmt_call_worker(worker, &call);
	return err ?: call.status;
}

struct umd_mgmt sample_mgmt = {
	.driver_name = "sample_umh",
	.kmod = "sample_loader_kmod",
	.post_start = sample_post_start,
	.max_request = sizeof(struct umd_sample_request),
	.max_reply = sizeof(struct umd_sample_reply),
};
EXPORT_SYMBOL_GPL(sample_mgmt);

/* Every byte counts: the Handler is not trusted to have set only the one. */
static bool sample_reply_is_right(const struct umd_sample_reply *reply,
				  u32 offset)
{
	const u8 *bytes = reply->bytes;

	return !memchr_inv(bytes, 0, offset) && bytes[offset] == 1 &&
	       !memchr_inv(bytes + offset + 1, 0,
			   UMD_SAMPLE_SIZE - offset - 1);
}

static int sample_ask(u32 offset)
{
	struct umd_sample_request request = { .offset = offset };
	struct umd_sample_reply *reply;
	int err;

	reply = kvmalloc(sizeof(*reply), GFP_KERNEL);
	if (!reply)
		return -ENOMEM;
	err = umd_mgmt_send_recv(&sample_mgmt, &request, sizeof(request),
				 reply, sizeof(*reply));
	if (!err && !sample_reply_is_right(reply, offset)) {
		pr_err_ratelimited("wrong reply for offset %u\n", offset);
		err = -EBADMSG;
	}
	kvfree(reply);
	return err;
}

/* One number as kstrtouint() takes it, but without a sign, and in range. */
static int sample_parse(const char __user *buf, size_t count, u32 *offset)
{
	char input[SAMPLE_INPUT_SIZE];
	int err;

	if (count >= sizeof(input))
		return -EINVAL;
	if (copy_from_user(input, buf, count))
		return -EFAULT;
	input[count] = '\0';
	if (strlen(input) != count || !isdigit(input[0]))
		return -EINVAL;
	err = kstrtouint(input, 0, offset);
	if (err)
		return err;
	return *offset < UMD_SAMPLE_SIZE ? 0 : -ERANGE;
}

static ssize_t sample_write(struct file *file, const char __user *buf,
			    size_t count, loff_t *pos)
{
	u32 offset;
	int err;

	err = sample_parse(buf, count, &offset);
	if (err)
		return err;
	err = sample_ask(offset);
	return err ?: count;
}

static const struct file_operations sample_fops = {
	.owner = THIS_MODULE,
	.open = stream_open,
	.write = sample_write,
};

static const struct umd_mgmt_file sample_file = {
	.name = "sample_umd",
	.mode = 0200,
	.fops = &sample_fops,
};

static unsigned int timeout_ms;
module_param(timeout_ms, uint, 0444);
MODULE_PARM_DESC(timeout_ms,
		 "Deadline of a request in milliseconds (default 0: the library's, 5000)");

static unsigned int load_timeout_ms;
module_param(load_timeout_ms, uint, 0444);
MODULE_PARM_DESC(load_timeout_ms,
		 "Milliseconds that a request waits for the Loader before its deadline begins (default 0: the library's, 5000)");

static unsigned int max_workers;
module_param(max_workers, uint, 0444);
MODULE_PARM_DESC(max_workers,
		 "How many Handlers may run at a time, at most 64 (default 0: the library's, 2)");

static unsigned int idle_ms;
module_param(idle_ms, uint, 0444);
MODULE_PARM_DESC(idle_ms,
		 "A Handler ends after so many milliseconds without a request (default 0: never)");

static int __init sample_mgr_init(void)
{
	int err;

	sample_mgmt.timeout_ms = timeout_ms;
	sample_mgmt.load_timeout_ms = load_timeout_ms;
	sample_mgmt.max_workers = max_workers;
	sample_mgmt.idle_ms = idle_ms;
	err = umd_mgmt_register(&sample_mgmt);
	if (err)
		return err;
	sample_files = umd_mgmt_files_create(NULL, &sample_file, 1);
	if (IS_ERR(sample_files)) {
		err = PTR_ERR(sample_files);
		goto err_unregister;
	}
	return 0;

err_unregister:
	umd_mgmt_unregister(&sample_mgmt);
	return err;
}

static void __exit sample_mgr_exit(void)
{
	umd_mgmt_files_remove(sample_files);
	umd_mgmt_unregister(&sample_mgmt);
}

module_init(sample_mgr_init);
module_exit(sample_mgr_exit);

MODULE_DESCRIPTION("Sample user mode driver: Manager");
MODULE_LICENSE("GPL");
UMD_MGMT_IMPORT_NS();
UMD_MGMT_LOADER("sample_loader_kmod");
