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

/* Delays of so many ticks have timers that are not exact. */
#define UMD_EXACT_TICKS 63

/**
 * umd_watch_anew - set the watchdog's timer for a deadline
 * @driver: the driver
 * @deadline: in jiffies
 *
 * The kernel's timers are late by up to an eighth of a long delay. The watchdog comes
 * earlier by an eighth, and again for what is left: so it is never late by more than
 * what it waits for a processor.
 *
 * Context: caller holds the driver's lock; umd_watch() calls this.
 */
void umd_watch_anew(struct umd_driver *driver, unsigned long deadline)
{
	unsigned long delay, now = jiffies;

	lockdep_assert_held(&driver->lock);
	/* Not without a delay: the watchdog looks at what this tick brings. */
	if (!time_after(deadline, now))
		deadline = now + 1;
	/* A watchdog that has a late deadline to look at comes already. */
	if (driver->watched && !time_before(deadline, driver->watched_at))
		return;
	delay = deadline - now;
	if (delay >= UMD_EXACT_TICKS)
		delay -= delay / 8;
	driver->watched = true;
	driver->watched_at = deadline;
	mod_delayed_work(umd_watch_wq, &driver->watchdog, delay);
}
