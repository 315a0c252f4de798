/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Layer 1: the steps of a request that every round trip takes. They are inline,
 * because a call costs more than most of them. All other steps are in queue.c.
 */
#ifndef _UMD_QUEUE_H
#define _UMD_QUEUE_H

#include "state.h"

void umd_queue_add(struct umd_driver *driver, struct umd_request *req);
bool umd_queue_is_over_limit(struct umd_driver *driver, kuid_t uid);
void umd_queue_end(struct umd_driver *driver, int error);
void umd_queue_shift(struct umd_driver *driver, unsigned long by);
void umd_request_direct(struct umd_request *req, struct umd_worker *worker);
void umd_request_let_go(struct umd_request *req);
void umd_request_put_back(struct umd_request *req);
bool umd_request_retry(struct umd_request *req);
void umd_request_reply(struct umd_request *req,
		       const struct umd_frame_header *reply);
void umd_request_end(struct umd_request *req, int error);

/* Whether a user's request has no room: most find the queue empty. */
static inline bool umd_queue_is_full(struct umd_driver *driver, kuid_t uid)
{
	lockdep_assert_held(&driver->lock);
	return driver->queued && umd_queue_is_over_limit(driver, uid);
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

/* Takes a request out of the queue, if it is there. */
static inline void umd_request_dequeue(struct umd_request *req)
{
	lockdep_assert_held(&req->driver->lock);
	if (list_empty(&req->node))
		return;
	list_del_init(&req->node);
	req->driver->queued--;
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
