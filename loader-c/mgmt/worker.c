// SPDX-License-Identifier: GPL-2.0-only
/* Workers: one Handler process each, from its start to its end. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/oom.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "internal.h"
#include "reply.h"
#include "trace.h"

/* How long unloading waits for the processes that it has killed. */
#define UMD_EXIT_WAIT_MS 1000
#define UMD_EXIT_POLL_US 500
#define UMD_EXIT_POLL_MAX_US 20000

static struct umd_worker *umd_worker_create(struct umd_driver *driver)
{
	struct umd_worker *worker;

	worker = kzalloc(sizeof(*worker), GFP_KERNEL);
	if (!worker)
		return NULL;
	kref_init(&worker->ref);
	kref_get(&driver->ref);
	worker->driver = driver;
	worker->state = UMD_WORKER_STARTING;

	spin_lock(&driver->lock);
	list_add(&worker->node, &driver->workers);
	driver->starting = worker;
	WRITE_ONCE(driver->starter, current);
	if (driver->unloading)
		umd_worker_end(worker, UMD_END_UNLOAD, -ESHUTDOWN);
	else if (driver->stopped)
		umd_worker_end(worker, UMD_END_STOPPED, -EPERM);
	spin_unlock(&driver->lock);
	return worker;
}

static void umd_worker_free(struct kref *ref)
{
	struct umd_worker *worker = container_of(ref, struct umd_worker, ref);
	struct umd_driver *driver = worker->driver;

	spin_lock(&driver->lock);
	list_del(&worker->node);
	spin_unlock(&driver->lock);
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

/* As umd_worker_end(), but for those that look at the queue themselves. */
static void __umd_worker_end(struct umd_worker *worker, enum umd_end end,
			     int error)
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
	umd_driver_kick(worker->driver);
}

/**
 * umd_worker_expect - have a worker killed unless it reads or replies in time
 * @worker: the worker
 * @timeout: in jiffies from now
 *
 * Context: caller holds the driver's lock.
 */
void umd_worker_expect(struct umd_worker *worker, unsigned long timeout)
{
	worker->due = true;
	worker->deadline = jiffies + timeout + 1;
	umd_watch(worker->driver, worker->deadline);
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
		       !umd_seal_allows_tracer(task));
	rcu_read_unlock();
	return ret;
}

/**
 * umd_worker_call - have an idle worker look at the queue
 * @worker: a worker that is ready and not busy
 *
 * One that somebody holds is ended instead, so that it costs nobody any time.
 *
 * Context: caller holds the driver's lock.
 * Return: true when the worker will look, or be killed for not looking.
 */
bool umd_worker_call(struct umd_worker *worker)
{
	if (umd_worker_is_held(worker)) {
		__umd_worker_end(worker, UMD_END_TRACED, -EPIPE);
		return false;
	}
	if (!worker->due)
		umd_worker_expect(worker, worker->driver->timeout);
	umd_worker_wake(worker);
	return true;
}

static int umd_worker_hello(struct umd_worker *worker)
{
	struct umd_driver *driver = worker->driver;
	const struct umd_hello ours = {
		.version = UMD_ABI_VERSION,
		.max_request = driver->mgmt->max_request,
		.max_reply = driver->mgmt->max_reply,
	};
	struct umd_hello theirs;
	struct umd_mgmt_call call = {
		.op = UMD_OP_HELLO,
		.in = &ours,
		.in_len = sizeof(ours),
		.out = &theirs,
		.out_size = sizeof(theirs),
		.out_min = sizeof(theirs),
	};
	const char *wrong;
	int err;

	err = umd_request_run(driver, worker, &call, driver->timeout);
	if (err)
		return err;
	if (call.status) {
		pr_err("%s: Handler refuses HELLO: status %d\n",
		       driver->mgmt->driver_name, call.status);
		return -EPROTO;
	}
	wrong = umd_hello_check(&ours, &theirs);
	if (!wrong) {
		/* It sees nothing of this until it has got the next request. */
		WRITE_ONCE(worker->request_room,
			   ALIGN(sizeof(struct umd_frame_header) +
				 (size_t)theirs.max_request, UMD_REPLY_ALIGN));
		return 0;
	}
	pr_err("%s: Handler %s: version %u, requests to %u, replies to %u; wanted %u, %u, %u\n",
	       driver->mgmt->driver_name, wrong, theirs.version,
	       theirs.max_request, theirs.max_reply, ours.version,
	       ours.max_request, ours.max_reply);
	return -EPROTO;
}

static int umd_worker_run(struct umd_worker *worker)
{
	struct umd_mgmt *mgmt = worker->driver->mgmt;
	int err;

	err = umd_spawn(worker);
	if (err)
		return err == -EBUSY ? UMD_HELPERS_DISABLED : err;
	err = umd_worker_hello(worker);
	if (err || !mgmt->post_start)
		return err;
	err = mgmt->post_start(mgmt);
	return err > 0 ? -EINVAL : err;
}

