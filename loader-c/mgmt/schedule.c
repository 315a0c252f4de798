// SPDX-License-Identifier: GPL-2.0-only
/* Who reads the queue: workers that are called, started and ended. */
#include <linux/jiffies.h>
#include <linux/workqueue.h>

#include "state.h"

/* How soon a worker that has replied is back in read(), at the latest. */
#define UMD_AWAY_TICKS (HZ / 50 + 1)

/*
 * Has an idle worker look at the queue. One that somebody holds is ended
 * instead, so that it costs nobody any time. Returns true when the worker will
 * look, or be killed for not looking. Caller holds the lock.
 */
static bool umd_worker_call(struct umd_worker *worker)
{
	if (umd_worker_is_held(worker)) {
		__umd_worker_end(worker, UMD_END_TRACED, -EPIPE);
		return false;
	}
	if (!worker->due)
		umd_worker_expect(worker, worker->driver->timeout);
	umd_worker_wake(worker);
	return true;
}

/*
 * Calls idle workers, of those in read() or of the others, until there is one
 * for each of @left requests. Returns for how many there is none.
 *
 * One that is not in read() has just replied by write() and will be back, or is
 * up to no good. It is called either way, so that its deadline runs, but only
 * for a moment does it count: then the watchdog comes back here.
 *
 * Caller holds the lock.
 */
static unsigned int umd_driver_call_idle(struct umd_driver *driver,
					 bool reading, unsigned int left)
{
	struct umd_worker *worker;
	unsigned long back;

	list_for_each_entry(worker, &driver->workers, node) {
		if (!left)
			break;
		if (worker->state != UMD_WORKER_READY || worker->busy ||
		    worker->reading != reading || !umd_worker_call(worker))
			continue;
		if (!reading) {
			back = worker->idle_since + UMD_AWAY_TICKS;
			if (time_after_eq(jiffies, back))
				continue;
			umd_watch(driver, back);
		}
		left--;
	}
	return left;
}

/* For how many requests of the queue there is no worker. Caller holds the lock. */
static unsigned int umd_driver_call_workers(struct umd_driver *driver)
{
	unsigned int left;

	left = umd_driver_call_idle(driver, true, driver->queued);
	return left ? umd_driver_call_idle(driver, false, left) : 0;
}

/*
 * Whether another worker is to be started: for @left requests or, when there
 * are none, so that @spare are idle beside the next that is called. One that is
 * starting will look at the queue by itself, and one is started at a time.
 * Caller holds the lock.
 */
static bool umd_driver_is_short(struct umd_driver *driver, unsigned int left,
				unsigned int spare)
{
	unsigned int live = 0, idle = 0;
	struct umd_worker *worker;

	list_for_each_entry(worker, &driver->workers, node) {
		if (worker->state == UMD_WORKER_STARTING)
			return false;
		if (worker->state == UMD_WORKER_ENDED)
			continue;
		live++;
		/* Those that are called are as good as busy. */
		if (!worker->busy && !worker->due)
			idle++;
	}
	if (live >= max(driver->mgmt->max_workers, 1U))
		return false;
	if (idle && idle <= spare)
		left = 1;
	/* The back-off is for requests: a Loader that is loaded by hand may try. */
	return driver->load || (left && !umd_failure_blocks_start(driver));
}

/*
 * Sees to it that somebody reads the queue, after a request has come into it,
 * and when a worker has become ready, has replied or has ended. Caller holds
 * the lock.
 */
static void umd_driver_kick(struct umd_driver *driver)
{
	unsigned int left;

	if (!umd_driver_loaded(driver))
		return;
	left = umd_driver_call_workers(driver);
	if ((left || driver->load) && umd_driver_is_short(driver, left, 0))
		queue_work(umd_wq, &driver->start_work);
	else if (umd_failure_blocks_start(driver) && !umd_driver_runs(driver))
		umd_queue_end(driver, -EHOSTDOWN);
}

/**
 * umd_driver_unlock - see to the queue if something has changed, and unlock
 * @driver: the driver
 */
void umd_driver_unlock(struct umd_driver *driver) __releases(&driver->lock)
{
	lockdep_assert_held(&driver->lock);
	if (driver->is_due) {
		driver->is_due = false;
		umd_driver_kick(driver);
	}
	spin_unlock(&driver->lock);
}

static bool umd_driver_lacks_spare(struct umd_driver *driver)
{
	unsigned int spare = driver->mgmt->spare_workers;

	return spare && umd_driver_loaded(driver) &&
	       umd_driver_is_short(driver, 0, spare);
}

/**
 * umd_driver_rested - see to the queue, and a little later to spare workers
 * @driver: the driver, of which a worker has replied
 *
 * A start must not be in the way of who gets the reply, nor of who tries again
 * after a crash: so the watchdog sees to it, and only after a reply.
 *
 * Context: caller holds the driver's lock.
 */
void umd_driver_rested(struct umd_driver *driver)
{
	if (driver->queued)
		umd_driver_kick(driver);
	if (umd_driver_lacks_spare(driver)) {
		driver->spare_due = true;
		umd_watch(driver, jiffies + 1);
	}
}

/**
 * umd_driver_keep_spare - start a spare worker, if one has become due
 * @driver: the driver
 *
 * Spares that end for being idle are not replaced: no reply asks for that.
 *
 * Context: caller holds the driver's lock.
 */
void umd_driver_keep_spare(struct umd_driver *driver)
{
	if (driver->spare_due && umd_driver_lacks_spare(driver))
		queue_work(umd_wq, &driver->start_work);
	driver->spare_due = false;
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
	return umd_driver_loaded(driver) && !driver->stopped &&
	       umd_driver_is_short(driver, umd_driver_call_workers(driver),
				   driver->mgmt->spare_workers);
}

/**
 * umd_driver_started - tell umd_mgmt_load(), if it waits for a start
 * @driver: the driver
 * @error: how the start went
 *
 * Context: caller holds the driver's lock.
 */
void umd_driver_started(struct umd_driver *driver, int error)
{
	struct umd_load *load = driver->load;

	if (!load)
		return;
	driver->load = NULL;
	load->error = error;
	complete(&load->done);
}

/* Ends all requests and the workers that have one, or all. */
static void umd_driver_end_all(struct umd_driver *driver, enum umd_end end,
			       int error, bool idle_too)
{
	struct umd_worker *worker;

	umd_queue_end(driver, error);
	list_for_each_entry(worker, &driver->workers, node) {
		if (idle_too || (worker->busy &&
				 worker->state == UMD_WORKER_READY))
			umd_worker_end(worker, end, error);
	}
}

/**
 * umd_driver_stop - stop a driver for its administrator, or let it go on
 * @driver: the driver
 * @stop: whether to stop it
 *
 * Context: any that may take the driver's lock, which the caller must not
 * hold.
 */
void umd_driver_stop(struct umd_driver *driver, bool stop)
{
	umd_driver_lock(driver);
	driver->stopped = stop;
	if (stop) {
		umd_driver_started(driver, -EPERM);
		umd_driver_end_all(driver, UMD_END_STOPPED, -EPERM, true);
		umd_statistics_forget(driver);
	} else {
		umd_failure_forget(driver);
	}
	umd_driver_unlock(driver);
}

/**
 * umd_driver_abort - end all requests for the administrator
 * @driver: the driver
 *
 * Context: any that may take the driver's lock, which the caller must not
 * hold.
 */
void umd_driver_abort(struct umd_driver *driver)
{
	umd_driver_lock(driver);
	umd_driver_end_all(driver, UMD_END_ABORTED, -ECANCELED, false);
	umd_driver_unlock(driver);
}
