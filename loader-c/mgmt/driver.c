// SPDX-License-Identifier: GPL-2.0-only
/* Drivers: registration, starts on demand, what the administrator does. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/idr.h>
#include <linux/jiffies.h>
#include <linux/oom.h>
#include <linux/sched/prio.h>
#include <linux/slab.h>

#include "compat.h"
#include "inject.h"
#include "internal.h"

/* Starts in a row that may be foiled, by a kill or by the end of suspend. */
#define UMD_START_TRIES 16
/* Before the next one, when it was the latter. */
#define UMD_START_PAUSE_MS 10
/* How soon a worker that has replied is back in read(), at the latest. */
#define UMD_AWAY_TICKS (HZ / 50 + 1)

static DEFINE_IDA(umd_driver_ids);
static atomic_long_t umd_driver_serial;

LIST_HEAD(umd_drivers);
DEFINE_MUTEX(umd_drivers_lock); /* of umd_drivers */

/**
 * umd_driver_runs - whether there is a Handler
 * @driver: the driver
 *
 * Context: caller holds the driver's lock.
 * Return: true if so, also when it is only starting.
 */
bool umd_driver_runs(struct umd_driver *driver)
{
	struct umd_worker *worker;

	list_for_each_entry(worker, &driver->workers, node) {
		if (worker->state != UMD_WORKER_ENDED)
			return true;
	}
	return false;
}

/*
 * Calls idle workers, of those in read() or of the others, until there is one
 * for each of @left requests. Returns for how many there is none.
 *
 * One that is not in read() has just replied by write() and will be back, or is
 * up to no good. It is called either way, so that its deadline runs, but only
 * for a moment does it count: then the watchdog comes back here.
 *
 * Caller holds the lock.
 */
static unsigned int umd_driver_call_idle(struct umd_driver *driver,
					 bool reading, unsigned int left)
{
	struct umd_worker *worker;
	unsigned long back;

	list_for_each_entry(worker, &driver->workers, node) {
		if (!left)
			break;
		if (worker->state != UMD_WORKER_READY || worker->busy ||
		    worker->reading != reading || !umd_worker_call(worker))
			continue;
		if (!reading) {
			back = worker->idle_since + UMD_AWAY_TICKS;
			if (time_after_eq(jiffies, back))
				continue;
			umd_watch(driver, back);
		}
		left--;
	}
	return left;
}

/* For how many requests of the queue there is no worker. Caller holds the lock. */
static unsigned int umd_driver_call_workers(struct umd_driver *driver)
{
	unsigned int left;

	left = umd_driver_call_idle(driver, true, driver->queued);
	return left ? umd_driver_call_idle(driver, false, left) : 0;
}

/*
 * Whether another worker is to be started: for @left requests or, when there
 * are none, so that @spare are idle beside the next that is called. One that is
 * starting will look at the queue by itself, and one is started at a time.
 * Caller holds the lock.
 */
static bool umd_driver_is_short(struct umd_driver *driver, unsigned int left,
				unsigned int spare)
{
	unsigned int live = 0, idle = 0;
	struct umd_worker *worker;

	list_for_each_entry(worker, &driver->workers, node) {
		if (worker->state == UMD_WORKER_STARTING)
			return false;
		if (worker->state == UMD_WORKER_ENDED)
			continue;
		live++;
		/* Those that are called are as good as busy. */
		if (!worker->busy && !worker->due)
			idle++;
	}
	if (live >= max(driver->mgmt->max_workers, 1U))
		return false;
	if (idle && idle <= spare)
		left = 1;
	/* The back-off is for requests: a Loader that is loaded by hand may try. */
	return driver->load || (left && !umd_failure_blocks_start(driver));
}

/**
 * umd_driver_kick - see to it that somebody reads the queue
 * @driver: the driver
 *
 * To be called when a request has come into the queue, and when a worker has
 * become ready, has replied or has ended.
 *
 * Context: caller holds the driver's lock.
 */
void umd_driver_kick(struct umd_driver *driver)
{
	unsigned int left;

	if (!umd_driver_loaded(driver))
		return;
	left = umd_driver_call_workers(driver);
	if ((left || driver->load) && umd_driver_is_short(driver, left, 0))
		queue_work(umd_wq, &driver->start_work);
	else if (umd_failure_blocks_start(driver) && !umd_driver_runs(driver))
		umd_queue_end(driver, -EHOSTDOWN);
}

