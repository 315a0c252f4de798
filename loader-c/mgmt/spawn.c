// SPDX-License-Identifier: GPL-2.0-only
/* From a binary to a process that is sealed before its first instruction. */
#include <linux/sched/task.h>
#include <linux/umh.h>

#include "inject.h"
#include "process.h"

/*
 * Runs in the new process, before exec, while it is still a copy of a kernel
 * thread. The order matters: the task comes first, by which others can end it.
 */
static int umd_spawn_init(struct subprocess_info *info, struct cred *new)
{
	struct umd_worker *worker = info->data;
	const char *name = worker->driver->name;
	int err = 0;

	umd_driver_lock(worker->driver);
	if (worker->state == UMD_WORKER_ENDED)
		err = worker->error;
	else
		umd_worker_set_task(worker, get_task_struct(current));
	umd_driver_unlock(worker->driver);
	if (err)
		return err;

	/* Ends with the first read(), after exec. */
	umd_inject_begin(UMD_INJECT_SPAWN);
	err = umd_descriptors_clear(name) ?: umd_channel_install(worker) ?:
	      umd_descriptors_check(name) ?: umd_group_enter(name);
	if (err)
		return err;
	return umd_seal_before_exec(worker, new);
}

/**
 * umd_spawn - start the process of a worker
 * @worker: a new worker
 *
 * The process may have ended again by the time this returns.
 *
 * Context: process context, sleeps, no lock held.
 * Return: 0; -EBUSY while user mode helpers are disabled; -ENOEXEC when the
 * binary is no program for this kernel; or another negative errno.
 */
int umd_spawn(struct umd_worker *worker)
{
	const char *name = worker->driver->mgmt->driver_name;
	char *argv[2] = { (char *)name, NULL };
	char *envp[1] = { NULL };
	struct subprocess_info *info;
	int err;

	might_sleep();
	info = call_usermodehelper_setup(name, argv, envp, GFP_KERNEL,
					 umd_spawn_init, NULL, worker);
	if (!info)
		return -ENOMEM;
	err = call_usermodehelper_exec(info, UMH_WAIT_EXEC);
	if (err)
		return err;
	/* A kernel that runs another program, or none, reports success. */
	return worker->task ? 0 : -EOPNOTSUPP;
}
