// SPDX-License-Identifier: GPL-2.0-only
/* A request between its caller, the queue and a worker. */
#include "queue.h"

/* Takes a request away from the worker that has it. */
static void umd_request_detach(struct umd_request *req)
{
	struct umd_worker *worker = req->worker;

	lockdep_assert_held(&req->driver->lock);
	if (!worker)
		return;
	if (worker->direct == req)
		worker->direct = NULL;
	if (worker->request == req)
		worker->request = NULL;
	req->worker = NULL;
}

/* Inline, for the end of a request by its reply. */
static __always_inline void umd_request_give_back(struct umd_request *req)
{
	lockdep_assert_held(&req->driver->lock);
	umd_request_detach(req);
	umd_request_move(req, UMD_REQUEST_OVER);
	if (req->asleep)
		wake_up_process(req->caller);
}

/**
 * umd_request_let_go - give an ended request back to its caller
 * @req: the request, at which only the caller looks from now on
 *
 * Context: caller holds the driver's lock, with which the request goes.
 */
void umd_request_let_go(struct umd_request *req)
{
	lockdep_assert_held(&req->driver->lock);
	umd_request_give_back(req);
}

/* The user with the most requests in the queue. */
static struct umd_user *umd_queue_longest(struct umd_driver *driver)
{
	struct umd_user *user, *longest = NULL;

	lockdep_assert_held(&driver->lock);
	list_for_each_entry(user, &driver->turns, turn) {
		if (!longest || user->queued > longest->queued)
			longest = user;
	}
	return longest;
}

/**
 * umd_queue_try_make_room - make room for a user's request
 * @user: the user
 *
 * When the queue is full, the user with the most requests loses the newest of
 * them, unless that is this user.
 *
 * Context: caller holds the driver's lock; umd_queue_make_room() calls this when
 * the user's part of the queue, or all of it, is full.
 * Return: 0, or -EAGAIN when there is no room for this user.
 */
int umd_queue_try_make_room(struct umd_user *user)
{
	struct umd_driver *driver = user->driver;
	struct umd_user *longest;

	lockdep_assert_held(&driver->lock);
	if (user->queued >= driver->max_queued_uid)
		return -EAGAIN;
	longest = umd_queue_longest(driver);
	if (longest->queued <= user->queued + 1)
		return -EAGAIN;
	umd_request_end(list_last_entry(&longest->queue, struct umd_request,
					node), -EAGAIN);
	return 0;
}

/**
 * umd_queue_count_readable - how many requests workers may read now
 * @driver: the driver
 *
 * Context: caller holds the driver's lock; umd_queue_readable() calls this.
 * Return: the number, or a larger one when it is above @max_workers.
 */
unsigned int umd_queue_count_readable(struct umd_driver *driver)
{
	unsigned int count = 0, idle;
	struct umd_user *user;

	lockdep_assert_held(&driver->lock);
	if (!driver->queued)
		return 0;
	idle = umd_users_idle(driver);
	list_for_each_entry(user, &driver->turns, turn) {
		count += min(user->queued, umd_user_room(user, idle));
		if (count >= driver->max_workers)
			break;
	}
	return count;
}

/* Of users whom a worker may serve, the one for whom Handlers have worked least. */
static struct umd_user *umd_queue_turn(struct umd_worker *worker)
{
	struct umd_driver *driver = worker->driver;
	struct umd_user *user, *turn = NULL;
	unsigned int idle;

	lockdep_assert_held(&driver->lock);
	idle = umd_users_idle(driver);
	list_for_each_entry(user, &driver->turns, turn) {
		if ((!turn || user->work < turn->work) &&
		    umd_worker_is_for(worker, user) &&
		    umd_user_room(user, idle))
			turn = user;
	}
	return turn;
}

/*
 * The request of a user that is to be read next, or NULL when none is left.
 * Under overload all requests wait for about as long as they may. To read them
 * in order would bring most replies too late: a request that has hardly any
 * time left ends, and one that has little yields to the newest.
 */
static struct umd_request *umd_queue_choose_of(struct umd_user *user)
{
	struct umd_request *req, *next;
	unsigned long low, most, now = jiffies;

	lockdep_assert_held(&user->driver->lock);
	list_for_each_entry_safe(req, next, &user->queue, node) {
		if (time_before(now, req->deadline - req->timeout / 2) ||
		    !umd_user_service_time(user, req->header.op, &low, &most) ||
		    time_before_eq(now + most, req->deadline))
			return req;
		if (time_before_eq(now + low, req->deadline))
			return list_last_entry(&user->queue,
					       struct umd_request, node);
		umd_request_end(req, -EAGAIN);
	}
	return NULL;
}

/**
 * umd_queue_choose - choose the request that a worker is to read next
 * @worker: the worker
 *
 * Requests that have no chance any more end with -EAGAIN.
 *
 * Context: caller holds the driver's lock; umd_queue_next() calls this.
 * Return: the request, or NULL when there is none that may be read now.
 */
struct umd_request *umd_queue_choose(struct umd_worker *worker)
{
	struct umd_request *req = NULL;
	struct umd_user *user;

	lockdep_assert_held(&worker->driver->lock);
	while (!req) {
		user = umd_queue_turn(worker);
		if (!user)
			return NULL;
		req = umd_queue_choose_of(user);
	}
	return req;
}

/**
 * umd_queue_end_user - end every request of a user that no Handler has read
 * @user: the user
 * @error: what the calls return
 *
 * Context: caller holds the driver's lock.
 */
void umd_queue_end_user(struct umd_user *user, int error)
{
	struct umd_request *req, *next;

	lockdep_assert_held(&user->driver->lock);
	list_for_each_entry_safe(req, next, &user->queue, node)
		umd_request_end(req, error);
}

