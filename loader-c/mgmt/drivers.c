// SPDX-License-Identifier: GPL-2.0-only
/* All drivers that are registered, and what keeps one alive. */
#include <linux/idr.h>
#include <linux/slab.h>

#include "state.h"

struct workqueue_struct *umd_wq; /* for starts and blobs */
DEFINE_IDA(umd_driver_ids);
LIST_HEAD(umd_drivers);
DEFINE_MUTEX(umd_drivers_lock); /* of umd_drivers */

/**
 * umd_driver_free - free a driver
 * @ref: its reference count, which has become zero
 */
void umd_driver_free(struct kref *ref)
{
	struct umd_driver *driver = container_of(ref, struct umd_driver, ref);

	umd_failure_forget(driver);
	ida_free(&umd_driver_ids, driver->id);
	kfree(driver);
}
