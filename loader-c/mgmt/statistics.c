// SPDX-License-Identifier: GPL-2.0-only
/* What a driver has done, and is doing: counters, and debugfs to read them. */
#include <linux/debugfs.h>
#include <linux/log2.h>
#include <linux/seq_file.h>

#include "internal.h"
#include "trace.h"

/* How calls may end, apart from a reply; zero stands for any other error. */
static const struct {
	int error;
	const char *name;
} umd_errors[UMD_ERRORS] = {
	{ -ETIMEDOUT, "ETIMEDOUT" },
	{ -EPIPE, "EPIPE" },
	{ -EPROTO, "EPROTO" },
	{ -EMSGSIZE, "EMSGSIZE" },
	{ -ESHUTDOWN, "ESHUTDOWN" },
	{ -ECANCELED, "ECANCELED" },
	{ -EPERM, "EPERM" },
	{ -EHOSTDOWN, "EHOSTDOWN" },
	{ -EAGAIN, "EAGAIN" },
	{ -EBUSY, "EBUSY" },
	{ -EINTR, "EINTR" },
	{ -ENOPROTOOPT, "ENOPROTOOPT" },
	{ 0, "other" },
};

static const char *const umd_end_names[UMD_ENDS] = {
	[UMD_END_EXIT] = "exit",
	[UMD_END_FAULT] = "fault",
	[UMD_END_SECCOMP] = "seccomp",
	[UMD_END_VIOLATION] = "violation",
	[UMD_END_START] = "start",
	[UMD_END_OOM] = "oom",
	[UMD_END_OUTSIDE] = "outside",
	[UMD_END_TRACED] = "traced",
	[UMD_END_TIMEOUT] = "timeout",
	[UMD_END_UNLOAD] = "unload",
	[UMD_END_STOPPED] = "stopped",
	[UMD_END_ABORTED] = "aborted",
	[UMD_END_IDLE] = "idle",
};

static const char *const umd_worker_states[] = {
	[UMD_WORKER_STARTING] = "starting",
	[UMD_WORKER_READY] = "ready",
};

static struct dentry *umd_debug_root;

/**
 * umd_end_name - the word for why a worker ended
 * @end: the cause
 *
 * Return: the word.
 */
const char *umd_end_name(enum umd_end end)
{
	return umd_end_names[end];
}

/**
 * umd_statistics_error - count a call that ended without a reply
 * @driver: the driver
 * @error: what it returns, a negative errno
 *
 * Context: process context, the driver's lock not held.
 */
void umd_statistics_error(struct umd_driver *driver, int error)
{
	int i;

	for (i = 0; i < UMD_ERRORS - 1; i++) {
		if (umd_errors[i].error == error)
			break;
	}
	spin_lock(&driver->lock);
	driver->statistics.errors[i]++;
	spin_unlock(&driver->lock);
}

/**
 * umd_statistics_reply - count a reply that a caller gets
 * @driver: the driver
 * @req: its request
 *
 * Context: caller holds the driver's lock.
 */
void umd_statistics_reply(struct umd_driver *driver,
			  const struct umd_request *req)
{
	s64 us = ktime_us_delta(ktime_get(), req->began);
	unsigned int i = us > 0 ? ilog2((u64)us) + 1 : 0;

	driver->statistics.replies++;
	driver->statistics.latencies[min(i, UMD_LATENCIES - 1U)]++;
}

/**
 * umd_statistics_start - count a worker that takes requests now
 * @driver: the driver
 *
 * Context: caller holds the driver's lock.
 */
void umd_statistics_start(struct umd_driver *driver)
{
	struct umd_statistics *statistics = &driver->statistics;

	statistics->starts++;
	if (!statistics->lost)
		return;
	statistics->lost--;
	statistics->restarts++;
	trace_umd_restart(driver);
}

/**
 * umd_statistics_end - count the end of a worker
 * @worker: the worker, in its last state, and why it ended
 *
 * Context: caller holds the driver's lock.
 */
void umd_statistics_end(const struct umd_worker *worker)
{
	struct umd_statistics *statistics = &worker->driver->statistics;

	statistics->ends[worker->end]++;
	statistics->last_end = worker->end;
	statistics->ended = true;
	if (worker->state == UMD_WORKER_READY && worker->end != UMD_END_IDLE)
		statistics->lost++;
}

