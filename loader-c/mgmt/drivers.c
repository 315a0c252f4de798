// SPDX-License-Identifier: GPL-2.0-only
/*
 * All drivers that are registered, and what keeps drivers and workers alive. The
 * functions of this file are called without the driver's lock.
 */
#include <linux/idr.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "state.h"

DEFINE_IDA(umd_driver_ids);
LIST_HEAD(umd_drivers);
DEFINE_MUTEX(umd_drivers_lock); /* of umd_drivers */

/**
 * umd_driver_free - free a driver
 * @ref: its reference count, which has become zero
 *
 * Context: process context, may sleep: lockdep's key waits for RCU.
 */
void umd_driver_free(struct kref *ref)
{
	struct umd_driver *driver = container_of(ref, struct umd_driver, ref);

	umd_driver_lock(driver);
	umd_users_free(driver);
	umd_driver_unlock(driver);
	lockdep_unregister_key(&driver->start_key);
	ida_free(&umd_driver_ids, driver->id);
	kfree(driver);
}

static void umd_worker_free(struct kref *ref)
{
	struct umd_worker *worker = container_of(ref, struct umd_worker, ref);
	struct umd_driver *driver = worker->driver;

	umd_driver_lock(driver);
	umd_worker_remove(worker);
	umd_driver_unlock(driver);
	if (worker->task)
		put_task_struct(worker->task);
	kfree(worker);
	kref_put(&driver->ref, umd_driver_free);
}

/**
 * umd_worker_put - drop a reference
 * @worker: the worker
 *
 * Context: process context, may sleep; the caller does not hold the driver's
 * lock.
 */
void umd_worker_put(struct umd_worker *worker)
{
	kref_put(&worker->ref, umd_worker_free);
}
