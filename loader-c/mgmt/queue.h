/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Layer 1: the steps of a request that every round trip takes. They are inline,
 * because a call costs more than most of them. All other steps are in queue.c.
 */
#ifndef _UMD_QUEUE_H
#define _UMD_QUEUE_H

#include "state.h"
#include "trace.h"

int umd_queue_try_make_room(struct umd_user *user);
unsigned int umd_queue_count_readable(struct umd_driver *driver);
struct umd_request *umd_queue_choose(struct umd_worker *worker);
void umd_queue_visit(struct umd_driver *driver,
		     void (*visit)(struct umd_request *req));
void umd_queue_end_user(struct umd_user *user, int error);
void umd_queue_end(struct umd_driver *driver, int error);
void umd_queue_restart(struct umd_driver *driver);
void umd_queue_shift(struct umd_driver *driver, unsigned long by);
void umd_request_direct(struct umd_request *req, struct umd_worker *worker);
void umd_request_let_go(struct umd_request *req);
void umd_request_put_back(struct umd_request *req);
bool umd_request_retry(struct umd_request *req);
void umd_request_reply(struct umd_request *req,
		       const struct umd_frame_header *reply, ktime_t now);
void umd_request_end(struct umd_request *req, int error);
void umd_request_end_late(struct umd_request *req);

/* As umd_queue_try_make_room(): mostly there is room. */
static inline int umd_queue_make_room(struct umd_user *user)
{
	struct umd_driver *driver = user->driver;

	lockdep_assert_held(&driver->lock);
	if (likely(user->queued < driver->max_queued_uid &&
		   driver->queued < driver->max_queued))
		return 0;
	return umd_queue_try_make_room(user);
}

/* As umd_queue_count_readable(): mostly there is only one user. */
static inline unsigned int umd_queue_readable(struct umd_driver *driver)
{
	lockdep_assert_held(&driver->lock);
	if (umd_driver_has_one_user(driver))
		return driver->queued;
	return umd_queue_count_readable(driver);
}

/* The arrows between the states, as in tests/proof/lifecycle.pml. */
static inline bool umd_request_may_move(enum umd_request_state from,
					enum umd_request_state to)
{
	switch (from) {
	case UMD_REQUEST_NEW:
		return to == UMD_REQUEST_WAITING;
	case UMD_REQUEST_WAITING:
		return to == UMD_REQUEST_COPYING || to == UMD_REQUEST_OVER;
	case UMD_REQUEST_COPYING:
		return to == UMD_REQUEST_READ || to == UMD_REQUEST_ENDING;
	case UMD_REQUEST_READ:
		return to == UMD_REQUEST_COPYING ||
		       to == UMD_REQUEST_WAITING || to == UMD_REQUEST_OVER;
	case UMD_REQUEST_ENDING:
		return to == UMD_REQUEST_OVER;
	case UMD_REQUEST_OVER:
		break;
	}
	return false;
}

static inline void umd_request_move(struct umd_request *req,
				    enum umd_request_state to)
{
	lockdep_assert_held(&req->driver->lock);
	lockdep_assert(umd_request_may_move(req->state, to));
	req->state = to;
}

/* Lets workers see a new request, which has a deadline from now on. */
static inline void umd_request_post(struct umd_request *req)
{
	struct umd_driver *driver = req->driver;

	lockdep_assert_held(&driver->lock);
	req->header.id = ++driver->last_id;
	trace_umd_request(driver, req);
	umd_request_move(req, UMD_REQUEST_WAITING);
	umd_watch(driver, req->deadline);
}

/* Puts a request into its user's queue: at the end or, @first, at the beginning. */
static inline void umd_queue_insert(struct umd_request *req, bool first)
{
	struct umd_user *user = req->user;
	struct umd_driver *driver = req->driver;

	lockdep_assert_held(&driver->lock);
	if (first)
		list_add(&req->node, &user->queue);
	else
		list_add_tail(&req->node, &user->queue);
	driver->queued++;
	if (user->queued++)
		return;
	list_add_tail(&user->turn, &driver->turns);
	/* A user who had nothing to do has no claim for that time. */
	if (!user->running)
		user->work = max(user->work, driver->work);
}

