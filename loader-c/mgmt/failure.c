// SPDX-License-Identifier: GPL-2.0-only
/*
 * The back-off: drivers and users that have to wait after failures.
 *
 * A driver whose Handlers do not start backs off as a whole. A Handler that
 * crashes over a request is that request's fault: only its sender backs off,
 * so that nobody can take the service from the others.
 */
#include <linux/jiffies.h>
#include <linux/math64.h>
#include <linux/moduleparam.h>

#include "state.h"

#define UMD_LIMIT_MAX 1000000
#define UMD_WINDOW_MIN_MS 1
#define UMD_WINDOW_MAX_MS 3600000

/* A failure is forgotten after so many windows, one after the other. */
#define UMD_BACKOFF_WINDOWS 2

/* Pause after a start for which there were no resources. */
#define UMD_START_PAUSE (HZ / 10)

/* Shortest and longest pause after a load that failed again. */
#define UMD_LOAD_PAUSE (HZ / 10)
#define UMD_LOAD_PAUSE_MAX (10 * HZ)

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
		 "Failed starts after which a driver waits: see start_window_ms (default 5, 0: never)");

static unsigned int start_window_ms = 10000;
module_param_cb(start_window_ms, &umd_window_ops, &start_window_ms, 0644);
MODULE_PARM_DESC(start_window_ms,
		 "How long a driver waits at start_limit, in milliseconds, 1 to 3600000; in twice that time one failure is forgotten, for which the driver waits above the limit (default 10000)");

static unsigned int crash_limit = 5;
module_param_cb(crash_limit, &umd_limit_ops, &crash_limit, 0644);
MODULE_PARM_DESC(crash_limit,
		 "Handlers that a user's requests may crash or hang before the user waits: see crash_window_ms (default 5, 0: any number)");

static unsigned int crash_window_ms = 10000;
module_param_cb(crash_window_ms, &umd_window_ops, &crash_window_ms, 0644);
MODULE_PARM_DESC(crash_window_ms,
		 "How long a user waits at crash_limit, in milliseconds, 1 to 3600000; in twice that time one crash is forgotten, for which the user waits above the limit (default 10000)");

/* How many failures are not forgotten now. */
static unsigned int umd_backoff_count(const struct umd_backoff *backoff,
				      unsigned int window_ms)
{
	u64 period = UMD_BACKOFF_WINDOWS * (u64)msecs_to_jiffies(window_ms);
	u64 periods;

	if (!backoff->count)
		return 0;
	periods = div64_u64(get_jiffies_64() - backoff->forgot, period);
	return periods < backoff->count ? backoff->count - periods : 0;
}

/*
 * At the limit the pause is one window; above, it lasts until enough is forgotten.
 * Pauses that are just longer than a window evade neither.
 */
static bool umd_backoff_blocks(const struct umd_backoff *backoff,
			       unsigned int limit, unsigned int window_ms)
{
	u64 end = backoff->since + msecs_to_jiffies(window_ms);
	unsigned int count;

	if (!limit || backoff->count < limit)
		return false;
	count = umd_backoff_count(backoff, window_ms);
	return count > limit ||
	       (count == limit && time_before64(get_jiffies_64(), end));
}

/*
 * Counts a failure. Failures are forgotten one by one, so that pauses between them
 * do not hide them. Twice the limit is the most that counts.
 */
static void umd_backoff_note(struct umd_backoff *backoff, unsigned int limit,
			     unsigned int window_ms)
{
	u64 period = UMD_BACKOFF_WINDOWS * (u64)msecs_to_jiffies(window_ms);
	unsigned int count = umd_backoff_count(backoff, window_ms);
	u64 now = get_jiffies_64();

	if (!count)
		backoff->forgot = now;
	else
		backoff->forgot += (backoff->count - count) * period;
	backoff->since = now;
	backoff->count = min(count + 1, max(2 * limit, 1U));
}

static void umd_pause_begin(struct umd_pause *pause, int error,
			    unsigned long ticks)
{
	pause->error = error;
	pause->end = get_jiffies_64() + ticks;
}

