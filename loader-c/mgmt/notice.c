// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages about workers. A console may be slow, and nobody else gets anything
 * done while a task has the driver's lock: so a message is noted under the lock,
 * and printed by the unlock.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/string.h>

#include "state.h"

/**
 * umd_notice_add - note a message about a worker, for umd_notice()
 * @worker: the worker
 * @limit: the rate limit of the caller's place
 * @is_warning: the Handler or somebody else broke a rule
 * @what: the message
 * @detail: its end, or ""; both are there for as long as the library is
 *
 * Context: caller holds the driver's lock.
 */
void umd_notice_add(const struct umd_worker *worker,
		    struct ratelimit_state *limit, bool is_warning,
		    const char *what, const char *detail)
{
	struct umd_driver *driver = worker->driver;

	lockdep_assert_held(&driver->lock);
	if (driver->noticed < UMD_NOTICES)
		driver->notices[driver->noticed] = (struct umd_notice) {
			.limit = limit,
			.what = what,
			.detail = detail,
			.pid = umd_worker_pid(worker),
			.is_warning = is_warning,
		};
	driver->noticed++;
	umd_driver_make_due(driver, UMD_DUE_NOTICE);
}

/**
 * umd_notice_unlock - unlock a driver, and print what was noted
 * @driver: the driver, to which the caller has a reference
 *
 * Context: caller holds the driver's lock; umd_driver_unlock() calls this.
 */
void umd_notice_unlock(struct umd_driver *driver) __releases(&driver->lock)
{
	struct umd_notice notices[UMD_NOTICES];
	unsigned int all = driver->noticed;
	unsigned int count = min_t(unsigned int, all, UMD_NOTICES);
	unsigned int i;

	lockdep_assert_held(&driver->lock);
	memcpy(notices, driver->notices, sizeof(notices));
	driver->noticed = 0;
	spin_unlock(&driver->lock);

	for (i = 0; i < count; i++) {
		if (!__ratelimit(notices[i].limit))
			continue;
		if (notices[i].is_warning)
			pr_warn("%s[%d]: %s%s\n", driver->name, notices[i].pid,
				notices[i].what, notices[i].detail);
		else
			pr_info("%s[%d]: %s%s\n", driver->name, notices[i].pid,
				notices[i].what, notices[i].detail);
	}
	if (all > count)
		pr_info_ratelimited("%s: %u more messages\n", driver->name,
				    all - count);
}