/**
 * umd_statistics_forget - note that no Handler is missed any more
 * @driver: the driver, which has been stopped or unloaded
 *
 * Context: caller holds the driver's lock.
 */
void umd_statistics_forget(struct umd_driver *driver)
{
	driver->statistics.lost = 0;
}

/* Caller holds the lock. */
static const char *umd_driver_state(struct umd_driver *driver)
{
	if (driver->stopped)
		return "stopped";
	if (umd_driver_runs(driver))
		return "running";
	if (umd_failure_blocks_start(driver))
		return "failing";
	return umd_driver_loaded(driver) ? "idle" : "unloaded";
}

static int state_show(struct seq_file *seq, void *unused)
{
	struct umd_driver *driver = seq->private;

	spin_lock(&driver->lock);
	seq_printf(seq, "%s\n", umd_driver_state(driver));
	spin_unlock(&driver->lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(state);

static int workers_show(struct seq_file *seq, void *unused)
{
	struct umd_driver *driver = seq->private;
	struct umd_worker *worker;

	spin_lock(&driver->lock);
	list_for_each_entry(worker, &driver->workers, node) {
		if (worker->state != UMD_WORKER_ENDED)
			seq_printf(seq, "%d %s\n", pid_nr(worker->pid),
				   worker->busy ? "busy" :
				   umd_worker_states[worker->state]);
	}
	spin_unlock(&driver->lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(workers);

static struct umd_statistics umd_statistics_read(struct umd_driver *driver)
{
	struct umd_statistics now;

	spin_lock(&driver->lock);
	now = driver->statistics;
	spin_unlock(&driver->lock);
	return now;
}

static int statistics_show(struct seq_file *seq, void *unused)
{
	struct umd_driver *driver = seq->private;
	struct umd_statistics now = umd_statistics_read(driver);
	int i;

	seq_printf(seq, "requests %llu\nreplies %llu\nstarts %llu\nrestarts %llu\n",
		   now.requests, now.replies, now.starts, now.restarts);
	for (i = 0; i < UMD_ERRORS; i++)
		seq_printf(seq, "error_%s %llu\n", umd_errors[i].name,
			   now.errors[i]);
	for (i = 0; i < UMD_ENDS; i++)
		seq_printf(seq, "end_%s %llu\n", umd_end_names[i],
			   now.ends[i]);
	seq_printf(seq, "last_end %s\n",
		   now.ended ? umd_end_name(now.last_end) : "none");
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(statistics);

static int latency_show(struct seq_file *seq, void *unused)
{
	struct umd_driver *driver = seq->private;
	struct umd_statistics now = umd_statistics_read(driver);
	int i;

	for (i = 0; i < UMD_LATENCIES - 1; i++)
		seq_printf(seq, "%lu %llu\n", 1UL << i, now.latencies[i]);
	seq_printf(seq, "more %llu\n", now.latencies[i]);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(latency);

/**
 * umd_statistics_add - show a driver in debugfs
 * @driver: the driver
 *
 * As everything in debugfs, this may fail without harm.
 */
void umd_statistics_add(struct umd_driver *driver)
{
	driver->debug = debugfs_create_dir(driver->mgmt->driver_name,
					   umd_debug_root);
	debugfs_create_file("state", 0444, driver->debug, driver, &state_fops);
	debugfs_create_file("workers", 0444, driver->debug, driver,
			    &workers_fops);
	debugfs_create_file("statistics", 0444, driver->debug, driver,
			    &statistics_fops);
	debugfs_create_file("latency", 0444, driver->debug, driver,
			    &latency_fops);
}

/**
 * umd_statistics_remove - do not show a driver any more
 * @driver: the driver; nobody reads its files when this returns
 */
void umd_statistics_remove(struct umd_driver *driver)
{
	debugfs_remove(driver->debug);
}

void __init umd_statistics_init(void)
{
	umd_debug_root = debugfs_create_dir("umd", NULL);
}

void umd_statistics_exit(void)
{
	debugfs_remove(umd_debug_root);
}