/**
 * umd_queue_add - let any worker read a request
 * @req: a new request
 * @user: whose it is
 *
 * Without a binary the request's deadline is that of the load, and begins anew when
 * there is one: umd_queue_restart().
 *
 * Context: caller holds the driver's lock.
 */
static inline void umd_queue_add(struct umd_request *req, struct umd_user *user)
{
	struct umd_driver *driver = req->driver;

	lockdep_assert_held(&driver->lock);
	req->user = user;
	if (unlikely(!umd_driver_loaded(driver)))
		req->deadline = jiffies + driver->load_timeout + 1;
	umd_request_post(req);
	umd_statistics_request(driver);
	umd_queue_insert(req, false);
	umd_driver_make_due(driver, UMD_DUE_QUEUE);
}

/* Takes a request out of the queue, if it is there. */
static inline void umd_request_dequeue(struct umd_request *req)
{
	lockdep_assert_held(&req->driver->lock);
	if (list_empty(&req->node))
		return;
	list_del_init(&req->node);
	req->driver->queued--;
	if (!--req->user->queued)
		list_del_init(&req->user->turn);
}

/*
 * The request that a worker is to read next, or NULL. Mostly the only user with a
 * request is the only one there is, and the request has time left.
 */
static inline struct umd_request *umd_queue_next(struct umd_worker *worker)
{
	struct umd_driver *driver = worker->driver;
	struct umd_request *req;
	struct umd_user *user;

	lockdep_assert_held(&driver->lock);
	if (!driver->queued)
		return NULL;
	user = list_first_entry(&driver->turns, struct umd_user, turn);
	req = list_first_entry(&user->queue, struct umd_request, node);
	if (umd_driver_has_one_user(driver) &&
	    umd_worker_is_for(worker, user) &&
	    likely(time_before(jiffies, req->deadline - req->timeout / 2)))
		return req;
	return umd_queue_choose(worker);
}

/* Notes that a worker begins to work for a user. */
static inline void umd_user_take(struct umd_user *user)
{
	struct umd_driver *driver = user->driver;

	lockdep_assert_held(&driver->lock);
	user->running++;
	driver->running++;
	driver->work = max(driver->work, user->work);
	/* Of users for whom Handlers worked equally long, the others come first. */
	if (unlikely(user->queued))
		list_move_tail(&user->turn, &driver->turns);
}

/* Notes that a worker has worked for a user, for @ns nanoseconds. */
static inline void umd_user_leave(struct umd_user *user, u64 ns)
{
	lockdep_assert_held(&user->driver->lock);
	user->running--;
	user->driver->running--;
	user->work += ns;
}

/**
 * umd_request_take - give a request to the worker that reads it
 * @req: a request of the queue, or the worker's direct one
 * @worker: the worker
 *
 * Context: caller holds the driver's lock, and copies the request next.
 */
static inline void umd_request_take(struct umd_request *req,
				    struct umd_worker *worker)
{
	lockdep_assert_held(&worker->driver->lock);
	umd_request_dequeue(req);
	umd_request_move(req, UMD_REQUEST_COPYING);
	if (req->user)
		umd_user_take(req->user);
	worker->direct = NULL;
	worker->request = req;
	req->worker = worker;
}

/**
 * umd_request_fill - note that a copy to a request's buffer begins
 * @req: a request that a Handler has read
 *
 * Context: caller holds the driver's lock, and copies the reply next.
 */
static inline void umd_request_fill(struct umd_request *req)
{
	lockdep_assert_held(&req->driver->lock);
	umd_request_move(req, UMD_REQUEST_COPYING);
}

/**
 * umd_request_copied - note that a copy from or to a request's buffers is over
 * @req: the request
 *
 * Context: caller holds the driver's lock.
 * Return: true when the request goes on; false when it was ended meanwhile and
 * goes with the lock.
 */
static inline bool umd_request_copied(struct umd_request *req)
{
	lockdep_assert_held(&req->driver->lock);
	if (req->state == UMD_REQUEST_ENDING) {
		umd_request_let_go(req);
		return false;
	}
	umd_request_move(req, UMD_REQUEST_READ);
	return true;
}

#endif /* _UMD_QUEUE_H */