/* Before exec fails for that, its process has not exited. */
static bool umd_worker_is_killed(const struct umd_worker *worker)
{
	struct task_struct *task;
	bool ret;

	rcu_read_lock();
	task = pid_task(worker->pid, PIDTYPE_TGID);
	ret = task && (fatal_signal_pending(task) || tsk_is_oom_victim(task));
	rcu_read_unlock();
	return ret;
}

/* What a start has come to. Caller holds the lock. */
static int umd_worker_started(struct umd_worker *worker, int err)
{
	struct umd_driver *driver = worker->driver;

	if (worker->state == UMD_WORKER_ENDED) {
		if (umd_end_is_outside(worker->end))
			return UMD_KILLED_OUTSIDE;
		if (worker->end == UMD_END_UNLOAD ||
		    worker->end == UMD_END_STOPPED)
			return UMD_ENDED_BY_US;
		return err && umd_end_is_own(worker->end) ? err : worker->error;
	}
	if (err && umd_worker_is_killed(worker)) {
		umd_worker_end(worker, UMD_END_OUTSIDE, -EPIPE);
		return UMD_KILLED_OUTSIDE;
	}
	if (err) {
		umd_worker_end(worker, UMD_END_START,
			       err == UMD_HELPERS_DISABLED ? -EBUSY : err);
		return err;
	}
	worker->state = UMD_WORKER_READY;
	umd_statistics_start(driver);
	/* Of a request of post_start that has timed out it keeps the deadline. */
	if (!worker->busy)
		umd_worker_rest(worker);
	umd_driver_started(driver, 0);
	umd_driver_kick(driver);
	return 0;
}

/**
 * umd_worker_start - start a Handler, up to where it takes requests
 * @driver: a driver with a binary
 *
 * Context: the driver's start work, which has no two instances at a time.
 * Return: 0; %UMD_KILLED_OUTSIDE when somebody killed the Handler meanwhile,
 * which says nothing of the Handler; %UMD_ENDED_BY_US when the driver was
 * unloaded or stopped meanwhile; %UMD_HELPERS_DISABLED when there are no user
 * mode helpers now; a negative errno when it cannot be started.
 */
int umd_worker_start(struct umd_driver *driver)
{
	struct umd_worker *worker;
	int err;

	worker = umd_worker_create(driver);
	if (!worker)
		return -ENOMEM;
	err = umd_worker_run(worker);

	spin_lock(&driver->lock);
	driver->starting = NULL;
	WRITE_ONCE(driver->starter, NULL);
	err = umd_worker_started(worker, err);
	trace_umd_spawn(driver, worker->pid, err > 0 ? worker->error : err);
	spin_unlock(&driver->lock);
	umd_worker_put(worker);
	return err;
}

static bool umd_process_runs(struct pid *pid)
{
	struct task_struct *task;
	bool ret;

	rcu_read_lock();
	task = pid_task(pid, PIDTYPE_TGID);
	ret = task && !READ_ONCE(task->exit_state);
	rcu_read_unlock();
	return ret;
}

/* Any of the processes; the caller gets a reference. */
static struct pid *umd_worker_any_pid(struct umd_driver *driver)
{
	struct umd_worker *worker;
	struct pid *pid = NULL;

	spin_lock(&driver->lock);
	list_for_each_entry(worker, &driver->workers, node) {
		pid = get_pid(worker->pid);
		if (pid)
			break;
	}
	spin_unlock(&driver->lock);
	return pid;
}

/**
 * umd_worker_wait_exit - wait until the processes of ended workers are gone
 * @driver: a driver all of whose workers have ended
 *
 * So that whoever has removed the Loader finds no process, and can remove the
 * library, which each channel's file pins until a moment after its release. A
 * process that cannot die now (it may be in a frozen control group) is left
 * behind after a second: it is sealed and detached, and nothing but the
 * library is needed for its end.
 *
 * Context: process context, sleeps, freezable, no lock of the library held; as
 * to locks of the caller, see umd_request_run().
 */
void umd_worker_wait_exit(struct umd_driver *driver)
{
	s64 left_us = UMD_EXIT_WAIT_MS * 1000, pause_us;
	ktime_t before;
	struct pid *pid;

	while (left_us > 0) {
		before = ktime_get();
		pid = umd_worker_any_pid(driver);
		if (!pid)
			return;
		/* When it has exited, some other may still hold the file. */
		pause_us = umd_process_runs(pid) ? UMD_EXIT_POLL_US : 50;
		put_pid(pid);
		usleep_range_state(pause_us, 2 * pause_us,
				   TASK_UNINTERRUPTIBLE | TASK_FREEZABLE_UNSAFE);
		/* While all were frozen, the clock went on. */
		left_us -= min_t(s64, ktime_us_delta(ktime_get(), before),
				 UMD_EXIT_POLL_MAX_US);
	}
	pr_warn("%s: a killed Handler has not exited yet\n",
		driver->mgmt->driver_name);
}
