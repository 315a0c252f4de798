// SPDX-License-Identifier: GPL-2.0-only
/* The bounds of one operation, whose replies and verifications add up. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/sched/signal.h>

#include "pgp.h"

/* The deadline of one request. */
static unsigned long pgp_timeout(void)
{
	return msecs_to_jiffies(pgp_mgmt.timeout_ms ?: UMD_MGMT_TIMEOUT_MS);
}

/**
 * pgp_job_check - whether an operation may go on
 * @job: the operation
 *
 * Nothing new is begun after two deadlines have passed.
 *
 * Return: 0 or -ETIMEDOUT.
 */
int pgp_job_check(struct pgp_job *job)
{
	if (job->spent < 2 * pgp_timeout())
		return 0;
	job->is_over = true;
	pr_err_ratelimited("too many slow replies or verifications\n");
	return -ETIMEDOUT;
}

/**
 * pgp_job_spend - note what a request or a verification has taken
 * @job: the operation
 * @began: when it began, in jiffies
 *
 * The caller may be frozen meanwhile, unless others wait for its lock: that counts as
 * one deadline at most.
 */
void pgp_job_spend(struct pgp_job *job, unsigned long began)
{
	unsigned long took = jiffies - began;

	job->spent += job->holds_lock ? took : min(took, pgp_timeout());
}

/**
 * pgp_job_pause - let others run in a loop whose length is not ours
 *
 * Return: 0, or -EINTR if the task is being killed.
 */
int pgp_job_pause(void)
{
	cond_resched();
	return fatal_signal_pending(current) ? -EINTR : 0;
}
