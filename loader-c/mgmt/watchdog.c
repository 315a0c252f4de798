// SPDX-License-Identifier: GPL-2.0-only
/* Ends what is late. */
#include <linux/jiffies.h>
#include <linux/workqueue.h>

#include "process.h"

/* Ends a worker that has been idle for long. */
static void umd_watch_idle(struct umd_driver *driver,
			   struct umd_worker *worker)
{
	unsigned long end = worker->idle_since + driver->idle;

	lockdep_assert_held(&driver->lock);
	if (!driver->idle)
		return;
	if (time_before(jiffies, end))
		umd_watch(driver, end);
	else
		umd_worker_end(worker, UMD_END_IDLE, -ESHUTDOWN);
}

/*
 * Ends a worker that has replied, by write(), and does something else than to
 * read, whether it was called or not.
 */
static void umd_watch_away(struct umd_driver *driver,
			   struct umd_worker *worker)
{
	unsigned long end = worker->idle_since + driver->timeout;
	bool held;

	lockdep_assert_held(&driver->lock);
	if (time_before(jiffies, end)) {
		umd_watch(driver, end);
		return;
	}
	held = umd_worker_is_held(worker);
	umd_notice(worker, false, "does not read again, killed", "");
	umd_worker_end(worker, held ? UMD_END_TRACED : UMD_END_TIMEOUT,
		       -ETIMEDOUT);
}

/* Ends a worker that does not read or reply in time. */
static void umd_watch_worker(struct umd_driver *driver,
			     struct umd_worker *worker)
{
	bool busy = worker->duty == UMD_WORKER_BUSY;
	bool ready = worker->state == UMD_WORKER_READY && !busy;
	bool held;

	lockdep_assert_held(&driver->lock);
	if (worker->state == UMD_WORKER_ENDED)
		return;
	if (ready && !worker->reading) {
		umd_watch_away(driver, worker);
		return;
	}
	if (worker->duty == UMD_WORKER_IDLE) {
		if (ready)
			umd_watch_idle(driver, worker);
		return;
	}
	if (time_before(jiffies, worker->deadline)) {
		umd_watch(driver, worker->deadline);
		return;
	}
	held = worker->state == UMD_WORKER_READY && umd_worker_is_held(worker);
	umd_notice(worker, false, busy ? "no reply in time, killed" :
					 "no read in time, killed",
		   held ? ", held by somebody" : "");
	umd_worker_end(worker, held ? UMD_END_TRACED : UMD_END_TIMEOUT,
		       -ETIMEDOUT);
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
	struct umd_worker *worker;

	umd_driver_lock(driver);
	umd_watch_begin(driver);
	umd_driver_poll_freeze(driver);
	if (driver->frozen)
		goto out;
	umd_queue_visit(driver, umd_request_end_late);
	list_for_each_entry(worker, &driver->workers, node) {
		if (worker->request)
			umd_request_end_late(worker->request);
		if (worker->direct)
			umd_request_end_late(worker->direct);
		umd_watch_worker(driver, worker);
	}
	if (driver->queued)
		umd_driver_make_due(driver, UMD_DUE_QUEUE);
	umd_driver_make_due(driver, UMD_DUE_SPARE);
out:
	umd_driver_unlock(driver);
}
