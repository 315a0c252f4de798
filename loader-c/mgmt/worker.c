// SPDX-License-Identifier: GPL-2.0-only
/* A worker, from its first request to its end. */
#include <linux/jiffies.h>
#include <linux/moduleparam.h>
#include <linux/sched/signal.h>

#include "queue.h"
#include "trace.h"

/* Of so many hangs without processor time, the user is charged for one. */
#define UMD_STARVED_FREE 4

bool umd_allow_trace;
module_param_named(allow_trace, umd_allow_trace, bool, 0444);
MODULE_PARM_DESC(allow_trace,
		 "Ask Handlers that somebody traces, for debugging only (default: no, such a Handler is killed)");

/* The arrows between the states, as in tests/proof/lifecycle.pml. */
static inline bool umd_worker_may_move(enum umd_worker_state from,
				       enum umd_worker_state to)
{
	return to == UMD_WORKER_ENDED ? from != UMD_WORKER_ENDED :
	       from == UMD_WORKER_STARTING && to == UMD_WORKER_READY;
}

static void umd_worker_move(struct umd_worker *worker,
			    enum umd_worker_state to)
{
	lockdep_assert_held(&worker->driver->lock);
	lockdep_assert(umd_worker_may_move(worker->state, to));
	worker->state = to;
}

/* Likewise of the duties. */
static inline bool umd_worker_may_have(enum umd_worker_duty from,
				       enum umd_worker_duty to)
{
	switch (to) {
	case UMD_WORKER_IDLE:
		return true;
	case UMD_WORKER_CALLED:
		return from != UMD_WORKER_CALLED;
	case UMD_WORKER_BUSY:
		return from != UMD_WORKER_BUSY;
	}
	return false;
}

static void umd_worker_set_duty(struct umd_worker *worker,
				enum umd_worker_duty to)
{
	lockdep_assert_held(&worker->driver->lock);
	lockdep_assert(umd_worker_may_have(worker->duty, to));
	worker->duty = to;
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

	lockdep_assert_held(&driver->lock);
	list_for_each_entry(worker, &driver->workers, node) {
		if (worker->state != UMD_WORKER_ENDED)
			return true;
	}
	return false;
}

/**
 * umd_worker_init - make a worker one of a driver's
 * @worker: new memory, all zero
 * @driver: the driver
 *
 * Context: caller holds the driver's lock, and gets the first reference.
 */
void umd_worker_init(struct umd_worker *worker, struct umd_driver *driver)
{
	lockdep_assert_held(&driver->lock);
	kref_init(&worker->ref);
	kref_get(&driver->ref);
	worker->driver = driver;
	list_add(&worker->node, &driver->workers);
}

/* Has a worker's read() look again, if that is where the worker is. */
static void umd_worker_wake(struct umd_worker *worker)
{
	lockdep_assert_held(&worker->driver->lock);
	if (worker->asleep)
		wake_up_process(worker->task);
}

/* Has a worker killed unless it reads or replies within @timeout jiffies. */
static void umd_worker_expect(struct umd_worker *worker, unsigned long timeout)
{
	lockdep_assert_held(&worker->driver->lock);
	if (worker->duty == UMD_WORKER_IDLE)
		umd_worker_set_duty(worker, UMD_WORKER_CALLED);
	worker->deadline = jiffies + timeout + 1;
}

/**
 * umd_worker_ready - let a worker read from the queue
 * @worker: a worker that is starting
 *
 * Context: caller holds the driver's lock.
 */
void umd_worker_ready(struct umd_worker *worker)
{
	struct umd_driver *driver = worker->driver;

	lockdep_assert_held(&driver->lock);
	umd_worker_move(worker, UMD_WORKER_READY);
	worker->since = ktime_get();
	umd_statistics_start(driver);
	/* A request of post_start that has timed out leaves its deadline. */
	if (worker->duty != UMD_WORKER_BUSY)
		umd_worker_rest(worker);
	umd_driver_make_due(driver, UMD_DUE_QUEUE);
}

/**
 * umd_worker_ask - let only one worker read a request
 * @worker: a worker that is starting
 * @req: the new request, whose deadline is the worker's too
 *
 * Context: caller holds the driver's lock.
 */
void umd_worker_ask(struct umd_worker *worker, struct umd_request *req)
{
	lockdep_assert_held(&worker->driver->lock);
	umd_request_direct(req, worker);
	umd_worker_expect(worker, req->timeout);
	umd_worker_wake(worker);
}

/**
 * umd_worker_call - have an idle worker look at the queue
 * @worker: a worker that is ready and not busy
 *
 * A worker that somebody holds is ended instead, so that it costs nobody any
 * time.
 *
 * Context: caller holds the driver's lock.
 * Return: true when the worker will look, or be killed for not looking.
 */
