// SPDX-License-Identifier: GPL-2.0-only
/*
 * The back-off: drivers and users that have to wait after failures.
 *
 * A driver whose Handlers do not start backs off as a whole. A Handler that
 * crashes over a request is that request's fault: only its sender backs off,
 * so that nobody can take the service from the others.
 */
#include <linux/jiffies.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>

#include "state.h"

#define UMD_LIMIT_MAX 1000000
#define UMD_WINDOW_MIN_MS 1
#define UMD_WINDOW_MAX_MS 3600000

static int umd_set_limit(const char *value, const struct kernel_param *kp)
{
	return param_set_uint_minmax(value, kp, 0, UMD_LIMIT_MAX);
}

static int umd_set_window(const char *value, const struct kernel_param *kp)
{
	return param_set_uint_minmax(value, kp, UMD_WINDOW_MIN_MS,
				     UMD_WINDOW_MAX_MS);
}

static const struct kernel_param_ops umd_limit_ops = {
	.set = umd_set_limit,
	.get = param_get_uint,
};

static const struct kernel_param_ops umd_window_ops = {
	.set = umd_set_window,
	.get = param_get_uint,
};

static unsigned int start_limit = 5;
module_param_cb(start_limit, &umd_limit_ops, &start_limit, 0644);
MODULE_PARM_DESC(start_limit,
		 "Failed starts, none of them later than start_window_ms after the one before, after which a driver waits for that long (default 5, 0: never)");

static unsigned int start_window_ms = 10000;
module_param_cb(start_window_ms, &umd_window_ops, &start_window_ms, 0644);
MODULE_PARM_DESC(start_window_ms,
		 "See start_limit, in milliseconds, 1 to 3600000 (default 10000)");

static unsigned int crash_limit = 5;
module_param_cb(crash_limit, &umd_limit_ops, &crash_limit, 0644);
MODULE_PARM_DESC(crash_limit,
		 "Handlers that a user's requests may crash or hang, none of them later than crash_window_ms after the one before, before that user waits for that long (default 5, 0: any number)");

static unsigned int crash_window_ms = 10000;
module_param_cb(crash_window_ms, &umd_window_ops, &crash_window_ms, 0644);
MODULE_PARM_DESC(crash_window_ms,
		 "See crash_limit, in milliseconds, 1 to 3600000; hangs count when it is above the deadlines (default 10000)");

/* A user whose requests made Handlers crash. */
struct umd_offender {
	struct list_head node;
	kuid_t uid;
	struct umd_backoff crashes;
};

static bool umd_backoff_is_over(const struct umd_driver *driver,
				const struct umd_backoff *backoff,
				unsigned int window_ms)
{
	lockdep_assert_held(&driver->lock);
	return !backoff->count ||
	       time_after_eq64(get_jiffies_64(), backoff->since +
			       msecs_to_jiffies(window_ms));
}

static bool umd_backoff_blocks(const struct umd_driver *driver,
			       const struct umd_backoff *backoff,
			       unsigned int limit, unsigned int window_ms)
{
	lockdep_assert_held(&driver->lock);
	return limit && backoff->count >= limit &&
	       !umd_backoff_is_over(driver, backoff, window_ms);
}

/*
 * Counts a failure. The window begins anew with each: failures that take long
 * would outlast a fixed one.
 */
static void umd_backoff_note(const struct umd_driver *driver,
			     struct umd_backoff *backoff,
			     unsigned int window_ms)
{
	lockdep_assert_held(&driver->lock);
	if (umd_backoff_is_over(driver, backoff, window_ms))
		backoff->count = 0;
	backoff->since = get_jiffies_64();
	backoff->count++;
}

/**
 * umd_failure_of_start - note that a Handler could not be started
 * @driver: the driver
 *
 * Context: caller holds the driver's lock.
 */
void umd_failure_of_start(struct umd_driver *driver)
{
	lockdep_assert_held(&driver->lock);
	umd_backoff_note(driver, &driver->start_failures,
			 READ_ONCE(start_window_ms));
}

/**
 * umd_failure_is_start_limit - whether a driver has to wait after its failures
 * @driver: the driver
 *
 * Context: caller holds the driver's lock; umd_failure_blocks_start() calls this.
 * Return: true if so.
 */
bool umd_failure_is_start_limit(struct umd_driver *driver)
{
	lockdep_assert_held(&driver->lock);
	return umd_backoff_blocks(driver, &driver->start_failures,
				  READ_ONCE(start_limit),
				  READ_ONCE(start_window_ms));
}

/*
 * The entry of a user, or NULL. Entries whose time is over are freed, so that the
 * list has only users of the last few seconds.
 */
static struct umd_offender *umd_offender_find(struct umd_driver *driver,
					      kuid_t uid)
{
	unsigned int window_ms = READ_ONCE(crash_window_ms);
	struct umd_offender *offender, *next, *found = NULL;

	lockdep_assert_held(&driver->lock);
	list_for_each_entry_safe(offender, next, &driver->offenders, node) {
		if (umd_backoff_is_over(driver, &offender->crashes, window_ms)) {
			list_del(&offender->node);
			kfree(offender);
		} else if (uid_eq(offender->uid, uid)) {
			found = offender;
		}
	}
	return found;
}

/**
 * umd_failure_of_request - note that a request made a Handler crash or hang
 * @driver: the driver
 * @uid: whose request it was
 *
 * Without memory nothing is noted.
 *
 * Context: caller holds the driver's lock.
 */
void umd_failure_of_request(struct umd_driver *driver, kuid_t uid)
{
	struct umd_offender *offender;

	lockdep_assert_held(&driver->lock);
	offender = umd_offender_find(driver, uid);
	if (!offender) {
		offender = kzalloc(sizeof(*offender), GFP_ATOMIC);
		if (!offender)
			return;
		offender->uid = uid;
		list_add(&offender->node, &driver->offenders);
	}
	umd_backoff_note(driver, &offender->crashes,
			 READ_ONCE(crash_window_ms));
}

/**
 * umd_failure_is_user_limit - whether a user has to wait after his failures
 * @driver: the driver
 * @uid: the user
 *
 * Context: caller holds the driver's lock; umd_failure_blocks_user() calls this.
 * Return: true if so.
 */
bool umd_failure_is_user_limit(struct umd_driver *driver, kuid_t uid)
{
	struct umd_offender *offender;

	lockdep_assert_held(&driver->lock);
	offender = umd_offender_find(driver, uid);
	return offender &&
	       umd_backoff_blocks(driver, &offender->crashes,
				  READ_ONCE(crash_limit),
				  READ_ONCE(crash_window_ms));
}

/**
 * umd_failure_forget - forget all failures
 * @driver: the driver
 *
 * Context: caller holds the driver's lock.
 */
void umd_failure_forget(struct umd_driver *driver)
{
	struct umd_offender *offender, *next;

	lockdep_assert_held(&driver->lock);
	driver->start_failures.count = 0;
	list_for_each_entry_safe(offender, next, &driver->offenders, node) {
		list_del(&offender->node);
		kfree(offender);
	}
}
