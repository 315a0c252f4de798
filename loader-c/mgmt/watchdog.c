// SPDX-License-Identifier: GPL-2.0-only
/* Ends what is late. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/jiffies.h>
#include <linux/workqueue.h>

#include "process.h"
#include "trace.h"

/* Ends a request that is late. Caller holds the lock. */
static void umd_watch_request(struct umd_driver *driver,
			      struct umd_request *req)
{
	/* Then a copy is all that keeps it. */
	if (req->ended)
		return;
	if (time_before(jiffies, req->deadline)) {
		umd_watch(driver, req->deadline);
		return;
	}
	trace_umd_timeout(driver, req);
	umd_request_end(req, -ETIMEDOUT);
}

/* Ends a worker that has been idle for long. Caller holds the lock. */
static void umd_watch_idle(struct umd_driver *driver,
			   struct umd_worker *worker)
{
	unsigned long end = worker->idle_since + driver->idle;

	if (!driver->idle)
		return;
	if (time_before(jiffies, end))
		umd_watch(driver, end);
	else
		umd_worker_end(worker, UMD_END_IDLE, -ESHUTDOWN);
}

/*
 * Ends a worker that has replied, by write(), and does something else than to
 * read, whether it was called or not. Caller holds the lock.
 */
static void umd_watch_away(struct umd_driver *driver,
			   struct umd_worker *worker)
{
	unsigned long end = worker->idle_since + driver->timeout;
	bool held;

	if (time_before(jiffies, end)) {
		umd_watch(driver, end);
		return;
	}
	held = umd_worker_is_held(worker);
	pr_info_ratelimited("%s[%d]: does not read again, killed\n",
			    driver->mgmt->driver_name, pid_nr(worker->pid));
	umd_worker_end(worker, held ? UMD_END_TRACED : UMD_END_TIMEOUT,
		       -ETIMEDOUT);
}

/* Ends a worker that does not read or reply in time. Caller holds the lock. */
static void umd_watch_worker(struct umd_driver *driver,
			     struct umd_worker *worker)
{
	bool ready = worker->state == UMD_WORKER_READY && !worker->busy;

	if (worker->state == UMD_WORKER_ENDED)
		return;
	if (ready && !worker->reading) {
		umd_watch_away(driver, worker);
		return;
	}
	if (!worker->due) {
		if (ready)
			umd_watch_idle(driver, worker);
		return;
	}
	if (time_before(jiffies, worker->deadline)) {
		umd_watch(driver, worker->deadline);
		return;
	}
	pr_info_ratelimited("%s[%d]: no %s in time, killed\n",
			    driver->mgmt->driver_name, pid_nr(worker->pid),
			    worker->busy ? "reply" : "read");
	umd_worker_end(worker, UMD_END_TIMEOUT, -ETIMEDOUT);
}

/**
 * umd_watchdog - end what is late, and see to the queue and to spare workers
 * @work: the driver's watchdog
 *
 * A caller and its Handler have deadlines of their own: a request that waited
 * for most of its time must not have the Handler killed that reads it at last.
 */
void umd_watchdog(struct work_struct *work)
{
	struct umd_driver *driver = container_of(to_delayed_work(work),
						 struct umd_driver, watchdog);
	struct umd_request *req, *next;
	struct umd_worker *worker;

	umd_driver_lock(driver);
	/* The thaw comes back here. */
	if (umd_power_is_frozen())
		goto out;
	list_for_each_entry_safe(req, next, &driver->queue, node)
		umd_watch_request(driver, req);
	list_for_each_entry(worker, &driver->workers, node) {
		if (worker->request)
			umd_watch_request(driver, worker->request);
		if (worker->direct)
			umd_watch_request(driver, worker->direct);
		umd_watch_worker(driver, worker);
	}
	if (driver->queued)
		driver->is_due = true;
	umd_driver_keep_spare(driver);
out:
	umd_driver_unlock(driver);
}
