// SPDX-License-Identifier: GPL-2.0-only
/*
 * Measures how long many operations in a row take, as one number of
 * nanoseconds. With qemu's -icount, the number is that of instructions.
 */
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/umh.h>

#include "umd_test.h"

/**
 * struct umd_test_room - room for the payloads
 * @in: payload of the requests, whose count gives the length of the replies
 * @out: payload of the replies
 */
struct umd_test_room {
	void *in;
	void *out;
};

static int umd_test_room_get(struct umd_test_room *room,
			     const struct umd_test_args *args)
{
	struct umd_test_request request = { .count = args->count };

	room->in = kvzalloc(args->in + 1, GFP_KERNEL);
	room->out = kvzalloc(args->out + 1, GFP_KERNEL);
	if (!room->in || !room->out) {
		kvfree(room->in);
		kvfree(room->out);
		return -ENOMEM;
	}
	memcpy(room->in, &request, min_t(size_t, sizeof(request), args->in));
	return 0;
}

static void umd_test_room_put(struct umd_test_room *room)
{
	kvfree(room->in);
	kvfree(room->out);
}

static int umd_test_ask_plainly(struct umd_test_driver *driver,
				const struct umd_test_args *args,
				const struct umd_test_room *room, u16 op)
{
	struct umd_mgmt_call call = {
		.op = op,
		.in = room->in,
		.in_len = args->in,
		.out = room->out,
		.out_size = args->out,
	};

	return umd_mgmt_call(&driver->mgmt, &call) ?: call.status;
}

/**
 * umd_test_measure - ask many times
 * @driver: the driver
 * @args: the request, and how often to ask
 * @out: where to print
 *
 * Return: 0, or the error of the first call that failed.
 */
int umd_test_measure(struct umd_test_driver *driver,
		     const struct umd_test_args *args, struct seq_buf *out)
{
	struct umd_test_room room;
	ktime_t began;
	int err, i;

	err = umd_test_room_get(&room, args);
	if (err)
		return err;
	began = ktime_get();
	for (i = 0; i < args->requests && !err; i++)
		err = umd_test_ask_plainly(driver, args, &room, args->op);
	seq_buf_printf(out, "ns %lld\n", ktime_sub(ktime_get(), began));
	umd_test_room_put(&room);
	return err;
}

/**
 * umd_test_recover - make a request that kills the Handler, then ask for an
 * echo
 * @driver: the driver
 * @args: the request that kills the Handler
 * @out: where to print the time of both requests
 *
 * Return: 0, or an error if the Handler did not die or the echo failed.
 */
int umd_test_recover(struct umd_test_driver *driver,
		     const struct umd_test_args *args, struct seq_buf *out)
{
	struct umd_test_room room;
	ktime_t began;
	int err;

	err = umd_test_room_get(&room, args);
	if (err)
		return err;
	began = ktime_get();
	err = umd_test_ask_plainly(driver, args, &room, args->op);
	if (err == -EPIPE)
		err = umd_test_ask_plainly(driver, args, &room, UMD_TEST_ECHO);
	else
		err = err ?: -EINVAL;
	seq_buf_printf(out, "ns %lld\n", ktime_sub(ktime_get(), began));
	umd_test_room_put(&room);
	return err;
}

/**
 * umd_test_helper - run a user mode helper many times
 * @driver: unused
 * @args: the path of the helper, and how often to run it
 * @out: where to print
 *
 * Return: 0, whatever the helper's exit code is, or the first negative errno.
 */
int umd_test_helper(struct umd_test_driver *driver,
		    const struct umd_test_args *args, struct seq_buf *out)
{
	char *argv[2] = { (char *)args->path, NULL };
	char *envp[1] = { NULL };
	ktime_t began = ktime_get();
	int err = 0, i;

	for (i = 0; i < args->requests && err >= 0; i++)
		err = call_usermodehelper(args->path, argv, envp,
					  UMH_WAIT_PROC);
	seq_buf_printf(out, "ns %lld\n", ktime_sub(ktime_get(), began));
	return min(err, 0);
}

/* Transfers all data, however little a pipe holds. */
static int umd_test_transfer(struct file *file, void *data, size_t size,
			     bool write)
{
	loff_t pos = 0;
	ssize_t ret;

	while (size) {
		ret = write ? kernel_write(file, data, size, &pos) :
			      kernel_read(file, data, size, &pos);
		if (ret <= 0)
			return ret ?: -EPIPE;
		data += ret;
		size -= ret;
	}
	return 0;
}

/**
 * umd_test_pipes - ask a process at the other ends of two pipes many times
 * @driver: unused
 * @args: descriptors of this process, @to to write requests to and @from to
 *	read replies from; the lengths of both, and how often to ask
 * @out: where to print
 *
 * Return: 0 or a negative errno.
 */
int umd_test_pipes(struct umd_test_driver *driver,
		   const struct umd_test_args *args, struct seq_buf *out)
{
	struct file *to = fget(args->to), *from = fget(args->from);
	struct umd_test_room room;
	ktime_t began;
	int err, i;

	err = to && from ? umd_test_room_get(&room, args) : -EBADF;
	if (err)
		goto out;
	began = ktime_get();
	for (i = 0; i < args->requests && !err; i++)
		err = umd_test_transfer(to, room.in, args->in, true) ?:
		      umd_test_transfer(from, room.out, args->out, false);
	seq_buf_printf(out, "ns %lld\n", ktime_sub(ktime_get(), began));
	umd_test_room_put(&room);
out:
	if (from)
		fput(from);
	if (to)
		fput(to);
	return err;
}

/**
 * struct umd_test_turns - two tasks that run by turns
 * @first: the first task
 * @requests: number of turns of each task
 * @is_first: it is the turn of the first task
 * @done: the second task has ended
 */
struct umd_test_turns {
	struct task_struct *first;
	s64 requests;
	bool is_first;
	struct completion done;
};

static void umd_test_await(const struct umd_test_turns *turns, bool is_first)
{
	for (;;) {
		set_current_state(TASK_IDLE);
		if (READ_ONCE(turns->is_first) == is_first)
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
}

static int umd_test_second(void *data)
{
	struct umd_test_turns *turns = data;
	s64 i;

	for (i = 0; i < turns->requests; i++) {
		umd_test_await(turns, false);
		WRITE_ONCE(turns->is_first, true);
		wake_up_process(turns->first);
	}
	kthread_complete_and_exit(&turns->done, 0);
}

/**
 * umd_test_turns - switch to another task of the kernel and back, many times
 * @driver: unused
 * @args: how often to switch
 * @out: where to print
 *
 * No request to another task can take less time.
 *
 * Return: 0 or a negative errno.
 */
int umd_test_turns(struct umd_test_driver *driver,
		   const struct umd_test_args *args, struct seq_buf *out)
{
	struct umd_test_turns turns = {
		.first = current,
		.requests = args->requests,
		.is_first = true,
		.done = COMPLETION_INITIALIZER_ONSTACK(turns.done),
	};
	struct task_struct *second;
	ktime_t began;
	s64 i;

	second = kthread_run(umd_test_second, &turns, "umd_test_second");
	if (IS_ERR(second))
		return PTR_ERR(second);
	began = ktime_get();
	for (i = 0; i < args->requests; i++) {
		WRITE_ONCE(turns.is_first, false);
		wake_up_process(second);
		umd_test_await(&turns, true);
	}
	seq_buf_printf(out, "ns %lld\n", ktime_sub(ktime_get(), began));
	wait_for_completion(&turns.done);
	return 0;
}