bool umd_worker_call(struct umd_worker *worker)
{
	struct umd_driver *driver = worker->driver;

	lockdep_assert_held(&driver->lock);
	if (umd_worker_is_held(worker)) {
		umd_worker_end(worker, UMD_END_TRACED, -EPIPE);
		return false;
	}
	if (worker->duty == UMD_WORKER_IDLE) {
		umd_worker_expect(worker, driver->timeout);
		umd_watch(driver, worker->deadline);
	}
	umd_worker_wake(worker);
	return true;
}

/**
 * umd_worker_take - note that a worker reads a request
 * @worker: a worker in read()
 * @req: a request of the queue, or the worker's direct one
 *
 * The watchdog looks at the request's deadline, and then at all others. The
 * request's is not after the worker's new one, but for a suspend.
 *
 * Context: the Handler, which holds the driver's lock, and copies the request
 * next.
 */
void umd_worker_take(struct umd_worker *worker, struct umd_request *req)
{
	lockdep_assert_held(&worker->driver->lock);
	umd_request_take(req, worker);
	worker->user = req->user;
	/* Mostly the worker was waiting for the request, or the request for it. */
	if (umd_driver_has_one_user(worker->driver))
		worker->since = max(worker->since, req->began);
	else
		worker->since = ktime_get();
	worker->ran = current->se.sum_exec_runtime;
	umd_worker_set_duty(worker, UMD_WORKER_BUSY);
	worker->deadline = jiffies + req->timeout + 1;
	/* A suspend may have put the request's off further than that. */
	if (unlikely(time_before(worker->deadline, req->deadline)))
		umd_watch(worker->driver, worker->deadline);
	worker->sent = req->header;
	worker->reading = false;
}

/* The worker does not work for a user any more, and has for @ns nanoseconds. */
static void umd_worker_leave_user(struct umd_worker *worker, u64 ns)
{
	lockdep_assert_held(&worker->driver->lock);
	if (!worker->user)
		return;
	umd_user_leave(worker->user, ns);
	worker->user = NULL;
}

/**
 * umd_worker_copied - note that the copy of a request to a worker is over
 * @worker: the worker that has taken it
 * @req: the request
 * @unread: no instruction of the Handler will see anything of the request
 *
 * The next worker gets a request that was not read.
 *
 * Context: caller holds the driver's lock.
 */
void umd_worker_copied(struct umd_worker *worker, struct umd_request *req,
		       bool unread)
{
	bool direct = req->direct;

	lockdep_assert_held(&worker->driver->lock);
	if (umd_request_copied(req) && unread && !direct) {
		umd_request_put_back(req);
		umd_worker_leave_user(worker, 0);
		umd_worker_set_duty(worker, UMD_WORKER_CALLED);
	} else if (!direct) {
		worker->has_read = true;
		/* The worker may have ended meanwhile, and left its user. */
		if (worker->user)
			worker->read_uid = worker->user->uid;
	}
}

/* Inline, for what follows a reply. */
static __always_inline void umd_worker_has_nothing(struct umd_worker *worker)
{
	struct umd_driver *driver = worker->driver;

	lockdep_assert_held(&driver->lock);
	umd_worker_set_duty(worker, UMD_WORKER_IDLE);
	worker->idle_since = jiffies;
	if (!worker->reading)
		umd_watch(driver, worker->idle_since + driver->timeout);
	if (driver->idle)
		umd_watch(driver, worker->idle_since + driver->idle);
}

/**
 * umd_worker_rest - note that a worker has nothing to do
 * @worker: the worker, which has replied or found the queue empty
 *
 * The worker has no deadline any more, but to come back to read() if it is not
 * there. A request that it may read has a deadline of its own.
 *
 * Context: caller holds the driver's lock.
 */
void umd_worker_rest(struct umd_worker *worker)
{
	lockdep_assert_held(&worker->driver->lock);
	umd_worker_has_nothing(worker);
}

/**
 * umd_worker_done - note that a worker has replied
 * @worker: the worker
 * @now: the time
 *
 * Context: caller holds the driver's lock.
 */
void umd_worker_done(struct umd_worker *worker, ktime_t now)
{
	struct umd_driver *driver = worker->driver;
	u64 ns = ktime_sub(now, worker->since);

	lockdep_assert_held(&driver->lock);
	/* What a request takes is of interest only where others wait. */
	if (worker->user && worker->user->queued)
		umd_user_served(worker->user, worker->sent.op, ns);
	umd_worker_leave_user(worker, ns);
	worker->since = now;
	umd_worker_has_nothing(worker);
	if (driver->max_reads && worker->has_read &&
	    ++worker->reads >= driver->max_reads)
		umd_worker_end(worker, UMD_END_USED, -ESHUTDOWN);
	if (driver->queued)
		umd_driver_make_due(driver, UMD_DUE_QUEUE);
	if (driver->mgmt->spare_workers)
		umd_driver_make_due(driver, UMD_DUE_REST);
}

