// SPDX-License-Identifier: GPL-2.0-only
/* Makes many calls at the same time, and loads and unloads meanwhile. */
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/cred.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "umd_test.h"

/* All errors that a call may return, and a count of all other errors. */
#define UMD_TEST_ERRORS (2 - UMD_STATUS_MIN)

/**
 * struct umd_test_stress - threads at work
 * @driver: the driver
 * @args: the request of each thread
 * @stop: the threads shall stop
 * @began: number of calls that have begun
 * @running: number of threads that have more to ask
 * @done: no thread has more to ask
 * @errors: number of calls that ended with each error
 * @loads: number of loads that ended with each error
 * @wrong: number of replies to another request
 * @slowest_us: time that the slowest call took
 * @threads: the threads
 */
struct umd_test_stress {
	struct umd_test_driver *driver;
	const struct umd_test_args *args;
	bool stop;
	atomic_t began;
	atomic_t running;
	struct completion done;
	atomic_t errors[UMD_TEST_ERRORS];
	atomic_t loads[UMD_TEST_ERRORS];
	atomic_t wrong;
	atomic64_t slowest_us;
	struct task_struct *threads[];
};

static void umd_test_count(atomic_t *errors, int error)
{
	atomic_inc(&errors[min(-error, UMD_TEST_ERRORS - 1)]);
}

static void umd_test_pause(const struct umd_test_args *args)
{
	unsigned int us;

	if (!args->pause_us)
		return;
	us = get_random_u32() % args->pause_us;
	usleep_range(us, us + 1);
}

static int umd_test_become(uid_t uid)
{
	struct cred *cred = prepare_creds();

	if (!cred)
		return -ENOMEM;
	cred->uid = KUIDT_INIT(uid);
	cred->euid = cred->uid;
	cred->suid = cred->uid;
	cred->fsuid = cred->uid;
	return commit_creds(cred);
}

static void umd_test_one(struct umd_test_stress *stress, void *in, void *out)
{
	struct umd_test_answer answer;
	s64 slowest = atomic64_read(&stress->slowest_us);
	int err;

	umd_test_pause(stress->args);
	atomic_inc(&stress->began);
	err = umd_test_ask(stress->driver, stress->args, in, out, &answer);
	umd_test_count(stress->errors, err ?: answer.status);
	if (!err && !answer.right)
		atomic_inc(&stress->wrong);
	while (answer.us > slowest) {
		if (atomic64_try_cmpxchg(&stress->slowest_us, &slowest,
					 answer.us))
			break;
	}
}

static int umd_test_thread(void *data)
{
	struct umd_test_stress *stress = data;
	const struct umd_test_args *args = stress->args;
	void *in = kvmalloc(args->in + 1, GFP_KERNEL);
	void *out = kvmalloc(args->out + 1, GFP_KERNEL);
	s64 i;

	if (in && out && !umd_test_become(args->uid)) {
		for (i = 0; i < args->requests; i++) {
			if (READ_ONCE(stress->stop))
				break;
			umd_test_one(stress, in, out);
		}
	}
	kvfree(out);
	kvfree(in);
	if (atomic_dec_and_test(&stress->running))
		complete(&stress->done);
	/* kthread_stop() keeps the thread from outliving the module. */
	while (!kthread_should_stop()) {
		set_current_state(TASK_IDLE);
		if (!kthread_should_stop())
			schedule();
		__set_current_state(TASK_RUNNING);
	}
	return 0;
}

static int umd_test_begin(struct umd_test_stress *stress)
{
	int threads = stress->args->threads, i;
	struct task_struct *thread;

	atomic_set(&stress->began, 0);
	atomic_set(&stress->running, threads);
	reinit_completion(&stress->done);
	for (i = 0; i < threads; i++) {
		thread = kthread_run(umd_test_thread, stress, "umd_test/%d", i);
		if (IS_ERR(thread))
			break;
		stress->threads[i] = thread;
	}
	if (i == threads)
		return 0;
	WRITE_ONCE(stress->stop, true);
	if (atomic_sub_and_test(threads - i, &stress->running))
		complete(&stress->done);
	return PTR_ERR(thread);
}

