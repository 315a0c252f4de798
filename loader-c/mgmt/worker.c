// SPDX-License-Identifier: GPL-2.0-only
/* A worker, from its first request to its end. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/moduleparam.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "state.h"
#include "trace.h"

static bool allow_trace;
module_param(allow_trace, bool, 0444);
MODULE_PARM_DESC(allow_trace,
		 "Ask Handlers that somebody traces, for debugging only (default: no, such a Handler is killed)");

static void umd_worker_free(struct kref *ref)
{
	struct umd_worker *worker = container_of(ref, struct umd_worker, ref);
	struct umd_driver *driver = worker->driver;

	umd_driver_lock(driver);
	list_del(&worker->node);
	spin_unlock(&driver->lock); /* nobody is in the queue for it */
	put_pid(worker->pid);
	kfree(worker);
	kref_put(&driver->ref, umd_driver_free);
}

/**
 * umd_worker_put - drop a reference
 * @worker: the worker
 *
 * Context: any that may take the driver's lock, which the caller must not
 * hold.
 */
void umd_worker_put(struct umd_worker *worker)
{
	kref_put(&worker->ref, umd_worker_free);
}

/**
 * umd_worker_wake - have a worker's read() look again
 * @worker: the worker, which may be somewhere else
 *
 * Context: caller holds the driver's lock.
 */
void umd_worker_wake(struct umd_worker *worker)
{
	if (worker->reader)
		wake_up_process(worker->reader);
}

/**
 * umd_driver_runs - whether there is a Handler
 * @driver: the driver
 *
 * Context: caller holds the driver's lock.
 * Return: true if so, also when it is only starting.
 */
bool umd_driver_runs(struct umd_driver *driver)
{
	struct umd_worker *worker;

	list_for_each_entry(worker, &driver->workers, node) {
		if (worker->state != UMD_WORKER_ENDED)
			return true;
	}
	return false;
}

/*
 * Ends the request that a worker has read, or puts it back: one that may be
 * made twice is, once, when the Handler's end had nothing to do with it.
 */
static void umd_worker_end_request(struct umd_worker *worker)
{
	struct umd_request *req = worker->request;

	if (!req)
		return;
	if (worker->driver->mgmt->idempotent && !req->direct &&
	    !req->retried && !req->copying && umd_end_is_outside(worker->end)) {
		req->retried = true;
		umd_request_put_back(req);
		return;
	}
	umd_request_end(req, worker->error);
}

/*
 * Charges the end of a worker that was ready to whom it is due: the sender of
 * its request, or of the one that it has replied to last, which may have done its
 * harm by then; or, when it had read none at all, the driver. Without another
 * Handler those in the queue would then fare no better.
 */
static void umd_worker_blame(struct umd_worker *worker)
{
	struct umd_driver *driver = worker->driver;
	bool hung = worker->end == UMD_END_TIMEOUT && !worker->reading;

	if (!hung && !umd_end_is_own(worker->end))
		return;
	if (worker->busy && uid_valid(worker->uid))
		umd_failure_of_request(driver, worker->uid);
	else if (worker->has_read)
		umd_failure_of_request(driver, worker->read_uid);
	if (worker->has_read)
		return;
	umd_failure_of_start(driver);
	if (!umd_driver_runs(driver))
		umd_queue_end(driver, worker->error);
}

/**
 * __umd_worker_end - as umd_worker_end(), for those that look at the queue
 * @worker: the worker
 * @end: why
 * @error: what the call gets whose request it has read
 *
 * Context: caller holds the driver's lock.
 */
void __umd_worker_end(struct umd_worker *worker, enum umd_end end, int error)
{
	bool ready = worker->state == UMD_WORKER_READY;

	if (worker->state == UMD_WORKER_ENDED)
		return;
	worker->end = end;
	worker->error = error;
	/* Needs to know the state in which it ended. */
	umd_statistics_end(worker);
	worker->state = UMD_WORKER_ENDED;
	trace_umd_exit(worker);
	if (ready)
		umd_worker_blame(worker);
	if (worker->direct)
		umd_request_end(worker->direct, error);
	umd_worker_end_request(worker);
	if (worker->pid)
		kill_pid(worker->pid, SIGKILL, 1);
	umd_worker_wake(worker);
}

/**
 * umd_worker_end - end a worker and what it was asked
 * @worker: the worker, in any state; the first end counts
 * @end: why
 * @error: what the call gets whose request it has read
 *
 * The process is killed, and not waited for. Requests that it has not read
 * stay in the queue, and another worker is started for them.
 *
 * Context: caller holds the driver's lock.
 */
void umd_worker_end(struct umd_worker *worker, enum umd_end end, int error)
{
	__umd_worker_end(worker, end, error);
	worker->driver->is_due = true;
}

/**
 * umd_worker_rest - note that a worker has nothing to do
 * @worker: the worker, which has replied or found the queue empty
 *
 * It has no deadline any more, but to come back to read() if it is not there. A
 * request that it may read has one of its own.
 *
 * Context: caller holds the driver's lock.
 */
void umd_worker_rest(struct umd_worker *worker)
{
	struct umd_driver *driver = worker->driver;

	worker->due = false;
	worker->idle_since = jiffies;
	if (!worker->reading)
		umd_watch(driver, worker->idle_since + driver->timeout);
	if (driver->idle)
		umd_watch(driver, worker->idle_since + driver->idle);
}

/**
 * umd_worker_allows_tracer - whether a process may be asked although it is traced
 * @task: the process; any, or the current one
 *
 * Return: true if it may, or is not traced.
 */
bool umd_worker_allows_tracer(const struct task_struct *task)
{
	return allow_trace || !READ_ONCE(task->ptrace);
}

/**
 * umd_worker_is_held - whether somebody has stopped or traces the process
 * @worker: the worker, which then reads late
 *
 * Context: caller holds the driver's lock.
 * Return: true if so.
 */
bool umd_worker_is_held(const struct umd_worker *worker)
{
	struct task_struct *task;
	bool ret;

	rcu_read_lock();
	task = pid_task(worker->pid, PIDTYPE_TGID);
	ret = task && (task_is_stopped_or_traced(task) ||
		       !umd_worker_allows_tracer(task));
	rcu_read_unlock();
	return ret;
}
