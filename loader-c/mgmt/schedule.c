// SPDX-License-Identifier: GPL-2.0-only
/*
 * The scheduler: which workers are called, started and ended. All of that is
 * decided in umd_driver_do_due(), from what has been made due under the lock: where
 * the driver is unlocked, and before a caller goes to sleep.
 */
#include <linux/jiffies.h>
#include <linux/workqueue.h>

#include "queue.h"

/* How soon a worker that has replied is back in read(), at the latest. */
#define UMD_AWAY_TICKS (HZ / 50 + 1)

/* How often to look whether a start that is wanted may be tried again. */
#define UMD_BLOCKED_TICKS (HZ / 10)

/*
 * Calls an idle worker. Returns whether a request may count on that.
 *
 * A worker that is not in read() has just replied by write() and will be back, or
 * is up to no good. Such a worker is called either way, so that its deadline
 * runs, but counts only for a moment: then the watchdog comes back here.
 */
static __always_inline bool umd_schedule_worker(struct umd_worker *worker)
{
	unsigned long back;

	lockdep_assert_held(&worker->driver->lock);
	if (!umd_worker_call(worker))
		return false;
	if (worker->reading)
		return true;
	back = worker->idle_since + UMD_AWAY_TICKS;
	if (time_after_eq(jiffies, back))
		return false;
	umd_watch(worker->driver, back);
	return true;
}

/*
 * Calls idle workers that may serve any user, those in read() or the others, until
 * there is one for each of @left requests. Returns for how many there is none.
 */
static unsigned int umd_schedule_idle(struct umd_driver *driver, bool reading,
				      unsigned int left)
{
	struct umd_worker *worker;

	lockdep_assert_held(&driver->lock);
	list_for_each_entry(worker, &driver->workers, node) {
		if (!left)
			break;
		if (worker->state == UMD_WORKER_READY &&
		    worker->duty != UMD_WORKER_BUSY &&
		    worker->reading == reading &&
		    !umd_worker_is_bound(worker) &&
		    umd_schedule_worker(worker))
			left--;
	}
	return left;
}

/*
 * Calls workers that may serve only one user, for whom there are requests. Returns for
 * how many requests.
 */
static unsigned int umd_schedule_bound(struct umd_driver *driver)
{
	unsigned int idle, count = 0;
	struct umd_worker *worker;
	struct umd_user *user;

	lockdep_assert_held(&driver->lock);
	idle = umd_users_idle(driver);
	list_for_each_entry(user, &driver->turns, turn)
		user->called = 0;
	list_for_each_entry(worker, &driver->workers, node) {
		if (worker->state != UMD_WORKER_READY ||
		    worker->duty == UMD_WORKER_BUSY ||
		    !umd_worker_is_bound(worker))
			continue;
		user = umd_user_find(driver, worker->read_uid);
		if (!user || user->called >= min(user->queued,
						 umd_user_room(user, idle)))
			continue;
		if (umd_schedule_worker(worker)) {
			user->called++;
			count++;
		}
	}
	return count;
}

/*
 * Calls workers. Returns for how many requests of the queue that may be read there
 * is none.
 */
static __always_inline unsigned int umd_schedule_workers(struct umd_driver *driver)
{
	unsigned int left, bound;

	lockdep_assert_held(&driver->lock);
	left = umd_queue_readable(driver);
	/* The others may be read when a user is gone, of whom nobody notifies. */
	if (left < driver->queued && driver->running < driver->max_workers)
		umd_watch(driver, jiffies + HZ);
	if (left && driver->mgmt->isolation == UMD_PER_USER) {
		bound = umd_schedule_bound(driver);
		left -= min(left, bound);
	}
	left = umd_schedule_idle(driver, true, left);
	return left ? umd_schedule_idle(driver, false, left) : 0;
}

/* Whether a Handler runs, or is starting, that may serve a user. */
static bool umd_user_has_worker(const struct umd_user *user)
{
	struct umd_worker *worker;

	lockdep_assert_held(&user->driver->lock);
	list_for_each_entry(worker, &user->driver->workers, node) {
		if (worker->state != UMD_WORKER_ENDED &&
		    umd_worker_is_for(worker, user))
			return true;
	}
	return false;
}