/* A fatal signal stops the threads. */
static int umd_test_end(struct umd_test_stress *stress)
{
	int err, i;

	/* As in a call: the file may be locked, and suspend is not delayed. */
	err = wait_for_completion_state(&stress->done,
					TASK_KILLABLE | TASK_FREEZABLE_UNSAFE);
	if (err)
		WRITE_ONCE(stress->stop, true);
	for (i = 0; i < stress->args->threads; i++) {
		if (stress->threads[i])
			kthread_stop(stress->threads[i]);
		stress->threads[i] = NULL;
	}
	return err;
}

static void umd_test_show_errors(struct seq_buf *out, const char *prefix,
				 const atomic_t *errors)
{
	char key[16];
	int i, count;

	for (i = 0; i < UMD_TEST_ERRORS; i++) {
		count = atomic_read(&errors[i]);
		if (!count)
			continue;
		snprintf(key, sizeof(key), "%pe", ERR_PTR(-i));
		seq_buf_printf(out, "%s_%s %d\n", prefix, i ? key + 1 : "0",
			       count);
	}
}

static void umd_test_show(struct umd_test_stress *stress, ktime_t began,
			  struct seq_buf *out)
{
	seq_buf_printf(out, "ms %lld\nslowest_us %lld\nwrong %d\n",
		       ktime_ms_delta(ktime_get(), began),
		       atomic64_read(&stress->slowest_us),
		       atomic_read(&stress->wrong));
	umd_test_show_errors(out, "calls", stress->errors);
	umd_test_show_errors(out, "loads", stress->loads);
}

static struct umd_test_stress *
umd_test_stress_create(struct umd_test_driver *driver,
		       const struct umd_test_args *args)
{
	struct umd_test_stress *stress;

	stress = kvzalloc(struct_size(stress, threads, args->threads),
			  GFP_KERNEL);
	if (!stress)
		return NULL;
	stress->driver = driver;
	stress->args = args;
	init_completion(&stress->done);
	return stress;
}

/**
 * umd_test_stress - call from several threads and print the results
 * @driver: the driver
 * @args: the request, how often to ask, the number of threads
 * @out: where to print
 *
 * Return: 0; -EINTR if a signal cut the calls short; another negative errno if
 * not all threads could be made.
 */
int umd_test_stress(struct umd_test_driver *driver,
		    const struct umd_test_args *args, struct seq_buf *out)
{
	struct umd_test_stress *stress = umd_test_stress_create(driver, args);
	ktime_t began = ktime_get();
	int err, cut;

	if (!stress)
		return -ENOMEM;
	err = umd_test_begin(stress);
	cut = umd_test_end(stress);
	umd_test_show(stress, began, out);
	kvfree(stress);
	return err ?: cut;
}

/* Loads and unloads once, with calls in flight. */
static int umd_test_cycle_once(struct umd_test_stress *stress, void *data,
			       size_t size)
{
	struct umd_mgmt *mgmt = &stress->driver->mgmt;
	int err, cut;

	umd_test_count(stress->loads, umd_mgmt_load(mgmt, data, data + size));
	err = umd_test_begin(stress);
	while (!err && atomic_read(&stress->began) < stress->args->threads)
		usleep_range(50, 100);
	umd_test_pause(stress->args);
	umd_mgmt_unload(mgmt);
	cut = umd_test_end(stress);
	return err ?: cut;
}

/**
 * umd_test_cycle - load and unload with calls in flight, and print the results
 * @driver: the driver
 * @args: the ELF file, how often to load, the request, the number of threads
 * @out: where to print
 *
 * Return: the result of umd_test_stress(), or the error of reading the file.
 */
int umd_test_cycle(struct umd_test_driver *driver,
		   const struct umd_test_args *args, struct seq_buf *out)
{
	struct umd_test_stress *stress;
	ktime_t began = ktime_get();
	size_t size;
	void *data;
	int err;
	s64 i;

	err = umd_test_read(args->path, &data, &size);
	if (err)
		return err;
	stress = umd_test_stress_create(driver, args);
	if (!stress) {
		vfree(data);
		return -ENOMEM;
	}
	for (i = 0; i < args->cycles && !err; i++)
		err = umd_test_cycle_once(stress, data, size);
	umd_test_show(stress, began, out);
	kvfree(stress);
	vfree(data);
	return err;
}
