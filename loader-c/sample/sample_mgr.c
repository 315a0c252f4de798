// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sample UMD Manager. A number written to /sys/kernel/security/sample_umd
 * is the offset of the one byte that the Handler shall set in its reply; the
 * write succeeds when it did just that.
 */
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/string.h>

#include "sample_mgr.h"
#include "umd_sample_abi.h"
#include "umd_version.h"

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

/* One number as kstrtouint() takes it, but without a sign, and in range. */
static ssize_t sample_prepare(char *bytes, size_t len)
{
	struct umd_sample_request request;
	int err;

	if (len >= SAMPLE_INPUT_SIZE || strlen(bytes) != len ||
	    !isdigit(bytes[0]))
		return -EINVAL;
	err = kstrtouint(bytes, 0, &request.offset);
	if (err)
		return err;
	if (request.offset >= UMD_SAMPLE_SIZE)
		return -ERANGE;
	memcpy(bytes, &request, sizeof(request));
	return sizeof(request);
}

/* Every byte counts: the Handler is not trusted to have set only the one. */
static bool sample_is_valid(const struct umd_mgmt_call *call)
{
	const struct umd_sample_request *request = call->in;
	const struct umd_sample_reply *reply = call->out;
	const u8 *bytes = reply->bytes;
	u32 offset = request->offset;

	return !memchr_inv(bytes, 0, offset) && bytes[offset] == 1 &&
	       !memchr_inv(bytes + offset + 1, 0,
			   UMD_SAMPLE_SIZE - offset - 1);
}

static const struct umd_mgmt_request_file sample_file = {
	.mgmt = &sample_mgmt,
	.name = "sample_umd",
	.mode = 0200,
	.op = UMD_OP_SAMPLE_SET,
	.max_write = PAGE_SIZE,
	.min_reply = sizeof(struct umd_sample_reply),
	.prepare = sample_prepare,
	.is_valid = sample_is_valid,
};

UMD_MGMT_REQUEST_FOPS(sample_fops);

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
	sample_files = umd_mgmt_request_file_create(&sample_file, &sample_fops);
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
MODULE_AUTHOR(UMD_AUTHOR);
MODULE_VERSION(UMD_VERSION);
MODULE_LICENSE("GPL");
UMD_MGMT_IMPORT_NS();
UMD_MGMT_LOADER("sample_loader_kmod");
