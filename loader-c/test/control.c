// SPDX-License-Identifier: GPL-2.0-only
/*
 * umd_control.ko: plants a bug of the kind whose name is written to the
 * parameter, so that a guest can test that the kernel reports the bug. The bug
 * stays: the module must not be removed.
 */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timer.h>
#include <linux/vmalloc.h>

#include "../mgmt/state.h"

/* The time for which the threads race. */
#define UMD_CONTROL_RACE_MS 1000

/* A stale pointer, for example on a stack, can hide one leak, but not all. */
#define UMD_CONTROL_LEAKS 16

static int umd_control_leak(void)
{
	void *object;
	int i;

	for (i = 0; i < UMD_CONTROL_LEAKS; i++) {
		object = kmalloc(1000, GFP_KERNEL);
		OPTIMIZER_HIDE_VAR(object);
		if (!object)
			return -ENOMEM;
	}
	return 0;
}

static int umd_control_use_after_free(void)
{
	u8 *object = kmalloc(64, GFP_KERNEL);
	u8 *stale = object;

	if (!object)
		return -ENOMEM;
	OPTIMIZER_HIDE_VAR(stale);
	kfree(object);
	READ_ONCE(stale[8]);
	return 0;
}

static int umd_control_out_of_bounds(void)
{
	u8 *object = vmalloc(100);

	if (!object)
		return -ENOMEM;
	OPTIMIZER_HIDE_VAR(object);
	READ_ONCE(object[100]);
	vfree(object);
	return 0;
}

static DEFINE_MUTEX(umd_control_first);
static DEFINE_MUTEX(umd_control_second);

static void umd_control_lock_both(struct mutex *outer, struct mutex *inner)
{
	mutex_lock(outer);
	mutex_lock(inner);
	mutex_unlock(inner);
	mutex_unlock(outer);
}

static int umd_control_inversion(void)
{
	umd_control_lock_both(&umd_control_first, &umd_control_second);
	umd_control_lock_both(&umd_control_second, &umd_control_first);
	return 0;
}

static int umd_control_sleep(void)
{
	static DEFINE_SPINLOCK(lock);

	spin_lock(&lock);
	might_sleep();
	spin_unlock(&lock);
	return 0;
}

/* With PREEMPT_RT the inner lock sleeps, and the outer one does not let it. */
static int umd_control_nesting(void)
{
	static DEFINE_RAW_SPINLOCK(outer);
	static DEFINE_SPINLOCK(inner);

	raw_spin_lock(&outer);
	spin_lock(&inner);
	spin_unlock(&inner);
	raw_spin_unlock(&outer);
	return 0;
}

/* As the functions of the library do: with no lock held, this one says so. */
static int umd_control_unlocked(void)
{
	struct umd_driver *driver = kzalloc(sizeof(*driver), GFP_KERNEL);
	bool loaded;

	if (!driver)
		return -ENOMEM;
	spin_lock_init(&driver->lock);
	loaded = umd_driver_loaded(driver);
	OPTIMIZER_HIDE_VAR(loaded);
	kfree(driver);
	return 0;
}

struct umd_control_timed {
	struct timer_list timer;
};

static void umd_control_tick(struct timer_list *timer)
{
}

/* The kernel stops the timer when it reports it. */
static int umd_control_free_active(void)
{
	struct umd_control_timed *timed = kzalloc(sizeof(*timed), GFP_KERNEL);

	if (!timed)
		return -ENOMEM;
	timer_setup(&timed->timer, umd_control_tick, 0);
	mod_timer(&timed->timer, jiffies + 3600 * HZ);
	kfree(timed);
	return 0;
}

static int umd_control_shift(void)
{
	int distance = 40;
	int result;

	OPTIMIZER_HIDE_VAR(distance);
	result = 1 << distance;
	OPTIMIZER_HIDE_VAR(result);
	return 0;
}

static unsigned long umd_control_raced;

static int umd_control_racer(void *unused)
{
	while (!kthread_should_stop()) {
		umd_control_raced++;
		cond_resched();
	}
	return 0;
}

static int umd_control_race(void)
{
	struct task_struct *racers[2];
	int started, i;

	for (started = 0; started < ARRAY_SIZE(racers); started++) {
		racers[started] = kthread_run(umd_control_racer, NULL,
					      "umd_control/%d", started);
		if (IS_ERR(racers[started]))
			break;
	}
	msleep(UMD_CONTROL_RACE_MS);
	for (i = 0; i < started; i++)
		kthread_stop(racers[i]);
	return started == ARRAY_SIZE(racers) ? 0 : -ENOMEM;
}

static const struct {
	const char *name;
	int (*plant)(void);
} umd_control_bugs[] = {
	{ "leak", umd_control_leak },
	{ "use-after-free", umd_control_use_after_free },
	{ "out-of-bounds", umd_control_out_of_bounds },
	{ "inversion", umd_control_inversion },
	{ "nesting", umd_control_nesting },
	{ "sleep", umd_control_sleep },
	{ "unlocked", umd_control_unlocked },
	{ "free-active", umd_control_free_active },
	{ "shift", umd_control_shift },
	{ "race", umd_control_race },
};

static int umd_control_plant(const char *name, const struct kernel_param *unused)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(umd_control_bugs); i++) {
		if (sysfs_streq(name, umd_control_bugs[i].name))
			return umd_control_bugs[i].plant();
	}
	return -EINVAL;
}

static const struct kernel_param_ops umd_control_ops = {
	.set = umd_control_plant,
};

module_param_cb(plant, &umd_control_ops, NULL, 0200);
MODULE_PARM_DESC(plant, "write a kind of bug to plant one");

MODULE_DESCRIPTION("Bugs that a kernel with checkers must report");
MODULE_LICENSE("GPL");
