// SPDX-License-Identifier: GPL-2.0-only
/* Registration. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/idr.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/oom.h>
#include <linux/sched/prio.h>
#include <linux/slab.h>

#include "admin.h"
#include "compat.h"

static unsigned int umd_mgmt_workers(const struct umd_mgmt *mgmt)
{
	return mgmt->max_workers ?: UMD_MGMT_WORKERS;
}

static bool umd_mgmt_is_valid(const struct umd_mgmt *mgmt)
{
	return mgmt->driver_name && mgmt->driver_name[0] &&
	       strlen(mgmt->driver_name) < TASK_COMM_LEN &&
	       !strchr(mgmt->driver_name, '/') &&
	       mgmt->kmod && mgmt->kmod[0] &&
	       strlen(mgmt->kmod) < MODULE_NAME_LEN &&
	       mgmt->max_request <= UMD_MAX_PAYLOAD &&
	       mgmt->max_reply <= UMD_MAX_PAYLOAD &&
	       mgmt->max_workers <= UMD_MGMT_MAX_WORKERS &&
	       mgmt->spare_workers < umd_mgmt_workers(mgmt) &&
	       mgmt->isolation <= UMD_PER_REQUEST &&
	       mgmt->nice >= MIN_NICE && mgmt->nice <= MAX_NICE &&
	       mgmt->oom_score_adj >= 0 &&
	       mgmt->oom_score_adj <= OOM_SCORE_ADJ_MAX;
}

static void umd_driver_init(struct umd_driver *driver, struct umd_mgmt *mgmt)
{
	kref_init(&driver->ref);
	driver->mgmt = mgmt;
	strscpy(driver->name, mgmt->driver_name, sizeof(driver->name));
	driver->timeout = msecs_to_jiffies(mgmt->timeout_ms ?:
					   UMD_MGMT_TIMEOUT_MS);
	driver->load_timeout = msecs_to_jiffies(mgmt->load_timeout_ms ?:
						UMD_MGMT_LOAD_TIMEOUT_MS);
	driver->idle = msecs_to_jiffies(mgmt->idle_ms);
	driver->max_workers = umd_mgmt_workers(mgmt);
	driver->max_queued = mgmt->max_queued ?: UMD_MGMT_MAX_QUEUED;
	driver->max_queued_uid = mgmt->max_queued_uid ?:
				 UMD_MGMT_MAX_QUEUED_UID;
	driver->max_reads = mgmt->isolation == UMD_PER_REQUEST ?
			    1 : mgmt->max_requests;
	lockdep_register_key(&driver->start_key);
	lockdep_init_map(&driver->start_map, "umd_start_map",
			 &driver->start_key, 0);
	spin_lock_init(&driver->lock);
	init_waitqueue_head(&driver->loaded);
	INIT_LIST_HEAD(&driver->users);
	hash_init(driver->user_table);
	INIT_LIST_HEAD(&driver->turns);
	INIT_LIST_HEAD(&driver->workers);
	INIT_WORK(&driver->start_work, umd_driver_start);
	INIT_DELAYED_WORK(&driver->watchdog, umd_watchdog);
}

/* A module that was built with another header would be misunderstood. */
static bool umd_layout_is_known(struct module *owner, u32 layout)
{
	if (layout == UMD_MGMT_LAYOUT)
		return true;
	pr_err("%s was built for another umd_mgmt (%x instead of %x): rebuild it with this one's header\n",
	       module_name(owner), layout, (u32)UMD_MGMT_LAYOUT);
	return false;
}

/**
 * umd_mgmt_register_module - make a driver known; umd_mgmt_register() calls this
 * @mgmt: its description; stays the caller's and must stay as it is until
 *	umd_mgmt_unregister()
 * @owner: the module that is the Manager, or NULL: it is built in
 * @layout: %UMD_MGMT_LAYOUT, as the module was built
 *
 * Nothing is loaded or started. The driver gets its files in securityfs and
 * debugfs.
 *
 * Context: process context, may sleep.
 * Return: 0; -EINVAL for a name or number out of bounds, or when the module was built
 * for another version of this interface, of which the log has a line; -EEXIST when
 * there is a driver of this name; -ENOMEM; -EINTR after a fatal signal; -ENOSPC when there
 * are no more ids.
 */
int umd_mgmt_register_module(struct umd_mgmt *mgmt, struct module *owner,
			     u32 layout)
{
	struct umd_driver *driver;
	int err;

	might_sleep();
	if (!umd_layout_is_known(owner, layout) || !umd_mgmt_is_valid(mgmt))
		return -EINVAL;
	driver = kzalloc(sizeof(*driver), GFP_KERNEL);
	if (!driver)
		return -ENOMEM;
	umd_driver_init(driver, mgmt);
	driver->owner = owner;
	driver->id = ida_alloc(&umd_driver_ids, GFP_KERNEL);
	if (driver->id < 0) {
		err = driver->id;
		goto err_free;
	}
	err = umd_seal_ids(driver);
	if (err)
		goto err_id;
	err = umd_loader_create(driver);
	if (err)
		goto err_id;
	err = umd_control_add(driver);
	if (err)
		goto err_loader;
	umd_debug_add(driver);

	mutex_lock(&umd_drivers_lock);
	list_add(&driver->node, &umd_drivers);
	umd_driver_lock(driver);
	/* The system may be about to sleep. */
	umd_driver_poll_freeze(driver);
	umd_driver_unlock(driver);
	mutex_unlock(&umd_drivers_lock);
	mgmt->driver = driver;
	return 0;

err_loader:
	umd_loader_destroy(driver);
err_id:
	ida_free(&umd_driver_ids, driver->id);
err_free:
	lockdep_unregister_key(&driver->start_key);
	kfree(driver);
	return err;
}
EXPORT_SYMBOL_NS_GPL(umd_mgmt_register_module, UMD_MGMT_NS);

/**
 * umd_mgmt_unregister - forget a driver
 * @mgmt: a registered driver that no call uses any more
 *
 * A binary that is still loaded is unloaded.
 *
 * Context: process context, sleeps.
 */
void umd_mgmt_unregister(struct umd_mgmt *mgmt)
{
	struct umd_driver *driver = mgmt->driver;

	might_sleep();
	umd_control_remove(driver);
	umd_debug_remove(driver);
	umd_mgmt_unload(mgmt);
	umd_loader_destroy(driver);
	/* Until here a suspend must be able to end the wait for modprobe. */
	mutex_lock(&umd_drivers_lock);
	list_del(&driver->node);
	mutex_unlock(&umd_drivers_lock);
	cancel_work_sync(&driver->start_work);
	cancel_delayed_work_sync(&driver->watchdog);
	mgmt->driver = NULL;
	kref_put(&driver->ref, umd_driver_free);
}
EXPORT_SYMBOL_NS_GPL(umd_mgmt_unregister, UMD_MGMT_NS);
