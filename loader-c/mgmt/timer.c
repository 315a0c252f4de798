// SPDX-License-Identifier: GPL-2.0-only
/* Deadlines: one timer for each driver. */
#include <linux/jiffies.h>
#include <linux/workqueue.h>

#include "state.h"

/* The workqueue for starts and blobs. */
struct workqueue_struct *umd_wq;

/*
 * The workqueue for watchdogs, with a rescuer: deadlines hold when there is no
 * memory left.
 */
struct workqueue_struct *umd_watch_wq;

/**
 * umd_watch - have the watchdog look at a deadline
 * @driver: the driver
 * @deadline: in jiffies
 *
 * The timer is left alone as long as it comes early enough: most requests end
 * long before, and do not touch it. The watchdog looks at every deadline when it
 * runs, so a deadline that is not before another one, which has been watched and
 * has not passed, need not be watched itself.
 *
 * Context: caller holds the driver's lock.
 */
void umd_watch(struct umd_driver *driver, unsigned long deadline)
{
	unsigned long now = jiffies;

	lockdep_assert_held(&driver->lock);
	if (delayed_work_pending(&driver->watchdog) &&
	    time_before_eq(driver->watchdog.timer.expires, deadline))
		return;
	/* Without a delay no timer would be set, and the above be wrong. */
	mod_delayed_work(umd_watch_wq, &driver->watchdog,
			 time_after(deadline, now) ? deadline - now : 1);
}