/* Of the users for whom no Handler runs, the one for whom Handlers have worked least. */
static struct umd_user *umd_schedule_next_without(struct umd_driver *driver)
{
	struct umd_user *user, *next = NULL;

	lockdep_assert_held(&driver->lock);
	list_for_each_entry(user, &driver->turns, turn) {
		if ((!next || user->work < next->work) &&
		    !umd_user_has_worker(user))
			next = user;
	}
	return next;
}

/*
 * Whether a worker of another user has to make place for @next: when it is idle,
 * or has been called for a user for whom Handlers have worked longer.
 */
static bool umd_worker_makes_place(const struct umd_worker *worker,
				   const struct umd_user *next)
{
	const struct umd_user *user;

	lockdep_assert_held(&worker->driver->lock);
	if (worker->state != UMD_WORKER_READY ||
	    worker->duty == UMD_WORKER_BUSY || !umd_worker_is_bound(worker))
		return false;
	if (worker->duty == UMD_WORKER_IDLE)
		return true;
	user = umd_user_find(worker->driver, worker->read_uid);
	return !user || user->work > next->work;
}

/*
 * Ends the Handler of some other user, so that another one can be started instead:
 * one that is idle, for longest, before one that is called.
 */
static void umd_schedule_replace(struct umd_driver *driver)
{
	struct umd_worker *worker, *chosen = NULL;
	struct umd_user *next;

	lockdep_assert_held(&driver->lock);
	next = umd_schedule_next_without(driver);
	if (!next)
		return;
	list_for_each_entry(worker, &driver->workers, node) {
		if (!umd_worker_makes_place(worker, next))
			continue;
		if (!chosen || worker->duty < chosen->duty ||
		    (worker->duty == chosen->duty &&
		     time_before(worker->idle_since, chosen->idle_since)))
			chosen = worker;
	}
	if (chosen)
		umd_worker_end(chosen, UMD_END_USED, -ESHUTDOWN);
}

/* Ends what nobody can serve as long as no Handler can be started. */
static void umd_schedule_refuse(struct umd_driver *driver, int error)
{
	struct umd_user *user, *next;

	lockdep_assert_held(&driver->lock);
	list_for_each_entry_safe(user, next, &driver->turns, turn) {
		if (!umd_user_has_worker(user))
			umd_queue_end_user(user, error);
	}
}

/* Why no Handler may be started just now, or 0. */
static int umd_driver_start_error(struct umd_driver *driver)
{
	lockdep_assert_held(&driver->lock);
	if (umd_failure_blocks_start(driver))
		return -EHOSTDOWN;
	return umd_failure_start_error(driver);
}

/* Whether there are as many workers as there may be, and all have been started. */
static bool umd_driver_is_full(struct umd_driver *driver)
{
	struct umd_worker *worker;
	unsigned int ready = 0;

	lockdep_assert_held(&driver->lock);
	list_for_each_entry(worker, &driver->workers, node)
		ready += worker->state == UMD_WORKER_READY;
	return ready >= driver->max_workers;
}

/*
 * Whether another worker is to be started: for @left requests or, when there
 * are none, so that @spare are idle beside the next that is called. A worker that
 * is starting will look at the queue by itself, and workers are started in turn.
 */
static bool umd_driver_is_short(struct umd_driver *driver, unsigned int left,
				unsigned int spare)
{
	unsigned int live = 0, idle = 0;
	struct umd_worker *worker;

	lockdep_assert_held(&driver->lock);
	list_for_each_entry(worker, &driver->workers, node) {
		if (worker->state == UMD_WORKER_STARTING)
			return false;
		if (worker->state == UMD_WORKER_ENDED)
			continue;
		live++;
		/* A worker that is called is as good as busy. */
		if (worker->duty == UMD_WORKER_IDLE &&
		    !umd_worker_is_bound(worker))
			idle++;
	}
	if (live >= driver->max_workers || driver->helpers_disabled)
		return false;
	/* Where none is idle, a request asks for a start, or all were used up. */
	if (spare && (idle || driver->mgmt->isolation) && idle <= spare)
		left = 1;
	/* The back-off is for requests: a Loader that is loaded by hand may try. */
	return driver->load || (left && !umd_driver_start_error(driver));
}

