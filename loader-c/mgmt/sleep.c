// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether the system is about to sleep, and who is frozen. Needs no lock.
 *
 * Between the kernel's notification and the freezing of all processes, Handlers
 * serve and deadlines pass as ever: the kernel still synchronizes file systems,
 * which may wait for calls.
 */
#include <linux/pid_namespace.h>

#include "state.h"

/* For umd_freeze_is_near(). */
bool umd_freeze_near;

/* The task that sends the system to sleep; only compared. */
static struct task_struct *umd_suspender;

/**
 * umd_freeze_set_near - note that the system is about to sleep, or awake again
 * @near: which of them
 *
 * Context: the task that sends the system to sleep.
 */
void umd_freeze_set_near(bool near)
{
	WRITE_ONCE(umd_suspender, near ? current : NULL);
	WRITE_ONCE(umd_freeze_near, near);
}

/**
 * umd_processes_are_frozen - whether all processes are frozen
 *
 * Return: true if so, or if they are about to be.
 */
bool umd_processes_are_frozen(void)
{
	/* The first process is no kernel thread, and no control group freezes it. */
	return freezing(init_pid_ns.child_reaper);
}

/**
 * umd_task_is_frozen_by_v1 - whether a control group of version 1 holds a process
 * @task: a process that is freezing
 *
 * This freezer is also that of suspend, which the kernel does not let modules tell
 * apart. But suspend freezes all processes, among them init, which is in no such
 * group. A suspend may begin or end between two looks: so init is looked at on both
 * sides.
 *
 * Context: any; the caller has the task; umd_task_is_frozen() calls this.
 * Return: true if so.
 */
bool umd_task_is_frozen_by_v1(struct task_struct *task)
{
	return !umd_processes_are_frozen() && freezing(task) &&
	       !umd_processes_are_frozen();
}

/**
 * umd_current_suspends - whether this task sends the system to sleep
 *
 * Return: true if so: this task is not frozen, and must not wait for a Handler
 * that is.
 */
bool umd_current_suspends(void)
{
	return READ_ONCE(umd_suspender) == current;
}
