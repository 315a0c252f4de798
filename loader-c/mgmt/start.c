// SPDX-License-Identifier: GPL-2.0-only
/* From a binary to a worker that takes requests. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/oom.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "inject.h"
#include "process.h"
#include "reply.h"
#include "trace.h"

/* Starts in a row that a kill, or the end of suspend, may interrupt. */
#define UMD_START_TRIES 16
/* Pause before the next start, after one that the end of suspend interrupted. */
#define UMD_START_PAUSE_MS 10

/**
 * enum umd_start - how a start went
 * @UMD_STARTED: the worker takes requests
 * @UMD_NOT_STARTED: the Handler cannot be started
 * @UMD_KILLED_OUTSIDE: somebody killed the Handler meanwhile, which says nothing
 *	of the Handler
 * @UMD_ENDED_BY_US: the driver was unloaded or stopped meanwhile
 * @UMD_HELPERS_DISABLED: there are no user mode helpers now
 * @UMD_NO_RESOURCES: others have taken what a start needs, which says nothing of the
 *	driver
 */
enum umd_start {
	UMD_STARTED,
	UMD_NOT_STARTED,
	UMD_KILLED_OUTSIDE,
	UMD_ENDED_BY_US,
	UMD_HELPERS_DISABLED,
	UMD_NO_RESOURCES,
};

static struct umd_worker *umd_worker_create(struct umd_driver *driver)
{
	struct umd_worker *worker;

	worker = kzalloc(sizeof(*worker), GFP_KERNEL);
	if (!worker)
		return NULL;

	umd_driver_lock(driver);
	umd_worker_init(worker, driver);
	driver->starter = current;
	if (driver->binary == UMD_BINARY_UNLOADING)
		umd_worker_end(worker, UMD_END_UNLOAD, -ESHUTDOWN);
	else if (driver->stopped)
		umd_worker_end(worker, UMD_END_STOPPED, -EPERM);
	umd_driver_unlock(driver);
	return worker;
}

static int umd_worker_hello(struct umd_worker *worker)
{
	struct umd_driver *driver = worker->driver;
	const struct umd_hello ours = {
		.version = UMD_ABI_VERSION,
		.max_request = driver->mgmt->max_request,
		.max_reply = driver->mgmt->max_reply,
	};
	struct umd_hello theirs;
	struct umd_mgmt_call call = {
		.op = UMD_OP_HELLO,
		.in = &ours,
		.in_len = sizeof(ours),
		.out = &theirs,
		.out_size = sizeof(theirs),
		.out_min = sizeof(theirs),
	};
	const char *wrong;
	int err;

	err = umd_worker_run(worker, &call, driver->timeout);
	if (err)
		return err;
	if (call.status) {
		pr_err("%s: Handler refuses HELLO: status %d\n",
		       driver->name, call.status);
		return -EPROTO;
	}
	wrong = umd_hello_check(&ours, &theirs);
	if (wrong) {
		pr_err("%s: Handler %s: version %u, requests to %u, replies to %u; wanted %u, %u, %u\n",
		       driver->name, wrong, theirs.version,
		       theirs.max_request, theirs.max_reply, ours.version,
		       ours.max_request, ours.max_reply);
		return -EPROTO;
	}

	umd_driver_lock(driver);
	umd_worker_set_room(worker,
			    ALIGN(sizeof(struct umd_frame_header) +
				  (size_t)theirs.max_request, UMD_REPLY_ALIGN));
	umd_driver_unlock(driver);
	return 0;
}

/* A task that waits for this start holds none of the locks that post_start takes. */
static int umd_worker_post_start(struct umd_worker *worker)
{
	struct umd_driver *driver = worker->driver;
	int err;

	if (!driver->mgmt->post_start)
		return 0;
	lock_map_acquire(&driver->start_map);
	err = driver->mgmt->post_start(driver->mgmt, worker);
	lock_map_release(&driver->start_map);
	return err > 0 ? -EINVAL : err;
}

static enum umd_start umd_worker_bring_up(struct umd_worker *worker, int *err)
{
	*err = umd_spawn(worker);
	switch (*err) {
	case 0:
		break;
	case -EBUSY:
		return UMD_HELPERS_DISABLED;
	case -EAGAIN:
	case -ENFILE:
	case -ENOMEM:
		return UMD_NO_RESOURCES;
	default:
		return UMD_NOT_STARTED;
	}
	*err = umd_worker_hello(worker) ?: umd_worker_post_start(worker);
	return *err ? UMD_NOT_STARTED : UMD_STARTED;
}

/* Before exec fails for a kill, the process of the worker has not exited. */
static bool umd_worker_is_killed(const struct umd_worker *worker)
{
	struct task_struct *task = worker->task;

	return task && (fatal_signal_pending(task) || tsk_is_oom_victim(task));
}

/* How the start of a worker went that has ended meanwhile. */
static enum umd_start umd_worker_ended(const struct umd_worker *worker, int *err)
{
	const struct umd_end_info *end = &umd_ends[worker->end];