static bool umd_driver_lacks_spare(struct umd_driver *driver)
{
	unsigned int spare = driver->mgmt->spare_workers;

	lockdep_assert_held(&driver->lock);
	return spare && umd_driver_loaded(driver) &&
	       umd_driver_is_short(driver, 0, spare);
}

/**
 * umd_driver_wants_loader - whether calls wait for a binary
 * @driver: the driver
 *
 * Context: caller holds the driver's lock.
 * Return: true if so.
 */
bool umd_driver_wants_loader(struct umd_driver *driver)
{
	lockdep_assert_held(&driver->lock);
	return driver->binary == UMD_BINARY_ABSENT && driver->queued &&
	       !driver->stopped;
}

/* Sees to it that somebody will read the @left requests for which there is no worker. */
static noinline void umd_schedule_start(struct umd_driver *driver,
					unsigned int left)
{
	int error;

	lockdep_assert_held(&driver->lock);
	if (umd_driver_is_short(driver, left, 0)) {
		queue_work(umd_wq, &driver->start_work);
		return;
	}
	error = left ? umd_driver_start_error(driver) : 0;
	if (error) {
		umd_schedule_refuse(driver, error);
		/* Others wait for Handlers that may hang, or for a start. */
		if (driver->queued)
			umd_watch(driver, jiffies + UMD_BLOCKED_TICKS);
	} else if (driver->mgmt->isolation == UMD_PER_USER &&
		   umd_driver_is_full(driver)) {
		umd_schedule_replace(driver);
	} else if (!driver->helpers_disabled && !umd_driver_runs(driver)) {
		/* A pause after a failure has ended, or begun, just now. */
		umd_watch(driver, jiffies + 1);
	}
}

/* Sees to it that somebody reads the queue. */
static void umd_schedule_queue(struct umd_driver *driver)
{
	unsigned int left;

	lockdep_assert_held(&driver->lock);
	if (likely(umd_driver_loaded(driver))) {
		left = umd_schedule_workers(driver);
		if (unlikely(left || driver->load))
			umd_schedule_start(driver, left);
	} else if (umd_driver_wants_loader(driver) && !driver->loading) {
		/* A loader that is at work looks by itself when that is over. */
		wake_up_process(driver->loader);
	}
}

/*
 * Does what is due. Starting a spare worker must not be in the way of a caller
 * that gets its reply, nor of one that tries again after a crash: so the
 * watchdog makes it due, and only after a reply. Spares that end for being idle
 * are not replaced: no reply asks for that.
 */
static void umd_schedule(struct umd_driver *driver, unsigned int due)
{
	lockdep_assert_held(&driver->lock);
	if (due & UMD_DUE_QUEUE)
		umd_schedule_queue(driver);
	if ((due & UMD_DUE_REST) && umd_driver_lacks_spare(driver)) {
		driver->spare_due = true;
		umd_watch(driver, jiffies + 1);
	}
	if (due & UMD_DUE_SPARE) {
		if (driver->spare_due && umd_driver_lacks_spare(driver))
			queue_work(umd_wq, &driver->start_work);
		driver->spare_due = false;
	}
}

/**
 * umd_driver_do_due - do what is due, but for messages
 * @driver: the driver
 *
 * Ending a worker that somebody holds makes more due. No worker ends twice, so
 * this comes to an end.
 *
 * Context: caller holds the driver's lock.
 */
void umd_driver_do_due(struct umd_driver *driver)
{
	unsigned int due;

	lockdep_assert_held(&driver->lock);
	while ((due = driver->due & ~UMD_DUE_NOTICE)) {
		driver->due &= UMD_DUE_NOTICE;
		umd_schedule(driver, due);
	}
}

