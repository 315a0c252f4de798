// SPDX-License-Identifier: GPL-2.0-only
/* Deadlines: one timer for each driver. */
#include <linux/jiffies.h>
#include <linux/workqueue.h>

#include "state.h"

/* Of its own, with a rescuer: deadlines hold when there is no memory left. */
static struct workqueue_struct *umd_watch_wq;

/**
 * umd_watch - have the watchdog look at a deadline
 * @driver: the driver
 * @deadline: in jiffies
 *
 * The timer is left alone as long as it comes early enough: most requests end
 * long before, and do not touch it.
 *
 * Context: caller holds the driver's lock.
 */
void umd_watch(struct umd_driver *driver, unsigned long deadline)
{
	unsigned long now = jiffies;

	if (delayed_work_pending(&driver->watchdog) &&
	    time_before_eq(driver->watchdog.timer.expires, deadline))
		return;
	/* Without a delay no timer would be set, and the above be wrong. */
	mod_delayed_work(umd_watch_wq, &driver->watchdog,
			 time_after(deadline, now) ? deadline - now : 1);
}

/**
 * umd_worker_expect - have a worker killed unless it reads or replies in time
 * @worker: the worker
 * @timeout: in jiffies from now
 *
 * Context: caller holds the driver's lock.
 */
void umd_worker_expect(struct umd_worker *worker, unsigned long timeout)
{
	worker->due = true;
	worker->deadline = jiffies + timeout + 1;
	umd_watch(worker->driver, worker->deadline);
}

/**
 * umd_watch_shift - put off all deadlines
 * @driver: the driver
 * @by: in jiffies
 *
 * Context: caller holds the driver's lock.
 */
void umd_watch_shift(struct umd_driver *driver, unsigned long by)
{
	struct umd_request *req;
	struct umd_worker *worker;

	list_for_each_entry(req, &driver->queue, node)
		req->deadline += by;
	list_for_each_entry(worker, &driver->workers, node) {
		worker->deadline += by;
		worker->idle_since += by;
		if (worker->request)
			worker->request->deadline += by;
		if (worker->direct)
			worker->direct->deadline += by;
	}
}

int __init umd_watch_init(void)
{
	umd_watch_wq = alloc_workqueue("umd_watch",
				       WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	return umd_watch_wq ? 0 : -ENOMEM;
}

void umd_watch_exit(void)
{
	destroy_workqueue(umd_watch_wq);
}