/**
 * umd_queue_end - end every request that no Handler has read
 * @driver: the driver
 * @error: what the calls return
 *
 * Context: caller holds the driver's lock.
 */
void umd_queue_end(struct umd_driver *driver, int error)
{
	struct umd_user *user, *next;

	lockdep_assert_held(&driver->lock);
	list_for_each_entry_safe(user, next, &driver->turns, turn)
		umd_queue_end_user(user, error);
}

/**
 * umd_queue_visit - do something with each request of the queue
 * @driver: the driver
 * @visit: the function, which may end the request
 *
 * Context: caller holds the driver's lock.
 */
void umd_queue_visit(struct umd_driver *driver,
		     void (*visit)(struct umd_request *req))
{
	struct umd_request *req, *next_req;
	struct umd_user *user, *next;

	lockdep_assert_held(&driver->lock);
	list_for_each_entry_safe(user, next, &driver->turns, turn) {
		list_for_each_entry_safe(req, next_req, &user->queue, node)
			visit(req);
	}
}

static void umd_request_restart(struct umd_request *req)
{
	lockdep_assert_held(&req->driver->lock);
	req->deadline = jiffies + req->timeout + 1;
	umd_watch(req->driver, req->deadline);
}

/**
 * umd_queue_restart - let the deadlines of all requests of the queue begin now
 * @driver: a driver that has just got its binary
 *
 * Context: caller holds the driver's lock.
 */
void umd_queue_restart(struct umd_driver *driver)
{
	lockdep_assert_held(&driver->lock);
	umd_queue_visit(driver, umd_request_restart);
}

/**
 * umd_queue_shift - put off the deadlines of all requests of the queue
 * @driver: the driver
 * @by: in jiffies
 *
 * Context: caller holds the driver's lock.
 */
void umd_queue_shift(struct umd_driver *driver, unsigned long by)
{
	struct umd_request *req;
	struct umd_user *user;

	lockdep_assert_held(&driver->lock);
	list_for_each_entry(user, &driver->turns, turn) {
		list_for_each_entry(req, &user->queue, node)
			umd_request_shift(req, by);
	}
}

/**
 * umd_request_direct - let only one worker read a request
 * @req: a new request
 * @worker: the worker
 *
 * Context: caller holds the driver's lock.
 */
void umd_request_direct(struct umd_request *req, struct umd_worker *worker)
{
	lockdep_assert_held(&worker->driver->lock);
	umd_request_post(req);
	req->worker = worker;
	worker->direct = req;
}

/**
 * umd_request_put_back - let another worker read a request
 * @req: a request that a Handler has read, or was about to
 *
 * Context: caller holds the driver's lock.
 */
void umd_request_put_back(struct umd_request *req)
{
	lockdep_assert_held(&req->driver->lock);
	umd_request_detach(req);
	umd_request_move(req, UMD_REQUEST_WAITING);
	umd_queue_insert(req, true);
}

/**
 * umd_request_retry - let another worker read a request, if that is possible
 * @req: a request whose worker has ended for a reason outside of the Handler
 *
 * A request may be made twice when the driver says so. No request is made three
 * times.
 *
 * Context: caller holds the driver's lock.
 * Return: true when another worker will read it.
 */
bool umd_request_retry(struct umd_request *req)
{
	lockdep_assert_held(&req->driver->lock);
	if (!req->driver->mgmt->idempotent || req->direct || req->retried ||
	    req->state != UMD_REQUEST_READ)
		return false;
	req->retried = true;
	umd_request_put_back(req);
	return true;
}

/**
 * umd_request_reply - end a request with its reply, which has been copied
 * @req: a request that a Handler has read
 * @reply: header of the reply
 * @now: the time
 *
 * Context: caller holds the driver's lock.
 */
void umd_request_reply(struct umd_request *req,
		       const struct umd_frame_header *reply, ktime_t now)
{
	lockdep_assert_held(&req->driver->lock);
	req->status = reply->status;
	req->out_len = reply->len;
	if (!req->direct)
		umd_statistics_reply(req->driver, req, now);
	umd_request_give_back(req);
}

/**
 * umd_request_end - end a request without a reply, now or as soon as a copy is over
 * @req: the request, in any state but %UMD_REQUEST_NEW
 * @error: what the call returns, a negative errno
 *
 * The first end counts.
 *
 * Context: caller holds the driver's lock, with which the request may go unless
 * a copy is in progress.
 */
void umd_request_end(struct umd_request *req, int error)
{
	lockdep_assert_held(&req->driver->lock);
	/* Only umd_request_reply() lets a call return 0. */
	lockdep_assert(error < 0);
	switch (req->state) {
	case UMD_REQUEST_ENDING:
	case UMD_REQUEST_OVER:
		return;
	case UMD_REQUEST_COPYING:
		req->error = error;
		umd_request_move(req, UMD_REQUEST_ENDING);
		return;
	default:
		req->error = error;
		umd_request_dequeue(req);
		umd_request_give_back(req);
	}
}

/**
 * umd_request_end_late - end a request if it is late
 * @req: the request, in any state but %UMD_REQUEST_NEW
 *
 * Otherwise the watchdog comes again at the deadline.
 *
 * Context: caller holds the driver's lock, with which the request may go.
 */
void umd_request_end_late(struct umd_request *req)
{
	struct umd_driver *driver = req->driver;

	lockdep_assert_held(&driver->lock);
	/* A copy is all that keeps an ended request. */
	if (req->state == UMD_REQUEST_ENDING)
		return;
	if (time_before(jiffies, req->deadline)) {
		umd_watch(driver, req->deadline);
		return;
	}
	trace_umd_timeout(driver, req);
	umd_request_end(req, -ETIMEDOUT);
}
