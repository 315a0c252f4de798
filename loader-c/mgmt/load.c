// SPDX-License-Identifier: GPL-2.0-only
/* How a Loader gives a driver its binary, and takes it away again. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sizes.h>

#include "compat.h"
#include "process.h"

/* Larger than any sensible Handler, which has to fit into RLIMIT_AS. */
#define UMD_BLOB_MAX_SIZE SZ_8M
/* How long unloading waits for the processes that it has killed. */
#define UMD_EXIT_WAIT_MS 1000
#define UMD_EXIT_POLL_US 500
#define UMD_EXIT_POLL_MAX_US 20000

/* Any of the processes; the caller gets a reference. */
static struct task_struct *umd_worker_any_task(struct umd_driver *driver)
{
	struct task_struct *task = NULL;
	struct umd_worker *worker;

	umd_driver_lock(driver);
	list_for_each_entry(worker, &driver->workers, node) {
		if (worker->task) {
			task = get_task_struct(worker->task);
			break;
		}
	}
	umd_driver_unlock(driver);
	return task;
}

/* Moves the binary: absent, loaded, unloading, absent. */
static void umd_binary_move(struct umd_driver *driver, enum umd_binary to)
{
	lockdep_assert_held(&driver->lock);
	lockdep_assert(to == (driver->binary == UMD_BINARY_ABSENT ?
			      UMD_BINARY_LOADED :
			      driver->binary == UMD_BINARY_LOADED ?
			      UMD_BINARY_UNLOADING : UMD_BINARY_ABSENT));
	driver->binary = to;
}

/*
 * Waits until the processes of ended workers are gone, so that the task that has
 * removed the Loader finds no process, and can remove the library, which each
 * channel's file pins until a moment after its release. A process that cannot die
 * now (it may be in a frozen control group) is left behind after a second: it is
 * sealed and detached, and nothing but the library is needed for its end.
 *
 * The wait is freezable; as to locks of the caller, see umd_request_run().
 */
static void umd_worker_wait_exit(struct umd_driver *driver)
{
	s64 left_us = UMD_EXIT_WAIT_MS * 1000, pause_us;
	struct task_struct *task;
	ktime_t before;

	while (left_us > 0) {
		before = ktime_get();
		task = umd_worker_any_task(driver);
		if (!task)
			return;
		/* Some other process may still hold the file of an exited one. */
		pause_us = READ_ONCE(task->exit_state) ? 50 : UMD_EXIT_POLL_US;
		put_task_struct(task);
		usleep_range_state(pause_us, 2 * pause_us,
				   TASK_UNINTERRUPTIBLE | TASK_FREEZABLE_UNSAFE);
		/* While all were frozen, the clock went on. */
		left_us -= min_t(s64, ktime_us_delta(ktime_get(), before),
				 UMD_EXIT_POLL_MAX_US);
	}
	pr_warn("%s: a killed Handler has not exited yet\n", driver->name);
}

/*
 * Unloads the binary if it is of this number, so that a load which has failed
 * does not take away the binary of the next one; 0: of any number.
 */
static void umd_driver_unload(struct umd_driver *driver, u64 number)
{
	struct umd_worker *worker;
	struct umd_blob *blob;

	umd_driver_lock(driver);
	if (!umd_driver_loaded(driver) ||
	    (number && number != driver->blob_number)) {
		umd_driver_unlock(driver);
		return;
	}
	umd_binary_move(driver, UMD_BINARY_UNLOADING);
	blob = driver->blob;
	umd_driver_started(driver, -ESHUTDOWN);
	umd_queue_end(driver, -ESHUTDOWN);
	list_for_each_entry(worker, &driver->workers, node)
		umd_worker_end(worker, UMD_END_UNLOAD, -ESHUTDOWN);
	umd_statistics_forget(driver);
	umd_driver_unlock(driver);

	cancel_work_sync(&driver->start_work);
	umd_worker_wait_exit(driver);

	umd_driver_lock(driver);
	driver->blob = NULL;
	umd_binary_move(driver, UMD_BINARY_ABSENT);
	driver->unloaded_at = get_jiffies_64();
	/* Calls may have come meanwhile. */
	umd_driver_make_due(driver, UMD_DUE_QUEUE);
	umd_driver_unlock(driver);
	umd_blob_destroy(blob);
}

/* Hands the blob over to the driver, for which @load will wait. */
static int umd_driver_give(struct umd_driver *driver, struct umd_blob *blob,
			   struct umd_load *load)
{
	int err;

	umd_driver_lock(driver);
	if (driver->stopped) {
		err = -EPERM;
	} else if (driver->binary != UMD_BINARY_ABSENT) {
		err = -EEXIST;
	} else {
		err = 0;
		umd_binary_move(driver, UMD_BINARY_LOADED);
		driver->blob = blob;
		load->number = ++driver->blob_number;
		driver->load = load;
		/* See umd_power_freeze(). */
		if (umd_freeze_is_near())
			umd_driver_started(driver, 0);
		umd_failure_forget_load(driver);
		umd_queue_restart(driver);
		wake_up_process(driver->loader);
		umd_driver_make_due(driver, UMD_DUE_QUEUE);
	}
	umd_driver_unlock(driver);
	return err;
}