	lockdep_assert_held(&worker->driver->lock);
	/* Only an error of the Handler's own making says more than its end. */
	if (!*err || end->charge != UMD_CHARGE_SENDER)
		*err = worker->error;
	if (end->is_outside)
		return UMD_KILLED_OUTSIDE;
	return end->is_withdrawn ? UMD_ENDED_BY_US : UMD_NOT_STARTED;
}

/* Ends a start that went like @start and @err so far. */
static enum umd_start umd_worker_started(struct umd_worker *worker,
					 enum umd_start start, int *err)
{
	lockdep_assert_held(&worker->driver->lock);
	if (worker->state == UMD_WORKER_ENDED)
		return umd_worker_ended(worker, err);
	if (start == UMD_STARTED) {
		umd_worker_ready(worker);
		umd_driver_started(worker->driver, 0);
		return UMD_STARTED;
	}
	if (!umd_worker_is_killed(worker)) {
		umd_worker_end(worker, UMD_END_START, *err);
		return start;
	}
	*err = -EPIPE;
	umd_worker_end(worker, UMD_END_OUTSIDE, *err);
	return UMD_KILLED_OUTSIDE;
}

/*
 * Starts a Handler, up to where it takes requests. The start work of a driver,
 * which alone calls this, has no two instances at a time.
 */
static enum umd_start umd_worker_start(struct umd_driver *driver, int *err)
{
	struct umd_worker *worker;
	enum umd_start start;

	worker = umd_worker_create(driver);
	if (!worker) {
		*err = -ENOMEM;
		return UMD_NO_RESOURCES;
	}
	start = umd_worker_bring_up(worker, err);

	umd_driver_lock(driver);
	driver->starter = NULL;
	start = umd_worker_started(worker, start, err);
	trace_umd_spawn(worker, *err);
	umd_driver_unlock(driver);
	umd_worker_put(worker);
	return start;
}

static bool umd_driver_wants_worker(struct umd_driver *driver)
{
	bool ret;

	umd_driver_lock(driver);
	ret = umd_driver_wants_start(driver);
	umd_driver_unlock(driver);
	return ret;
}

/*
 * A start has failed. The requests that wait for it fail with it, if there is no
 * other Handler. The driver is charged, unless there were no helpers or no
 * resources, or it is being unloaded or was stopped. Returns whether to report this.
 */
static bool umd_driver_start_failed(struct umd_driver *driver, int err,
				    enum umd_start start)
{
	bool counts = start != UMD_HELPERS_DISABLED;

	umd_driver_lock(driver);
	counts = counts && umd_driver_loaded(driver) && !driver->stopped;
	if (start == UMD_NO_RESOURCES)
		umd_failure_of_resources(driver, err);
	else if (counts)
		umd_failure_of_start(driver);
	umd_driver_started(driver, err);
	if (!umd_driver_runs(driver))
		umd_queue_end(driver, err);
	/* For some users none of the other Handlers may work. */
	if (start == UMD_NO_RESOURCES || umd_failure_blocks_start(driver))
		umd_driver_make_due(driver, UMD_DUE_QUEUE);
	umd_driver_unlock(driver);
	return counts;
}

/* The thaw tries again. A modprobe that waits for the start must not until then. */
static void umd_driver_starts_later(struct umd_driver *driver)
{
	umd_driver_lock(driver);
	driver->helpers_disabled = umd_freeze_is_near();
	umd_driver_started(driver, 0);
	umd_driver_unlock(driver);
}

/**
 * umd_driver_start - start workers as long as they are wanted
 * @work: the driver's start work
 *
 * Context: process context, sleeps.
 */
void umd_driver_start(struct work_struct *work)
{
	struct umd_driver *driver = container_of(work, struct umd_driver,
						 start_work);
	enum umd_start start;
	int tries = 0, err;

	might_sleep();
	while (umd_driver_wants_worker(driver)) {
		umd_inject_begin(UMD_INJECT_START);
		start = umd_worker_start(driver, &err);
		umd_inject_end(UMD_INJECT_START);
		/* The task that ended a worker has notified all whom that concerns. */
		if (start == UMD_STARTED || start == UMD_ENDED_BY_US)
			continue;
		if (start == UMD_HELPERS_DISABLED && umd_freeze_is_near()) {
			umd_driver_starts_later(driver);
			return;
		}
		if ((start == UMD_KILLED_OUTSIDE ||
		     start == UMD_HELPERS_DISABLED) &&
		    ++tries < UMD_START_TRIES) {
			/* A thaw enables helpers first, and notifies us later. */
			if (start == UMD_HELPERS_DISABLED)
				msleep(UMD_START_PAUSE_MS);
			continue;
		}
		if (start == UMD_KILLED_OUTSIDE)
			err = -EPIPE;
		if (umd_driver_start_failed(driver, err, start))
			pr_err_ratelimited("%s: cannot start the Handler: error %d\n",
					   driver->name, err);
		return;
	}
}
