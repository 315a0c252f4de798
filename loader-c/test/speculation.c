// SPDX-License-Identifier: GPL-2.0-only
/* What a process has of the kernel's mitigations of speculation. */
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "umd_test.h"

/**
 * umd_test_speculation - print which mitigations a process has
 * @driver: not used
 * @args: the arguments; count: the process
 * @out: where to print: `bypass` and `branches`, 2 for those that the process cannot
 *	give up, and `taken`, whether the processor runs the process with all that it
 *	has
 *
 * Return: 0, or -ESRCH.
 */
int umd_test_speculation(struct umd_test_driver *driver,
			 const struct umd_test_args *args, struct seq_buf *out)
{
	struct task_struct *task = get_pid_task(find_vpid(args->count),
						PIDTYPE_TGID);
	bool taken = true;

	if (!task)
		return -ESRCH;
#ifdef TIF_SPEC_FORCE_UPDATE
	taken = !test_tsk_thread_flag(task, TIF_SPEC_FORCE_UPDATE) &&
		test_tsk_thread_flag(task, TIF_SSBD) == task_spec_ssb_disable(task) &&
		test_tsk_thread_flag(task, TIF_SPEC_IB) == task_spec_ib_disable(task);
#endif
	seq_buf_printf(out, "bypass %d\nbranches %d\ntaken %d\n",
		       task_spec_ssb_disable(task) + task_spec_ssb_force_disable(task),
		       task_spec_ib_disable(task) + task_spec_ib_force_disable(task),
		       taken);
	put_task_struct(task);
	return 0;
}