/**
 * umd_driver_unlock_due - do what is due, and unlock a driver
 * @driver: the driver
 *
 * Context: caller holds the driver's lock; umd_driver_unlock() calls this.
 */
void umd_driver_unlock_due(struct umd_driver *driver)
	__releases(&driver->lock)
{
	lockdep_assert_held(&driver->lock);
	umd_driver_do_due(driver);
	if (unlikely(driver->due)) {
		driver->due = 0;
		umd_notice_unlock(driver);
	} else {
		spin_unlock(&driver->lock);
	}
}

/**
 * umd_driver_wants_start - whether a worker is to be started now
 * @driver: the driver
 *
 * Context: caller holds the driver's lock.
 * Return: true if so.
 */
bool umd_driver_wants_start(struct umd_driver *driver)
{
	lockdep_assert_held(&driver->lock);
	return umd_driver_loaded(driver) && !driver->stopped &&
	       umd_driver_is_short(driver, umd_schedule_workers(driver),
				   driver->mgmt->spare_workers);
}

/**
 * umd_driver_started - notify umd_mgmt_load(), if it waits for a start
 * @driver: the driver
 * @error: how the start went
 *
 * Context: caller holds the driver's lock.
 */
void umd_driver_started(struct umd_driver *driver, int error)
{
	struct umd_load *load = driver->load;

	lockdep_assert_held(&driver->lock);
	if (!load)
		return;
	driver->load = NULL;
	load->error = error;
	complete(&load->done);
}

/* Ends all requests, and the workers that have one, or all. */
static void umd_driver_end_all(struct umd_driver *driver, enum umd_end end,
			       int error, bool idle_too)
{
	struct umd_worker *worker;

	lockdep_assert_held(&driver->lock);
	umd_queue_end(driver, error);
	list_for_each_entry(worker, &driver->workers, node) {
		if (idle_too || (worker->duty == UMD_WORKER_BUSY &&
				 worker->state == UMD_WORKER_READY))
			umd_worker_end(worker, end, error);
	}
}

/**
 * umd_driver_stop - stop a driver for its administrator, or let it go on
 * @driver: the driver
 * @stop: whether to stop it
 *
 * Context: caller holds the driver's lock.
 */
void umd_driver_stop(struct umd_driver *driver, bool stop)
{
	lockdep_assert_held(&driver->lock);
	driver->stopped = stop;
	if (stop) {
		umd_driver_started(driver, -EPERM);
		umd_driver_end_all(driver, UMD_END_STOPPED, -EPERM, true);
		umd_driver_end_loading(driver);
		umd_statistics_forget(driver);
	} else {
		umd_failure_forget(driver);
	}
}

/**
 * umd_driver_abort - end all requests for the administrator
 * @driver: the driver
 *
 * Context: caller holds the driver's lock.
 */
void umd_driver_abort(struct umd_driver *driver)
{
	lockdep_assert_held(&driver->lock);
	umd_driver_end_all(driver, UMD_END_ABORTED, -ECANCELED, false);
}

/**
 * umd_driver_why_refuses - whether a driver takes no request of a user now
 * @driver: the driver, loaded or not
 * @user: the user to whom the request is charged
 *
 * Context: caller holds the driver's lock; umd_driver_refuses() calls this.
 * Return: 0; -EDEADLK within post_start, whose Handler must not wait for itself;
 * -EPERM when the administrator has stopped the driver; -EHOSTDOWN in a
 * back-off; the error of the last start when there were no resources for that,
 * and of the last load when that was just now.
 */
int umd_driver_why_refuses(struct umd_driver *driver,
			   const struct umd_user *user)
{
	int err;

	lockdep_assert_held(&driver->lock);
	if (driver->starter == current)
		return -EDEADLK;
	if (driver->stopped)
		return -EPERM;
	if (umd_failure_blocks_user(user))
		return -EHOSTDOWN;
	err = umd_driver_start_error(driver);
	if (err && !umd_driver_runs(driver))
		return err;
	return umd_driver_loaded(driver) ? 0 : umd_failure_load_error(driver);
}
