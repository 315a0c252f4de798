// SPDX-License-Identifier: GPL-2.0-only
/* Makes one call and checks that the reply belongs to the request. */
#include <linux/async.h>
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/sched/mm.h>
#include <linux/string.h>

#include "umd_test.h"

/**
 * umd_test_show_error - print an error by its name
 * @out: where to print
 * @key: name of the line
 * @error: zero or a negative errno
 */
void umd_test_show_error(struct seq_buf *out, const char *key, int error)
{
	char text[32] = "-0";

	if (error)
		snprintf(text, sizeof(text), "%pe", ERR_PTR(error));
	seq_buf_printf(out, "%s %s\n", key, text + 1);
}

/* Each byte depends on the nonce, so that no two requests are the same. */
static void umd_test_fill(const struct umd_test_args *args, void *in)
{
	struct umd_test_request request = {
		.nonce = get_random_u64(),
		.count = args->count,
		.status = args->status,
	};

	memset(in, (u8)request.nonce, args->in);
	memcpy(in, &request, min_t(size_t, sizeof(request), args->in));
}

/**
 * umd_test_ask - make one call
 * @driver: the driver
 * @args: the request
 * @in: room for the request
 * @out: room for the reply
 * @answer: gets the result
 *
 * Return: the result of umd_mgmt_call().
 */
int umd_test_ask(struct umd_test_driver *driver,
		 const struct umd_test_args *args, void *in, void *out,
		 struct umd_test_answer *answer)
{
	struct umd_mgmt_call call = {
		.op = args->op,
		.timeout_ms = args->timeout_ms,
		.holds_lock = args->holds_lock,
		.in = in,
		.in_len = args->in,
		.out = out,
		.out_size = args->out,
		.out_min = args->min,
	};
	unsigned int flags = 0;
	ktime_t began;
	size_t same;
	int err;

	umd_test_fill(args, in);
	memset(out, 0, args->out);
	began = ktime_get();
	if (args->memalloc)
		flags = memalloc_noreclaim_save();
	if (args->simple) {
		err = umd_mgmt_send_recv(&driver->mgmt, in, args->in, out,
					 args->out);
		call.out_len = err ? 0 : args->out;
	} else {
		err = umd_mgmt_call(&driver->mgmt, &call);
	}
	if (args->memalloc)
		memalloc_noreclaim_restore(flags);
	*answer = (struct umd_test_answer) {
		.error = err,
		.us = ktime_us_delta(ktime_get(), began),
	};
	if (err)
		return err;
	answer->status = call.status;
	answer->length = call.out_len;
	same = min_t(size_t, call.out_len, args->in);
	answer->right = !memcmp(in, out, same) &&
			!memchr_inv(out + same, 0, args->out - same);
	return 0;
}

/**
 * umd_test_call - make one call and print the result
 * @driver: the driver
 * @args: the request
 * @out: where to print
 *
 * Return: the result of umd_mgmt_call().
 */
int umd_test_call(struct umd_test_driver *driver,
		  const struct umd_test_args *args, struct seq_buf *out)
{
	struct umd_test_answer answer = { .error = -ENOMEM };
	void *request, *reply;

	request = kvmalloc(args->in + 1, GFP_KERNEL);
	reply = kvmalloc(args->out + 1, GFP_KERNEL);
	if (request && reply)
		umd_test_ask(driver, args, request, reply, &answer);
	kvfree(reply);
	kvfree(request);
	umd_test_show_error(out, "status", answer.status);
	seq_buf_printf(out, "length %zu\nright %d\nms %lld\n", answer.length,
		       answer.right, answer.us / USEC_PER_MSEC);
	return answer.error;
}

struct umd_test_async {
	struct umd_test_driver *driver;
	const struct umd_test_args *args;
	struct seq_buf *out;
	struct completion done;
	int error;
};

static void umd_test_call_in_async(void *data, async_cookie_t cookie)
{
	struct umd_test_async *async = data;

	async->error = umd_test_call(async->driver, async->args, async->out);
	complete(&async->done);
}

/**
 * umd_test_call_async - as umd_test_call(), in async work
 * @driver: the driver
 * @args: the request
 * @out: where to print
 *
 * Return: the result of umd_mgmt_call().
 */
int umd_test_call_async(struct umd_test_driver *driver,
			const struct umd_test_args *args, struct seq_buf *out)
{
	struct umd_test_async async = {
		.driver = driver,
		.args = args,
		.out = out,
	};

	init_completion(&async.done);
	async_schedule(umd_test_call_in_async, &async);
	wait_for_completion(&async.done);
	return async.error;
}

/**
 * umd_test_sweep - make calls with one number after another
 * @driver: the driver
 * @args: the first request, whose count the next ones raise; requests: how many
 * @out: where to print: `lost`, for how many the Handler ended, and a line
 *	`returned` with the count and the reply's status for each other
 *
 * Return: 0, or what another call ended with.
 */
int umd_test_sweep(struct umd_test_driver *driver,
		   const struct umd_test_args *args, struct seq_buf *out)
{
	char request[sizeof(struct umd_test_request)], reply[sizeof(request)];
	struct umd_test_answer answer;
	struct umd_test_args *next;
	int err = 0, lost = 0;
	s64 i;

	next = kmemdup(args, sizeof(*args), GFP_KERNEL);
	if (!next)
		return -ENOMEM;
	next->in = sizeof(request);
	next->out = sizeof(reply);
	for (i = 0; i < args->requests; i++) {
		next->count = args->count + i;
		err = umd_test_ask(driver, next, request, reply, &answer);
		if (err && err != -EPIPE)
			break;
		if (err)
			lost++;
		else
			seq_buf_printf(out, "returned %lld %d\n", next->count,
				       answer.status);
		err = 0;
	}
	kfree(next);
	seq_buf_printf(out, "lost %d\n", lost);
	return err;
}