/*
 * Waits for the first start. An unload may end the wait, after which another load
 * has begun: each has a completion of its own.
 */
static int umd_driver_wait_start(struct umd_driver *driver,
				 struct umd_load *load)
{
	int err;

	err = wait_for_completion_state(&load->done,
					TASK_KILLABLE | TASK_FREEZABLE_UNSAFE);
	if (!err)
		return load->error;
	umd_driver_lock(driver);
	if (driver->load == load)
		driver->load = NULL;
	umd_driver_unlock(driver);
	return -EINTR;
}

static int umd_driver_load(struct umd_driver *driver, struct umd_blob *blob)
{
	struct umd_load load;
	int err;

	init_completion(&load.done);
	err = umd_driver_give(driver, blob, &load);
	if (err) {
		umd_blob_destroy(blob);
		return err;
	}
	err = umd_driver_wait_start(driver, &load);
	if (err)
		umd_driver_unload(driver, load.number);
	return err;
}

/*
 * Notes the result for the calls that have asked for the Loader. A load that was
 * refused, for the driver was stopped, says nothing to calls that come when it is
 * not any more; but its module is on the way out.
 */
static void umd_driver_load_ended(struct umd_driver *driver, int err)
{
	umd_driver_lock(driver);
	if (err == -EPERM) {
		driver->unloaded_at = get_jiffies_64();
	} else {
		driver->load_count++;
		driver->load_error = err;
	}
	umd_driver_unlock(driver);
}

/*
 * Whether the current task is in the driver's post_start, where a load or an
 * unload would wait for its own end.
 */
static bool umd_driver_is_starter(struct umd_driver *driver)
{
	bool ret;

	umd_driver_lock(driver);
	ret = driver->starter == current;
	umd_driver_unlock(driver);
	return ret;
}

/* Lets lockdep know that the current task is about to wait for a start. */
static void umd_driver_might_wait_start(struct umd_driver *driver)
{
	lock_map_acquire(&driver->start_map);
	lock_map_release(&driver->start_map);
}

/**
 * umd_mgmt_load - give a driver its binary and start it
 * @mgmt: a registered driver
 * @start: first byte of the Handler's ELF file
 * @end: the byte after its last; both are the caller's, and not needed any
 *	more on return
 *
 * To be called by the Loader's init function. The binary is copied, a Handler
 * is started, greeted, and probed by @post_start, and when all of that went
 * well the driver takes requests. While the system goes to sleep no Handler can
 * be started: this returns at once in that case, and the start comes with a
 * request.
 *
 * Context: process context, sleeps; no lock may be held that @post_start
 * takes.
 * Return: 0; -EINVAL for an impossible size; -EEXIST when there is a binary,
 * which stays as it is; -EPERM when the administrator has stopped the driver;
 * -ENOEXEC when the binary is no program; -EPROTO when the Handler answers HELLO
 * wrongly or has another ABI version; -ETIMEDOUT when it does not answer; -EPIPE
 * when it ends instead; -EBUSY when user mode helpers are disabled, as at
 * shutdown; -EINTR after a fatal signal; -ESHUTDOWN when the driver is unloaded
 * meanwhile; -EDEADLK within @post_start; what @post_start returned; or another
 * negative errno. After an error nothing of this load stays loaded.
 */
int umd_mgmt_load(struct umd_mgmt *mgmt, const char *start, const char *end)
{
	struct umd_blob *blob;
	int err = -EINVAL;

	might_sleep();
	umd_driver_might_wait_start(mgmt->driver);
	if (umd_driver_is_starter(mgmt->driver))
		return -EDEADLK;
	if (end > start && end - start <= UMD_BLOB_MAX_SIZE) {
		blob = umd_blob_create(mgmt->driver_name, start, end - start);
		err = IS_ERR(blob) ? PTR_ERR(blob) :
				     umd_driver_load(mgmt->driver, blob);
	}
	/* The load of the binary that is there, or on its way, says more. */
	if (err != -EEXIST)
		umd_driver_load_ended(mgmt->driver, err);
	return err;
}
EXPORT_SYMBOL_NS_GPL(umd_mgmt_load, UMD_MGMT_NS);

/**
 * umd_mgmt_unload - end a driver's Handlers and free its binary
 * @mgmt: a registered driver, loaded or not
 *
 * To be called by the Loader's exit function. Calls that are in progress
 * return -ESHUTDOWN. The next call requests the Loader again.
 *
 * Within @post_start this is an error of the caller, which would wait for its own
 * end: nothing is unloaded.
 *
 * Context: process context, sleeps, freezable, about as long as it takes to
 * kill a process, and at most a second or what @post_start takes, of whose
 * locks none may be held.
 */
void umd_mgmt_unload(struct umd_mgmt *mgmt)
{
	might_sleep();
	umd_driver_might_wait_start(mgmt->driver);
	if (umd_driver_is_starter(mgmt->driver)) {
		pr_err("%s: not unloaded: post_start asked for it\n",
		       mgmt->driver->name);
		return;
	}
	umd_driver_unload(mgmt->driver, 0);
}
EXPORT_SYMBOL_NS_GPL(umd_mgmt_unload, UMD_MGMT_NS);
