// SPDX-License-Identifier: GPL-2.0-only
/*
 * How a driver gets its Loader loaded: by a thread of its own, once for all calls
 * that wait, which meanwhile are in the queue.
 *
 * The thread has the kernel's credentials, so that a security module judges the
 * library and not each caller. Its wait for modprobe can be ended, as that of a
 * work item cannot: what modprobe does is not in the library's hands.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kmod.h>
#include <linux/kthread.h>
#include <linux/sched/signal.h>

#include "process.h"

/* First and longest pause before a Loader that is going away is asked again. */
#define UMD_RELOAD_MIN_MS 10
#define UMD_RELOAD_MAX_MS 320
/* How long the binary may come after a modprobe that has succeeded. */
#define UMD_RELOAD_LATE_MS 200
/* How often the binary is looked for whose modprobe nobody waits for. */
#define UMD_RELOAD_POLL_MS 20

/**
 * struct umd_ask - a load in progress
 * @driver: the driver
 * @count: how many loads by a Loader had ended before the last modprobe
 * @asked: what request_module() returned for that
 * @tries: how many modprobes have succeeded without a binary
 * @delay_ms: pause before the next one
 * @failed: modprobe, not umd_mgmt_load(), has failed
 */
struct umd_ask {
	struct umd_driver *driver;
	unsigned int count;
	int asked;
	unsigned int tries;
	unsigned int delay_ms;
	bool failed;
};

/* Whether calls wait for the binary; otherwise a load that is over is noted. */
static bool umd_loader_is_wanted(struct umd_driver *driver)
{
	bool wanted;

	umd_driver_lock(driver);
	wanted = umd_driver_wants_loader(driver);
	umd_driver_set_loading(driver, wanted);
	umd_driver_unlock(driver);
	return wanted;
}

/* Sleeps; whoever wants the thread to look again wakes it. */
static void umd_loader_sleep(unsigned int ms)
{
	schedule_timeout_killable(msecs_to_jiffies(ms));
}

/*
 * When the system is about to sleep, the kernel waits for helpers for which
 * somebody waits, and not for others.
 */
static void umd_loader_ask(struct umd_ask *ask)
{
	struct umd_driver *driver = ask->driver;

	umd_driver_lock(driver);
	ask->count = driver->load_count;
	umd_driver_unlock(driver);
	ask->asked = umd_freeze_is_near() ?
		     request_module_nowait("%s", driver->mgmt->kmod) :
		     request_module("%s", driver->mgmt->kmod);
}

/* Waits, while the system is about to sleep or does, for a binary that may come. */
static void umd_loader_wait_thaw(struct umd_driver *driver)
{
	while (umd_freeze_is_near() && umd_loader_is_wanted(driver) &&
	       !signal_pending(current))
		umd_loader_sleep(UMD_RELOAD_POLL_MS);
}

/*
 * Whether modprobe may do better next time. A Loader that is going away makes it
 * fail at once, and there is no telling when the Loader is gone. A Loader that
 * somebody else is loading just now makes some modprobes succeed at once, and so
 * does an administrator who forbids the module. Helpers may be disabled for a
 * moment around suspend.
 */
static bool umd_loader_may_retry(struct umd_ask *ask)
{
	struct umd_driver *driver = ask->driver;
	bool unloaded;

	umd_driver_lock(driver);
	unloaded = driver->binary == UMD_BINARY_UNLOADING ||
		   (driver->unloaded_at &&
		    time_before64(get_jiffies_64(), driver->unloaded_at + HZ));
	umd_driver_unlock(driver);
	if (!ask->asked && !unloaded) {
		ask->delay_ms = UMD_RELOAD_LATE_MS;
		return !ask->tries++;
	}
	return (unloaded || ask->asked == -EBUSY) &&
	       ask->delay_ms <= UMD_RELOAD_MAX_MS;
}

static void umd_loader_report(const struct umd_ask *ask)
{
	const char *name = ask->driver->name, *kmod = ask->driver->mgmt->kmod;
	int asked = ask->asked;

	if (asked < 0)
		pr_err_ratelimited("%s: no Handler: module %s cannot be loaded: error %d\n",
				   name, kmod, asked);
	else if (!asked)
		pr_err_ratelimited("%s: no Handler: module %s cannot be loaded: modprobe succeeds without it\n",
				   name, kmod);
	else if (asked & 0x7f)
		pr_err_ratelimited("%s: no Handler: module %s cannot be loaded: modprobe was ended by signal %d\n",
				   name, kmod, asked & 0x7f);
	else
		pr_err_ratelimited("%s: no Handler: module %s cannot be loaded: modprobe exited with code %d\n",
				   name, kmod, asked >> 8);
}

