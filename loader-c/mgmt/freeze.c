// SPDX-License-Identifier: GPL-2.0-only
/* What the system's sleep means for a driver's deadlines and requests. */
#include <linux/jiffies.h>

#include "queue.h"

/* How often a driver looks whether processes are frozen. */
#define UMD_FREEZE_POLL (HZ / 10)

/**
 * umd_driver_poll_freeze - put off all deadlines by the time that was frozen
 * @driver: the driver
 *
 * The kernel notifies of its intention to freeze all processes, and not when it
 * does: until the thaw the watchdog looks every tenth of a second. Where the
 * watchdog could not look for longer, Handlers could not run either.
 *
 * Context: caller holds the driver's lock.
 */
void umd_driver_poll_freeze(struct umd_driver *driver)
{
	unsigned long now = jiffies, by = now - driver->polled_at;
	bool near;

	lockdep_assert_held(&driver->lock);
	near = umd_freeze_is_near();
	if (driver->polls && (driver->frozen || by > 2 * UMD_FREEZE_POLL)) {
		umd_queue_shift(driver, by);
		umd_workers_shift(driver, by);
	}
	driver->polls = near;
	driver->polled_at = now;
	driver->frozen = near && umd_processes_are_frozen();
	if (near)
		umd_watch(driver, now + UMD_FREEZE_POLL);
}

static void umd_request_end_unfreezable(struct umd_request *req)
{
	lockdep_assert_held(&req->driver->lock);
	if (req->unfreezable)
		umd_request_end(req, -EDEADLK);
}

/**
 * umd_driver_end_unfreezable - end the requests of tasks that are not frozen
 * @driver: the driver
 *
 * These are kernel threads, and tasks with a lock for which others wait. The
 * sleep of the system must not wait for them, nor they for a frozen Handler.
 *
 * Context: caller holds the driver's lock.
 */
void umd_driver_end_unfreezable(struct umd_driver *driver)
{
	struct umd_worker *worker;

	lockdep_assert_held(&driver->lock);
	umd_queue_visit(driver, umd_request_end_unfreezable);
	list_for_each_entry(worker, &driver->workers, node) {
		if (worker->request)
			umd_request_end_unfreezable(worker->request);
	}
}
