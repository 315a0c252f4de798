// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether the system is about to sleep, and who is frozen. Needs no lock.
 *
 * Between the kernel's notification and the freezing of all processes, Handlers
 * serve and deadlines pass as ever: the kernel still synchronizes file systems,
 * which may wait for calls.
 */
#include <linux/freezer.h>
#include <linux/pid_namespace.h>
#include <linux/sched/jobctl.h>

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

/*
 * Whether the freezer of control groups of version 1 holds a process. This freezer
 * is also that of suspend, which the kernel does not let modules tell apart. But
 * suspend freezes all processes, among them init, which is in no such group.
 * A suspend may begin or end between two looks: so init is looked at on both sides.
 */
static bool umd_task_is_frozen_by_v1(struct task_struct *task)
{
	return unlikely(freezing(task)) && !umd_processes_are_frozen() &&
	       freezing(task) && !umd_processes_are_frozen();
}

/**
 * umd_task_is_frozen - whether a control group's freezer holds a process
 * @task: the process
 *
 * The answer changes with the administrator's write to the group, not when the
 * process notices.
 *
 * Context: any; the caller has the task.
 * Return: true if so; false when the whole system is frozen or about to be.
 */
bool umd_task_is_frozen(struct task_struct *task)
{
	return (READ_ONCE(task->jobctl) & JOBCTL_TRAP_FREEZE) ||
	       umd_task_is_frozen_by_v1(task);
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
