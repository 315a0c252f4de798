// SPDX-License-Identifier: GPL-2.0-only
/* Drivers: registration, starts on demand, deadlines. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/idr.h>
#include <linux/jiffies.h>
#include <linux/slab.h>

#include "compat.h"
#include "internal.h"

/* Starts in a row that somebody may foil by killing the new process. */
#define UMD_START_TRIES 16

static DEFINE_IDA(umd_driver_ids);

/**
 * umd_driver_loaded - whether there is a binary that may be started
 * @driver: the driver
 *
 * Context: caller holds the driver's lock.
 * Return: true if so.
 */
bool umd_driver_loaded(struct umd_driver *driver)
{
	return driver->blob && !driver->unloading;
}

/* Caller holds the lock. */
static struct umd_worker *umd_driver_live_worker(struct umd_driver *driver)
{
	struct umd_worker *worker;

	list_for_each_entry(worker, &driver->workers, node) {
		if (worker->state != UMD_WORKER_ENDED)
			return worker;
	}
	return NULL;
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
	struct umd_worker *worker;

	if (!umd_driver_loaded(driver) || list_empty(&driver->queue))
		return;
	worker = umd_driver_live_worker(driver);
	if (!worker)
		queue_work(umd_wq, &driver->start_work);
	else
		umd_worker_call(worker);
}

/**
 * umd_driver_watch - have the watchdog look at a deadline
 * @driver: the driver
 * @deadline: in jiffies
 *
 * There is one timer for all requests, and it is left alone as long as it
 * comes early enough: most requests end long before.
 *
 * Context: caller holds the driver's lock.
 */
void umd_driver_watch(struct umd_driver *driver, unsigned long deadline)
{
	unsigned long now = jiffies;

	if (delayed_work_pending(&driver->watchdog) &&
	    time_before_eq(driver->watchdog.timer.expires, deadline))
		return;
	/* Without a delay no timer would be set, and the above be wrong. */
	mod_delayed_work(umd_wq, &driver->watchdog,
			 time_after(deadline, now) ? deadline - now : 1);
}

/* Ends a request that is late. Caller holds the lock. */
static void umd_driver_check_request(struct umd_driver *driver,
				     struct umd_request *req)
{
	if (time_before(jiffies, req->deadline))
		umd_driver_watch(driver, req->deadline);
	else
		umd_request_end(req, -ETIMEDOUT);
}

/* Ends a worker that does not read or reply in time. Caller holds the lock. */
static void umd_driver_check_worker(struct umd_driver *driver,
				    struct umd_worker *worker)
{
	if (worker->state == UMD_WORKER_ENDED || !worker->due)
		return;
	if (time_before(jiffies, worker->deadline)) {
		umd_driver_watch(driver, worker->deadline);
		return;
	}
	pr_info_ratelimited("%s[%d]: no %s in time, killed\n",
			    driver->mgmt->driver_name, pid_nr(worker->pid),
			    worker->busy ? "reply" : "read");
	umd_worker_end(worker, UMD_END_TIMEOUT, -ETIMEDOUT);
}

static void umd_driver_watchdog(struct work_struct *work)
{
	struct umd_driver *driver = container_of(to_delayed_work(work),
						 struct umd_driver, watchdog);
	struct umd_request *req, *next;
	struct umd_worker *worker;

	spin_lock(&driver->lock);
	list_for_each_entry_safe(req, next, &driver->queue, node)
		umd_driver_check_request(driver, req);
	list_for_each_entry(worker, &driver->workers, node) {
		if (worker->request)
			umd_driver_check_request(driver, worker->request);
		umd_driver_check_worker(driver, worker);
	}
	spin_unlock(&driver->lock);
}

static bool umd_driver_wants_worker(struct umd_driver *driver)
{
	bool ret;

	spin_lock(&driver->lock);
	ret = umd_driver_loaded(driver) &&
	      (driver->start_wanted || !list_empty(&driver->queue)) &&
	      !umd_driver_live_worker(driver);
	spin_unlock(&driver->lock);
	return ret;
}

static void umd_driver_start(struct work_struct *work)
{
	struct umd_driver *driver = container_of(work, struct umd_driver,
						 start_work);
	int tries = 0, err;

	while (umd_driver_wants_worker(driver)) {
		err = umd_worker_start(driver);
		if (err == UMD_KILLED_OUTSIDE && ++tries < UMD_START_TRIES)
			continue;
		if (err == UMD_KILLED_OUTSIDE)
			err = -EPIPE;
		if (err && err != -ESHUTDOWN)
			pr_err_ratelimited("%s: cannot start the Handler: error %d\n",
					   driver->mgmt->driver_name, err);
		spin_lock(&driver->lock);
		if (driver->start_wanted) {
			driver->start_wanted = false;
			driver->start_error = err;
			complete(&driver->started);
		}
		if (err)
			umd_queue_end(driver, err);
		spin_unlock(&driver->lock);
	}
}

/**
 * umd_driver_free - free a driver
 * @ref: its reference count, which has become zero
 */
void umd_driver_free(struct kref *ref)
{
	kfree(container_of(ref, struct umd_driver, ref));
}

static bool umd_mgmt_is_valid(const struct umd_mgmt *mgmt)
{
	return mgmt->driver_name && mgmt->driver_name[0] &&
	       strlen(mgmt->driver_name) < TASK_COMM_LEN &&
	       !strchr(mgmt->driver_name, '/') &&
	       mgmt->kmod && mgmt->kmod[0] &&
	       strlen(mgmt->kmod) < MODULE_NAME_LEN &&
	       mgmt->max_request <= UMD_MAX_PAYLOAD &&
	       mgmt->max_reply <= UMD_MAX_PAYLOAD;
}

/**
 * umd_mgmt_register - make a driver known
 * @mgmt: its description; stays the caller's and must stay as it is until
 *	umd_mgmt_unregister()
 *
 * Nothing is loaded or started.
 *
 * Context: process context, may sleep.
 * Return: 0; -EINVAL for a name or limit out of bounds; -ENOMEM; -ENOSPC when
 * there are no more ids.
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
	driver->id = ida_alloc(&umd_driver_ids, GFP_KERNEL);
	if (driver->id < 0) {
		err = driver->id;
		goto err_free;
	}
	err = umd_seal_ids(driver);
	if (err)
		goto err_id;

	kref_init(&driver->ref);
	driver->mgmt = mgmt;
	driver->timeout = msecs_to_jiffies(mgmt->timeout_ms ?:
					   UMD_MGMT_TIMEOUT_MS);
	spin_lock_init(&driver->lock);
	INIT_LIST_HEAD(&driver->queue);
	INIT_LIST_HEAD(&driver->workers);
	init_completion(&driver->started);
	INIT_WORK(&driver->start_work, umd_driver_start);
	INIT_DELAYED_WORK(&driver->watchdog, umd_driver_watchdog);
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

	umd_mgmt_unload(mgmt);
	cancel_work_sync(&driver->start_work);
	cancel_delayed_work_sync(&driver->watchdog);
	ida_free(&umd_driver_ids, driver->id);
	mgmt->driver = NULL;
	kref_put(&driver->ref, umd_driver_free);
}
EXPORT_SYMBOL_NS_GPL(umd_mgmt_unregister, UMD_MGMT_NS);