static bool umd_driver_lacks_spare(struct umd_driver *driver)
{
	unsigned int spare = driver->mgmt->spare_workers;

	return spare && umd_driver_loaded(driver) &&
	       umd_driver_is_short(driver, 0, spare);
}

/**
 * umd_driver_rested - see to the queue, and a little later to spare workers
 * @driver: the driver, of which a worker has replied
 *
 * A start must not be in the way of who gets the reply, nor of who tries again
 * after a crash: so the watchdog sees to it, and only after a reply.
 *
 * Context: caller holds the driver's lock.
 */
void umd_driver_rested(struct umd_driver *driver)
{
	if (driver->queued)
		umd_driver_kick(driver);
	if (umd_driver_lacks_spare(driver)) {
		driver->spare_due = true;
		umd_watch(driver, jiffies + 1);
	}
}

/**
 * umd_driver_keep_spare - start a spare worker, if one has become due
 * @driver: the driver
 *
 * Spares that end for being idle are not replaced: no reply asks for that.
 *
 * Context: caller holds the driver's lock.
 */
void umd_driver_keep_spare(struct umd_driver *driver)
{
	if (driver->spare_due && umd_driver_lacks_spare(driver))
		queue_work(umd_wq, &driver->start_work);
	driver->spare_due = false;
}

static bool umd_driver_wants_worker(struct umd_driver *driver)
{
	bool ret;

	spin_lock(&driver->lock);
	ret = umd_driver_loaded(driver) && !driver->stopped &&
	      !umd_power_is_frozen() &&
	      umd_driver_is_short(driver, umd_driver_call_workers(driver),
				  driver->mgmt->spare_workers);
	spin_unlock(&driver->lock);
	return ret;
}

/**
 * umd_driver_started - tell umd_mgmt_load(), if it waits for a start
 * @driver: the driver
 * @error: how the start went
 *
 * Context: caller holds the driver's lock.
 */
void umd_driver_started(struct umd_driver *driver, int error)
{
	struct umd_load *load = driver->load;

	if (!load)
		return;
	driver->load = NULL;
	load->error = error;
	complete(&load->done);
}

/*
 * A start has failed. What waits for it fails with it, if there is no other
 * Handler. @counts: against the Handler, unless the driver is being unloaded or
 * was stopped. Returns whether it does.
 */
static bool umd_driver_start_failed(struct umd_driver *driver, int err,
				    bool counts)
{
	spin_lock(&driver->lock);
	counts = counts && umd_driver_loaded(driver) && !driver->stopped;
	if (counts)
		umd_failure_of_start(driver);
	umd_driver_started(driver, err);
	if (!umd_driver_runs(driver))
		umd_queue_end(driver, err);
	spin_unlock(&driver->lock);
	return counts;
}

static void umd_driver_start(struct work_struct *work)
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

/* Ends all requests and the workers that have one, or all. */
static void umd_driver_end_all(struct umd_driver *driver, enum umd_end end,
			       int error, bool idle_too)
{
	struct umd_worker *worker;

	umd_queue_end(driver, error);
	list_for_each_entry(worker, &driver->workers, node) {
		if (idle_too || (worker->busy &&
				 worker->state == UMD_WORKER_READY))
			umd_worker_end(worker, end, error);
	}
}

/**
 * umd_driver_stop - stop a driver for its administrator, or let it go on
 * @driver: the driver
 * @stop: whether to stop it
 *
 * Context: any that may take the driver's lock, which the caller must not
 * hold.
 */
void umd_driver_stop(struct umd_driver *driver, bool stop)
{
	spin_lock(&driver->lock);
	driver->stopped = stop;
	if (stop) {
		umd_driver_started(driver, -EPERM);
		umd_driver_end_all(driver, UMD_END_STOPPED, -EPERM, true);
		umd_statistics_forget(driver);
	} else {
		umd_failure_forget(driver);
	}
	spin_unlock(&driver->lock);
}

/**
 * umd_driver_abort - end all requests for the administrator
 * @driver: the driver
 *
 * Context: any that may take the driver's lock, which the caller must not
 * hold.
 */
void umd_driver_abort(struct umd_driver *driver)
{
	spin_lock(&driver->lock);
	umd_driver_end_all(driver, UMD_END_ABORTED, -ECANCELED, false);
	spin_unlock(&driver->lock);
}

/**
 * umd_driver_free - free a driver
 * @ref: its reference count, which has become zero
 */
void umd_driver_free(struct kref *ref)
{
	struct umd_driver *driver = container_of(ref, struct umd_driver, ref);

	umd_failure_forget(driver);
	ida_free(&umd_driver_ids, driver->id);
	kfree(driver);
}