/* Returns 0 to look again, or why there is no binary. */
static int umd_loader_look(struct umd_ask *ask)
{
	struct umd_driver *driver = ask->driver;
	bool loaded, ended;
	int err;

	umd_driver_lock(driver);
	loaded = umd_driver_loaded(driver);
	ended = driver->load_count != ask->count;
	err = driver->load_error;
	umd_driver_unlock(driver);
	if (loaded || signal_pending(current))
		return 0;
	if (ended && err)
		return err;
	if (umd_freeze_is_near()) {
		umd_loader_wait_thaw(driver);
		return 0;
	}
	if (umd_loader_may_retry(ask)) {
		umd_loader_sleep(ask->delay_ms);
		ask->delay_ms *= 2;
		return 0;
	}
	ask->failed = true;
	return ask->asked < 0 ? ask->asked : -ENOPROTOOPT;
}

/* Loads until there is a binary, the load has failed, or no call waits for it. */
static void umd_loader_load(struct umd_driver *driver)
{
	struct umd_ask ask = {
		.driver = driver,
		.delay_ms = UMD_RELOAD_MIN_MS,
	};
	int err = 0;

	while (!err) {
		/* Who has ended the last wait has changed what is wanted before. */
		flush_signals(current);
		if (!umd_loader_is_wanted(driver))
			return;
		umd_loader_ask(&ask);
		err = umd_loader_look(&ask);
	}
	umd_driver_lock(driver);
	/* Somebody may have loaded by hand since the last look. */
	if (umd_driver_wants_loader(driver)) {
		if (ask.failed)
			umd_failure_of_load(driver, err);
		umd_queue_end(driver, err);
	}
	umd_driver_set_loading(driver, false);
	umd_driver_unlock(driver);
	if (ask.failed)
		umd_loader_report(&ask);
}

static int umd_loader(void *data)
{
	struct umd_driver *driver = data;

	/* Of nobody but the library. */
	allow_kernel_signal(SIGKILL);
	while (!kthread_should_stop()) {
		set_current_state(TASK_IDLE);
		if (kthread_should_stop() || umd_loader_is_wanted(driver)) {
			__set_current_state(TASK_RUNNING);
			umd_loader_load(driver);
		} else {
			schedule();
		}
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

/**
 * umd_loader_create - give a driver the thread that has its Loader loaded
 * @driver: a new driver
 *
 * Context: process context, sleeps.
 * Return: 0; -EINTR after a fatal signal; -ENOMEM.
 */
int umd_loader_create(struct umd_driver *driver)
{
	struct task_struct *loader;

	might_sleep();
	loader = kthread_run(umd_loader, driver, "umd_%s", driver->name);
	if (IS_ERR(loader))
		return PTR_ERR(loader);
	driver->loader = loader;
	return 0;
}

/**
 * umd_loader_destroy - end that thread
 * @driver: a driver that nobody calls any more
 *
 * The thread does not wait for a modprobe any longer. A modprobe that has not
 * begun, because 50 others run, is waited for up to five seconds by kernels
 * since 6.6.
 *
 * Context: process context, sleeps.
 */
void umd_loader_destroy(struct umd_driver *driver)
{
	might_sleep();
	umd_driver_lock(driver);
	umd_driver_end_loading(driver);
	umd_driver_unlock(driver);
	kthread_stop(driver->loader);
}

/**
 * umd_loader_settle - let the modprobe end that has brought the binary
 * @driver: the driver
 * @error: what the call will return that has waited for the binary
 *
 * A caller whose request was served, or failed with the start, before modprobe has
 * ended could not remove the Loader at once. Mostly modprobe ends soon, and else
 * nobody waits.
 *
 * Context: process context, sleeps for a tenth of a second at most, ended by a
 * fatal signal.
 */
void umd_loader_settle(struct umd_driver *driver, int error)
{
	might_sleep();
	/* These do not wait for modprobe. */
	if (error == -ETIMEDOUT || error == -ECANCELED || error == -EPERM ||
	    error == -EINTR || error == -EDEADLK)
		return;
	wait_event_killable_timeout(driver->loaded,
				    !READ_ONCE(driver->loading), HZ / 10);
}
