// SPDX-License-Identifier: GPL-2.0-only
/* The state of a driver, to read in debugfs. */
#include <linux/debugfs.h>
#include <linux/seq_file.h>

#include "admin.h"

static const char *const umd_worker_states[] = {
	[UMD_WORKER_STARTING] = "starting",
	[UMD_WORKER_READY] = "ready",
};

static struct dentry *umd_debug_root;

static const char *umd_driver_state(struct umd_driver *driver)
{
	lockdep_assert_held(&driver->lock);
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

	umd_driver_lock(driver);
	seq_printf(seq, "%s\n", umd_driver_state(driver));
	umd_driver_unlock(driver);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(state);

/* One that is called is ready, but has not read yet: no other request gets it. */
static const char *umd_worker_word(const struct umd_worker *worker)
{
	if (worker->duty == UMD_WORKER_BUSY)
		return "busy";
	if (worker->duty == UMD_WORKER_CALLED &&
	    worker->state == UMD_WORKER_READY)
		return "called";
	return umd_worker_states[worker->state];
}

static int workers_show(struct seq_file *seq, void *unused)
{
	struct umd_driver *driver = seq->private;
	struct umd_worker *worker;

	umd_driver_lock(driver);
	list_for_each_entry(worker, &driver->workers, node) {
		if (worker->state != UMD_WORKER_ENDED)
			seq_printf(seq, "%d %s\n", umd_worker_pid(worker),
				   umd_worker_word(worker));
	}
	umd_driver_unlock(driver);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(workers);

static struct umd_statistics umd_statistics_read(struct umd_driver *driver)
{
	struct umd_statistics now;

	umd_driver_lock(driver);
	now = driver->statistics;
	umd_driver_unlock(driver);
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
		seq_printf(seq, "end_%s %llu\n", umd_ends[i].name,
			   now.ends[i]);
	seq_printf(seq, "last_end %s\n",
		   now.ended ? umd_ends[now.last_end].name : "none");
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

static int umd_debug_make(void *data)
{
	struct umd_driver *driver = data;

	driver->debug = debugfs_create_dir(driver->mgmt->driver_name,
					   umd_debug_root);
	debugfs_create_file("state", 0444, driver->debug, driver, &state_fops);
	debugfs_create_file("workers", 0444, driver->debug, driver,
			    &workers_fops);
	debugfs_create_file("statistics", 0444, driver->debug, driver,
			    &statistics_fops);
	debugfs_create_file("latency", 0444, driver->debug, driver,
			    &latency_fops);
	return 0;
}

/**
 * umd_debug_add - show a driver in debugfs
 * @driver: the driver
 *
 * As everything in debugfs, this may fail without harm.
 *
 * Context: process context, sleeps.
 */
void umd_debug_add(struct umd_driver *driver)
{
	might_sleep();
	umd_run_in_kernel(umd_debug_make, driver);
}

/**
 * umd_debug_remove - do not show a driver any more
 * @driver: the driver; nobody reads its files when this returns
 *
 * Context: process context, may sleep.
 */
void umd_debug_remove(struct umd_driver *driver)
{
	might_sleep();
	debugfs_remove(driver->debug);
}

static int __init umd_debug_make_root(void *unused)
{
	umd_debug_root = debugfs_create_dir("umd", NULL);
	return 0;
}

void __init umd_debug_init(void)
{
	umd_run_in_kernel(umd_debug_make_root, NULL);
}

void umd_debug_exit(void)
{
	debugfs_remove(umd_debug_root);
}
