// SPDX-License-Identifier: GPL-2.0-only
/*
 * Looking for a while before sleeping. When Handler and caller are on two
 * processors that have nothing else to do, neither then has to be woken up.
 */
#include <linux/moduleparam.h>
#include <linux/sched/clock.h>
#include <linux/sched/signal.h>
#include <linux/sched/stat.h>
#include <linux/time64.h>

#include "process.h"

#define UMD_SPIN_MAX_US 1000

static int umd_set_spin(const char *value, const struct kernel_param *kp)
{
	return param_set_uint_minmax(value, kp, 0, UMD_SPIN_MAX_US);
}

static const struct kernel_param_ops umd_spin_ops = {
	.set = umd_set_spin,
	.get = param_get_uint,
};

/* By `cargo bench`: 5 are too few for a reply, and 100 are hardly better. */
unsigned int umd_spin_us = 20;
module_param_cb(spin_us, &umd_spin_ops, &umd_spin_us, 0644);
MODULE_PARM_DESC(spin_us,
		 "How long Handlers and callers look for what they wait for before they sleep, in microseconds, 0 to 1000, on processors with nothing else to do (default 20)");

/**
 * umd_spin - look for a while whether something happens
 * @happened: whether it has; as it holds no lock, the caller looks again
 * @data: for that
 *
 * Ends early when this processor has something else to do, or a signal has
 * come. Takes a tick too long where the scheduler's clock has nothing better.
 *
 * Context: process context, no lock held.
 */
void umd_spin(bool (*happened)(const void *data), const void *data)
{
	u64 end = local_clock() + READ_ONCE(umd_spin_us) * (u64)NSEC_PER_USEC;

	while (!happened(data) && single_task_running() && !need_resched() &&
	       !signal_pending(current) && local_clock() < end)
		cpu_relax();
}
