// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suspend and hibernation. The kernel notifies first, then synchronizes file
 * systems, disables user mode helpers, for which it waits, and freezes all
 * processes. After the sleep, the reverse.
 *
 * Until helpers are disabled a driver serves, starts and loads as ever, for what
 * the kernel does meanwhile may wait for that. After that nothing starts, and while
 * processes are frozen no deadline passes. No task that the kernel waits for
 * may wait for what comes only after the thaw.
 */
#include <linux/notifier.h>
#include <linux/suspend.h>

#include "process.h"

static void umd_power_freeze(void)
{
	struct umd_driver *driver;

	might_sleep();
	umd_freeze_set_near(true);
	mutex_lock(&umd_drivers_lock);
	list_for_each_entry(driver, &umd_drivers, node) {
		umd_driver_lock(driver);
		/* The kernel waits for modprobe, and modprobe for this start. */
		umd_driver_started(driver, 0);
		umd_driver_end_loading(driver);
		umd_driver_end_unfreezable(driver);
		umd_driver_poll_freeze(driver);
		umd_driver_unlock(driver);
	}
	mutex_unlock(&umd_drivers_lock);
}

static void umd_power_thaw(void)
{
	struct umd_driver *driver;

	might_sleep();
	umd_freeze_set_near(false);
	mutex_lock(&umd_drivers_lock);
	list_for_each_entry(driver, &umd_drivers, node) {
		umd_driver_lock(driver);
		umd_driver_poll_freeze(driver);
		driver->helpers_disabled = false;
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