static bool umd_mgmt_is_valid(const struct umd_mgmt *mgmt)
{
	return mgmt->driver_name && mgmt->driver_name[0] &&
	       strlen(mgmt->driver_name) < TASK_COMM_LEN &&
	       !strchr(mgmt->driver_name, '/') &&
	       mgmt->kmod && mgmt->kmod[0] &&
	       strlen(mgmt->kmod) < MODULE_NAME_LEN &&
	       mgmt->max_request <= UMD_MAX_PAYLOAD &&
	       mgmt->max_reply <= UMD_MAX_PAYLOAD &&
	       mgmt->max_workers <= UMD_MGMT_MAX_WORKERS &&
	       mgmt->spare_workers < max(mgmt->max_workers, 1U) &&
	       mgmt->nice >= MIN_NICE && mgmt->nice <= MAX_NICE &&
	       mgmt->oom_score_adj >= 0 &&
	       mgmt->oom_score_adj <= OOM_SCORE_ADJ_MAX;
}

static void umd_driver_init(struct umd_driver *driver, struct umd_mgmt *mgmt)
{
	kref_init(&driver->ref);
	driver->mgmt = mgmt;
	driver->timeout = msecs_to_jiffies(mgmt->timeout_ms ?:
					   UMD_MGMT_TIMEOUT_MS);
	driver->idle = msecs_to_jiffies(mgmt->idle_ms);
	spin_lock_init(&driver->lock);
	INIT_LIST_HEAD(&driver->queue);
	INIT_LIST_HEAD(&driver->workers);
	INIT_LIST_HEAD(&driver->offenders);
	INIT_WORK(&driver->start_work, umd_driver_start);
	INIT_DELAYED_WORK(&driver->watchdog, umd_watchdog);
}

/**
 * umd_mgmt_register - make a driver known
 * @mgmt: its description; stays the caller's and must stay as it is until
 *	umd_mgmt_unregister()
 *
 * Nothing is loaded or started. The driver gets its files in securityfs and
 * debugfs.
 *
 * Context: process context, may sleep.
 * Return: 0; -EINVAL for a name or number out of bounds; -EEXIST when there is
 * a driver of this name; -ENOMEM; -ENOSPC when there are no more ids.
 */
int umd_mgmt_register(struct umd_mgmt *mgmt)
{
	struct umd_driver *driver;
	int err;

	if (!umd_mgmt_is_valid(mgmt))
		return -EINVAL;
	driver = kzalloc(sizeof(*driver), GFP_KERNEL);
	if (!driver)
		return -ENOMEM;
	umd_driver_init(driver, mgmt);
	driver->serial = atomic_long_inc_return(&umd_driver_serial);
	driver->id = ida_alloc(&umd_driver_ids, GFP_KERNEL);
	if (driver->id < 0) {
		err = driver->id;
		goto err_free;
	}
	err = umd_seal_ids(driver);
	if (err)
		goto err_id;
	err = umd_control_add(driver);
	if (err)
		goto err_id;
	umd_statistics_add(driver);

	mutex_lock(&umd_drivers_lock);
	list_add(&driver->node, &umd_drivers);
	mutex_unlock(&umd_drivers_lock);
	mgmt->driver = driver;
	return 0;

err_id:
	ida_free(&umd_driver_ids, driver->id);
err_free:
	kfree(driver);
	return err;
}
EXPORT_SYMBOL_NS_GPL(umd_mgmt_register, UMD_MGMT_NS);

/**
 * umd_mgmt_unregister - forget a driver
 * @mgmt: a registered driver that no call uses any more
 *
 * A binary that is still loaded is unloaded.
 *
 * Context: process context, sleeps.
 */
void umd_mgmt_unregister(struct umd_mgmt *mgmt)
{
	struct umd_driver *driver = mgmt->driver;

	mutex_lock(&umd_drivers_lock);
	list_del(&driver->node);
	mutex_unlock(&umd_drivers_lock);
	umd_control_remove(driver);
	umd_statistics_remove(driver);
	umd_mgmt_unload(mgmt);
	cancel_work_sync(&driver->start_work);
	cancel_delayed_work_sync(&driver->watchdog);
	mgmt->driver = NULL;
	kref_put(&driver->ref, umd_driver_free);
}
EXPORT_SYMBOL_NS_GPL(umd_mgmt_unregister, UMD_MGMT_NS);
