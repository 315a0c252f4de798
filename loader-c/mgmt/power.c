// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suspend: Handlers and callers are frozen, so no deadline may pass, and user
 * mode helpers are disabled, so no Handler and no modprobe can be started. All
 * go on after that. The kernel waits for helpers that run already, so none of
 * them may wait for what comes only after the thaw.
 */
#include <linux/jiffies.h>
#include <linux/notifier.h>
#include <linux/suspend.h>

#include "process.h"

static bool umd_frozen;
static unsigned long umd_frozen_at;
static DECLARE_WAIT_QUEUE_HEAD(umd_thawed);

/**
 * umd_power_is_frozen - whether the system is about to suspend, or has
 *
 * Return: true if so; as long as it is, nothing is late, and nothing can be
 * started.
 */
bool umd_power_is_frozen(void)
{
	return READ_ONCE(umd_frozen);
}

/**
 * umd_power_wait_thaw - wait until Handlers and helpers can be started again
 *
 * Context: process context, sleeps, freezable, ended by a fatal signal; as to
 * locks of the caller, see umd_request_run().
 * Return: 0, or -ERESTARTSYS after a fatal signal.
 */
int umd_power_wait_thaw(void)
{
	might_sleep();
	return wait_event_state(umd_thawed, !umd_power_is_frozen(),
				(TASK_KILLABLE | TASK_FREEZABLE_UNSAFE));
}

static void umd_power_freeze(void)
{
	struct umd_driver *driver;

	might_sleep();
	umd_frozen_at = jiffies;
	WRITE_ONCE(umd_frozen, true);
	mutex_lock(&umd_drivers_lock);
	list_for_each_entry(driver, &umd_drivers, node) {
		umd_driver_lock(driver);
		/* A modprobe waits for this: it must be over before. */
		umd_driver_started(driver, 0);
		umd_driver_unlock(driver);
	}
	mutex_unlock(&umd_drivers_lock);
}

static void umd_power_thaw(void)
{
	unsigned long by = jiffies - umd_frozen_at;
	struct umd_driver *driver;

	might_sleep();
	/* The library may have been loaded in between. */
	if (!umd_frozen)
		return;
	mutex_lock(&umd_drivers_lock);
	/* This comes first, so that no watchdog finds anything late. */
	list_for_each_entry(driver, &umd_drivers, node) {
		umd_driver_lock(driver);
		umd_queue_shift(driver, by);
		umd_workers_shift(driver, by);
		umd_driver_unlock(driver);
	}
	WRITE_ONCE(umd_frozen, false);
	wake_up_all(&umd_thawed);
	list_for_each_entry(driver, &umd_drivers, node) {
		umd_driver_lock(driver);
		umd_watch(driver, jiffies + 1);
		umd_driver_make_due(driver, UMD_DUE_QUEUE);
		umd_driver_unlock(driver);
	}
	mutex_unlock(&umd_drivers_lock);
}

static int umd_power_event(struct notifier_block *block, unsigned long event,
			   void *data)
{
	switch (event) {
	case PM_SUSPEND_PREPARE:
	case PM_HIBERNATION_PREPARE:
	case PM_RESTORE_PREPARE:
		umd_power_freeze();
		break;
	case PM_POST_SUSPEND:
	case PM_POST_HIBERNATION:
	case PM_POST_RESTORE:
		umd_power_thaw();
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block umd_power_notifier = {
	.notifier_call = umd_power_event,
};

int __init umd_power_init(void)
{
	return register_pm_notifier(&umd_power_notifier);
}

void umd_power_exit(void)
{
	unregister_pm_notifier(&umd_power_notifier);
}