/* The error that counts now, or 0. */
static int umd_pause_error(struct umd_pause *pause)
{
	if (pause->error && !time_before64(get_jiffies_64(), pause->end))
		pause->error = 0;
	return pause->error;
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
	umd_backoff_note(&driver->start_failures, READ_ONCE(start_limit),
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
	return umd_backoff_blocks(&driver->start_failures,
				  READ_ONCE(start_limit),
				  READ_ONCE(start_window_ms));
}

/**
 * umd_failure_of_resources - note that there is nothing left to start from
 * @driver: the driver
 * @error: what the start returned: -EAGAIN, -ENOMEM, -ENFILE
 *
 * Nobody is charged. The next start comes after a pause, during which a request
 * that needs the start gets the same error.
 *
 * Context: caller holds the driver's lock.
 */
void umd_failure_of_resources(struct umd_driver *driver, int error)
{
	lockdep_assert_held(&driver->lock);
	umd_pause_begin(&driver->start_pause, error, UMD_START_PAUSE);
}

/**
 * umd_failure_start_error - why no Handler is to be started just now
 * @driver: the driver
 *
 * Context: caller holds the driver's lock.
 * Return: the errno of the last start, which found no resources, or 0.
 */
int umd_failure_start_error(struct umd_driver *driver)
{
	lockdep_assert_held(&driver->lock);
	return umd_pause_error(&driver->start_pause);
}

/**
 * umd_failure_of_load - note that the Loader cannot be loaded
 * @driver: the driver
 * @error: why; -ENOPROTOOPT: modprobe has nothing to load
 *
 * Calls get the same error for a while, the longer the more often there was
 * nothing to load; the first time, the next call tries again.
 *
 * Context: caller holds the driver's lock.
 */
void umd_failure_of_load(struct umd_driver *driver, int error)
{
	unsigned long pause = UMD_LOAD_PAUSE;

	lockdep_assert_held(&driver->lock);
	if (error == -ENOPROTOOPT) {
		pause = pause << min(driver->load_failures, 8U) >> 1;
		if (!driver->load_failures++)
			pause = 0;
	}
	umd_pause_begin(&driver->load_pause, error,
			min_t(unsigned long, pause, UMD_LOAD_PAUSE_MAX));
}

/**
 * umd_failure_load_error - why the Loader is not to be loaded just now
 * @driver: the driver
 *
 * Context: caller holds the driver's lock.
 * Return: a negative errno, or 0: it may be loaded.
 */
int umd_failure_load_error(struct umd_driver *driver)
{
	lockdep_assert_held(&driver->lock);
	return umd_pause_error(&driver->load_pause);
}

/**
 * umd_failure_forget_load - forget that the Loader could not be loaded
 * @driver: the driver
 *
 * Context: caller holds the driver's lock.
 */
void umd_failure_forget_load(struct umd_driver *driver)
{
	lockdep_assert_held(&driver->lock);
	driver->load_failures = 0;
	driver->load_pause.error = 0;
}

/**
 * umd_failure_of_request - note that a request made a Handler crash or hang
 * @user: whose request it was
 *
 * Context: caller holds the driver's lock.
 */
void umd_failure_of_request(struct umd_user *user)
{
	lockdep_assert_held(&user->driver->lock);
	umd_backoff_note(&user->crashes, READ_ONCE(crash_limit),
			 READ_ONCE(crash_window_ms));
}

/**
 * umd_failure_is_user_limit - whether a user has to wait after failures
 * @user: the user
 *
 * Context: caller holds the driver's lock; umd_failure_blocks_user() calls this.
 * Return: true if so.
 */
bool umd_failure_is_user_limit(const struct umd_user *user)
{
	lockdep_assert_held(&user->driver->lock);
	return umd_backoff_blocks(&user->crashes, READ_ONCE(crash_limit),
				  READ_ONCE(crash_window_ms));
}

/**
 * umd_failure_is_known - whether a user has failures that are not forgotten
 * @user: the user
 *
 * Context: caller holds the driver's lock.
 * Return: true if so.
 */
bool umd_failure_is_known(const struct umd_user *user)
{
	lockdep_assert_held(&user->driver->lock);
	return umd_backoff_count(&user->crashes, READ_ONCE(crash_window_ms));
}

/**
 * umd_failure_forget - forget all failures
 * @driver: the driver
 *
 * Context: caller holds the driver's lock.
 */
void umd_failure_forget(struct umd_driver *driver)
{
	struct umd_user *user;

	lockdep_assert_held(&driver->lock);
	driver->start_failures.count = 0;
	driver->start_pause.error = 0;
	umd_failure_forget_load(driver);
	list_for_each_entry(user, &driver->users, node)
		user->crashes.count = 0;
}
