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

/* Starts in a row that may be foiled, by a kill or by the end of suspend. */
#define UMD_START_TRIES 16
/* Before the next one, when it was the latter. */
#define UMD_START_PAUSE_MS 10

static struct umd_worker *umd_worker_create(struct umd_driver *driver)
{
	struct umd_worker *worker;

	worker = kzalloc(sizeof(*worker), GFP_KERNEL);
	if (!worker)
		return NULL;
	kref_init(&worker->ref);
	kref_get(&driver->ref);
	worker->driver = driver;
	worker->state = UMD_WORKER_STARTING;

	umd_driver_lock(driver);
	list_add(&worker->node, &driver->workers);
	driver->starting = worker;
	WRITE_ONCE(driver->starter, current);
	if (driver->unloading)
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

	err = umd_request_run(driver, worker, &call, driver->timeout);
	if (err)
		return err;
	if (call.status) {
		pr_err("%s: Handler refuses HELLO: status %d\n",
		       driver->mgmt->driver_name, call.status);
		return -EPROTO;
	}
	wrong = umd_hello_check(&ours, &theirs);
	if (!wrong) {
		/* It sees nothing of this until it has got the next request. */
		WRITE_ONCE(worker->request_room,
			   ALIGN(sizeof(struct umd_frame_header) +
				 (size_t)theirs.max_request, UMD_REPLY_ALIGN));
		return 0;
	}
	pr_err("%s: Handler %s: version %u, requests to %u, replies to %u; wanted %u, %u, %u\n",
	       driver->mgmt->driver_name, wrong, theirs.version,
	       theirs.max_request, theirs.max_reply, ours.version,
	       ours.max_request, ours.max_reply);
	return -EPROTO;
}

static int umd_worker_run(struct umd_worker *worker)
{
	struct umd_mgmt *mgmt = worker->driver->mgmt;
	int err;

	err = umd_spawn(worker);
	if (err)
		return err == -EBUSY ? UMD_HELPERS_DISABLED : err;
	err = umd_worker_hello(worker);
	if (err || !mgmt->post_start)
		return err;
	err = mgmt->post_start(mgmt);
	return err > 0 ? -EINVAL : err;
}

/* Before exec fails for that, its process has not exited. */
static bool umd_worker_is_killed(const struct umd_worker *worker)
{
	struct task_struct *task;
	bool ret;

	rcu_read_lock();
	task = pid_task(worker->pid, PIDTYPE_TGID);
	ret = task && (fatal_signal_pending(task) || tsk_is_oom_victim(task));
	rcu_read_unlock();
	return ret;
}

/* What a start has come to. Caller holds the lock. */
static int umd_worker_started(struct umd_worker *worker, int err)
{
	struct umd_driver *driver = worker->driver;

	if (worker->state == UMD_WORKER_ENDED) {
		if (umd_end_is_outside(worker->end))
			return UMD_KILLED_OUTSIDE;
		if (worker->end == UMD_END_UNLOAD ||
		    worker->end == UMD_END_STOPPED)
			return UMD_ENDED_BY_US;
		return err && umd_end_is_own(worker->end) ? err : worker->error;
	}
	if (err && umd_worker_is_killed(worker)) {
		umd_worker_end(worker, UMD_END_OUTSIDE, -EPIPE);
		return UMD_KILLED_OUTSIDE;
	}
	if (err) {
		umd_worker_end(worker, UMD_END_START,
			       err == UMD_HELPERS_DISABLED ? -EBUSY : err);
		return err;
	}
	worker->state = UMD_WORKER_READY;
	umd_statistics_start(driver);
	/* Of a request of post_start that has timed out it keeps the deadline. */
	if (!worker->busy)
		umd_worker_rest(worker);
	umd_driver_started(driver, 0);
	driver->is_due = true;
	return 0;
}

/*
 * Starts a Handler, up to where it takes requests. Only the start work of the
 * driver calls this, of which no two instances run at a time.
 *
 * Returns 0; %UMD_KILLED_OUTSIDE when somebody killed the Handler meanwhile,
 * which says nothing of the Handler; %UMD_ENDED_BY_US when the driver was
 * unloaded or stopped meanwhile; %UMD_HELPERS_DISABLED when there are no user
 * mode helpers now; a negative errno when it cannot be started.
 */
static int umd_worker_start(struct umd_driver *driver)
{
	struct umd_worker *worker;
	int err;

	worker = umd_worker_create(driver);
	if (!worker)
		return -ENOMEM;
	err = umd_worker_run(worker);

	umd_driver_lock(driver);
	driver->starting = NULL;
	WRITE_ONCE(driver->starter, NULL);
	err = umd_worker_started(worker, err);
	trace_umd_spawn(driver, worker->pid, err > 0 ? worker->error : err);
	umd_driver_unlock(driver);
	umd_worker_put(worker);
	return err;
}

static bool umd_driver_wants_worker(struct umd_driver *driver)
{
	bool ret;

	umd_driver_lock(driver);
	ret = !umd_power_is_frozen() && umd_driver_wants_start(driver);
	umd_driver_unlock(driver);
	return ret;
}

/*
 * A start has failed. What waits for it fails with it, if there is no other
 * Handler. @counts: against the Handler, unless the driver is being unloaded or
 * was stopped. Returns whether it does.
 */
static bool umd_driver_start_failed(struct umd_driver *driver, int err,
				    bool counts)
{
	umd_driver_lock(driver);
	counts = counts && umd_driver_loaded(driver) && !driver->stopped;
	if (counts)
		umd_failure_of_start(driver);
	umd_driver_started(driver, err);
	if (!umd_driver_runs(driver))
		umd_queue_end(driver, err);
	umd_driver_unlock(driver);
	return counts;
}

/**
 * umd_driver_start - start workers as long as they are wanted
 * @work: the driver's start work
 *
 * Context: a workqueue, sleeps.
 */
void umd_driver_start(struct work_struct *work)
{
	struct umd_driver *driver = container_of(work, struct umd_driver,
						 start_work);
	int tries = 0, err;
	bool disabled;

	while (umd_driver_wants_worker(driver)) {
		umd_inject_begin(UMD_INJECT_START);
		err = umd_worker_start(driver);
		umd_inject_end(UMD_INJECT_START);
		/* Whoever ended it has told all whom it concerned. */
		if (!err || err == UMD_ENDED_BY_US)
			continue;
		disabled = err == UMD_HELPERS_DISABLED;
		if ((err == UMD_KILLED_OUTSIDE || disabled) &&
		    ++tries < UMD_START_TRIES) {
			/* A thaw enables them first, and tells us then. */
			if (disabled)
				msleep(UMD_START_PAUSE_MS);
			continue;
		}
		if (err > 0)
			err = disabled ? -EBUSY : -EPIPE;
		if (umd_driver_start_failed(driver, err, !disabled))
			pr_err_ratelimited("%s: cannot start the Handler: error %d\n",
					   driver->mgmt->driver_name, err);
		return;
	}
}
