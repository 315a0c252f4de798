// SPDX-License-Identifier: GPL-2.0-only
/* Counters of what a driver has done. */
#include <linux/log2.h>

#include "state.h"
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
 * Context: caller holds the driver's lock.
 */
void umd_statistics_error(struct umd_driver *driver, int error)
{
	int i;

	for (i = 0; i < UMD_ERRORS - 1; i++) {
		if (umd_errors[i].error == error)
			break;
	}
	driver->statistics.errors[i]++;
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

/**
 * umd_error_name - the name of an error that is counted
 * @i: its place among those
 *
 * Return: the name.
 */
const char *umd_error_name(unsigned int i)
{
	return umd_errors[i].name;
}
