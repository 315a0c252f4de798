// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether the system is about to sleep. Needs no lock.
 *
 * Between the kernel's notification and the freezing of all processes, Handlers
 * serve and deadlines pass as ever: the kernel still synchronizes file systems,
 * which may wait for calls.
 */
#include <linux/freezer.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>

#include "state.h"

static bool umd_near;

/* The task that sends the system to sleep; only compared. */
static struct task_struct *umd_suspender;

/**
 * umd_freeze_is_near - whether the system is about to sleep, or does
 *
 * Return: true if so.
 */
bool umd_freeze_is_near(void)
{
	return READ_ONCE(umd_near);
}

/**
 * umd_freeze_set_near - note that the system is about to sleep, or awake again
 * @near: which of them
 *
 * Context: the task that sends the system to sleep.
 */
void umd_freeze_set_near(bool near)
{
	WRITE_ONCE(umd_suspender, near ? current : NULL);
	WRITE_ONCE(umd_near, near);
}

/**
 * umd_processes_are_frozen - whether all processes are frozen
 *
 * Return: true if so, or if they are about to be.
 */
bool umd_processes_are_frozen(void)
{
	struct task_struct *task;
	bool ret;

	/* The first process is no kernel thread, and no control group freezes it. */
	rcu_read_lock();
	task = pid_task(find_pid_ns(1, &init_pid_ns), PIDTYPE_PID);
	ret = task && freezing(task);
	rcu_read_unlock();
	return ret;
}

/**
 * umd_freeze_needs_current - whether the system's sleep may wait for this task
 *
 * Return: true for the task that sends the system to sleep and for kernel
 * threads, while that is near: these are not frozen, and must not wait for a
 * Handler that is.
 */
bool umd_freeze_needs_current(void)
{
	return umd_freeze_is_near() &&
	       ((current->flags & PF_KTHREAD) ||
		READ_ONCE(umd_suspender) == current);
}