/*
 * Whether a worker that is late had hardly any processor time: less than an eighth
 * of its time. That is no fault of a request.
 */
static bool umd_worker_was_starved(const struct umd_worker *worker)
{
	u64 ns = ktime_sub(ktime_get(), worker->since);
	u64 ran = READ_ONCE(worker->task->se.sum_exec_runtime) - worker->ran;

	lockdep_assert_held(&worker->driver->lock);
	return ran < ns / 8;
}

/*
 * Charges the end of a worker that was ready: to the sender of its request, or
 * of the request that it has replied to last, which may have done its harm by
 * then. When the worker had read no request at all, the end is charged to the
 * driver. Without another Handler the requests of the queue would then fare no
 * better.
 */
static void umd_worker_charge(struct umd_worker *worker)
{
	struct umd_driver *driver = worker->driver;
	enum umd_charge charge = umd_ends[worker->end].charge;
	struct umd_user *user = worker->user;

	lockdep_assert_held(&driver->lock);
	if (charge != UMD_CHARGE_SENDER &&
	    (charge != UMD_CHARGE_IF_HUNG || worker->reading))
		return;
	if (!user && worker->has_read)
		user = umd_user_get(driver, worker->read_uid);
	/* Who takes all processors must not hang Handlers for nothing. */
	if (charge == UMD_CHARGE_IF_HUNG && umd_worker_was_starved(worker) &&
	    (!user || ++user->starved % UMD_STARVED_FREE))
		return;
	if (user)
		umd_failure_of_request(user);
	if (user && umd_failure_blocks_user(user))
		umd_queue_end_user(user, -EHOSTDOWN);
	if (worker->has_read)
		return;
	umd_failure_of_start(driver);
	if (!umd_driver_runs(driver))
		umd_queue_end(driver, worker->error);
}

/* Kills the process: all threads, should a Handler ever get a second one. */
static void umd_worker_kill(struct umd_worker *worker)
{
	struct task_struct *thread;

	lockdep_assert_held(&worker->driver->lock);
	if (!worker->task)
		return;
	rcu_read_lock();
	for_each_thread(worker->task, thread)
		send_sig(SIGKILL, thread, 1);
	rcu_read_unlock();
}

/**
 * umd_worker_end - end a worker and what it was asked
 * @worker: the worker, in any state; the first end counts
 * @end: why
 * @error: what the call gets whose request the worker has read
 *
 * The process is killed, and not waited for. Requests that it has not read
 * stay in the queue, and another worker is started for them.
 *
 * Context: caller holds the driver's lock.
 */
void umd_worker_end(struct umd_worker *worker, enum umd_end end, int error)
{
	bool ready = worker->state == UMD_WORKER_READY;

	lockdep_assert_held(&worker->driver->lock);
	if (worker->state == UMD_WORKER_ENDED)
		return;
	worker->end = end;
	worker->error = error;
	/* The statistics need to know the state in which the worker ended. */
	umd_statistics_end(worker);
	umd_worker_move(worker, UMD_WORKER_ENDED);
	trace_umd_exit(worker);
	if (ready)
		umd_worker_charge(worker);
	if (worker->direct)
		umd_request_end(worker->direct, error);
	if (worker->request && !(umd_ends[end].is_outside &&
				 umd_request_retry(worker->request)))
		umd_request_end(worker->request, error);
	umd_worker_leave_user(worker, ktime_sub(ktime_get(), worker->since));
	umd_worker_kill(worker);
	umd_worker_wake(worker);
	umd_driver_make_due(worker->driver, UMD_DUE_QUEUE);
}

/**
 * umd_workers_shift - put off the deadlines of all workers and their requests
 * @driver: the driver
 * @by: in jiffies
 *
 * Context: caller holds the driver's lock.
 */
void umd_workers_shift(struct umd_driver *driver, unsigned long by)
{
	struct umd_worker *worker;

	lockdep_assert_held(&driver->lock);
	list_for_each_entry(worker, &driver->workers, node) {
		worker->since = ktime_add_ms(worker->since,
					     jiffies_to_msecs(by));
		worker->deadline += by;
		worker->idle_since += by;
		if (worker->request)
			umd_request_shift(worker->request, by);
		if (worker->direct)
			umd_request_shift(worker->direct, by);
	}
}
