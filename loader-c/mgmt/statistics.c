// SPDX-License-Identifier: GPL-2.0-only
/* Counters of what a driver has done, and the words for what is counted. */
#include <linux/build_bug.h>

#include "state.h"
#include "trace.h"

/*
 * The index of a row in a table below. The rows are counted, so that the compiler
 * sees that none is missing.
 */
#define UMD_ROW(index) ((index) + 0 * __COUNTER__)

enum { UMD_ROWS_BEFORE_ERRORS = __COUNTER__ };

const struct umd_error_info umd_errors[UMD_ERRORS] = {
	[UMD_ROW(UMD_ERROR_TIMEDOUT)] = { -ETIMEDOUT, "ETIMEDOUT" },
	[UMD_ROW(UMD_ERROR_PIPE)] = { -EPIPE, "EPIPE" },
	[UMD_ROW(UMD_ERROR_PROTO)] = { -EPROTO, "EPROTO" },
	[UMD_ROW(UMD_ERROR_MSGSIZE)] = { -EMSGSIZE, "EMSGSIZE" },
	[UMD_ROW(UMD_ERROR_SHUTDOWN)] = { -ESHUTDOWN, "ESHUTDOWN" },
	[UMD_ROW(UMD_ERROR_CANCELED)] = { -ECANCELED, "ECANCELED" },
	[UMD_ROW(UMD_ERROR_PERM)] = { -EPERM, "EPERM" },
	[UMD_ROW(UMD_ERROR_HOSTDOWN)] = { -EHOSTDOWN, "EHOSTDOWN" },
	[UMD_ROW(UMD_ERROR_AGAIN)] = { -EAGAIN, "EAGAIN" },
	[UMD_ROW(UMD_ERROR_BUSY)] = { -EBUSY, "EBUSY" },
	[UMD_ROW(UMD_ERROR_DEADLK)] = { -EDEADLK, "EDEADLK" },
	[UMD_ROW(UMD_ERROR_INTR)] = { -EINTR, "EINTR" },
	[UMD_ROW(UMD_ERROR_NOPROTOOPT)] = { -ENOPROTOOPT, "ENOPROTOOPT" },
	[UMD_ROW(UMD_ERROR_OTHER)] = { 0, "other" },
};

static_assert(__COUNTER__ - UMD_ROWS_BEFORE_ERRORS == UMD_ERRORS + 1);

enum { UMD_ROWS_BEFORE_ENDS = __COUNTER__ };

const struct umd_end_info umd_ends[UMD_ENDS] = {
	[UMD_ROW(UMD_END_EXIT)] = {
		.name = "exit",
		.charge = UMD_CHARGE_SENDER,
	},
	[UMD_ROW(UMD_END_FAULT)] = {
		.name = "fault",
		.charge = UMD_CHARGE_SENDER,
	},
	[UMD_ROW(UMD_END_SECCOMP)] = {
		.name = "seccomp",
		.charge = UMD_CHARGE_SENDER,
	},
	[UMD_ROW(UMD_END_VIOLATION)] = {
		.name = "violation",
		.charge = UMD_CHARGE_SENDER,
	},
	[UMD_ROW(UMD_END_START)] = {
		.name = "start",
		.charge = UMD_CHARGE_NOBODY,
	},
	[UMD_ROW(UMD_END_OOM)] = {
		.name = "oom",
		.charge = UMD_CHARGE_NOBODY,
		.is_outside = true,
	},
	[UMD_ROW(UMD_END_OUTSIDE)] = {
		.name = "outside",
		.charge = UMD_CHARGE_NOBODY,
		.is_outside = true,
	},
	[UMD_ROW(UMD_END_TRACED)] = {
		.name = "traced",
		.charge = UMD_CHARGE_NOBODY,
		.is_outside = true,
	},
	[UMD_ROW(UMD_END_TIMEOUT)] = {
		.name = "timeout",
		.charge = UMD_CHARGE_IF_HUNG,
	},
	[UMD_ROW(UMD_END_UNLOAD)] = {
		.name = "unload",
		.charge = UMD_CHARGE_NOBODY,
		.is_withdrawn = true,
	},
	[UMD_ROW(UMD_END_STOPPED)] = {
		.name = "stopped",
		.charge = UMD_CHARGE_NOBODY,
		.is_withdrawn = true,
	},
	[UMD_ROW(UMD_END_ABORTED)] = {
		.name = "aborted",
		.charge = UMD_CHARGE_NOBODY,
	},
	[UMD_ROW(UMD_END_IDLE)] = {
		.name = "idle",
		.charge = UMD_CHARGE_NOBODY,
	},
	[UMD_ROW(UMD_END_USED)] = {
		.name = "used",
		.charge = UMD_CHARGE_NOBODY,
	},
};

static_assert(__COUNTER__ - UMD_ROWS_BEFORE_ENDS == UMD_ENDS + 1);

/**
 * umd_statistics_error - count a call that ended without a reply
 * @driver: the driver
 * @error: what it returns, a negative errno
 *
 * Context: caller holds the driver's lock.
 */
void umd_statistics_error(struct umd_driver *driver, int error)
{
	enum umd_error counted = UMD_ERROR_OTHER;
	int i;

	lockdep_assert_held(&driver->lock);
	for (i = 0; i < UMD_ERRORS; i++) {
		if (umd_errors[i].error == error)
			counted = i;
	}
	driver->statistics.errors[counted]++;
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

	lockdep_assert_held(&driver->lock);
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

	lockdep_assert_held(&worker->driver->lock);
	statistics->ends[worker->end]++;
	statistics->last_end = worker->end;
	statistics->ended = true;
	if (worker->state == UMD_WORKER_READY &&
	    worker->end != UMD_END_IDLE && worker->end != UMD_END_USED)
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
	lockdep_assert_held(&driver->lock);
	driver->statistics.lost = 0;
}
