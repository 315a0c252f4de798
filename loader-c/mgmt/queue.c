// SPDX-License-Identifier: GPL-2.0-only
/* A request between its caller, the queue and a worker. */
#include "queue.h"
#include "trace.h"

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

/**
 * umd_request_let_go - give an ended request back to its caller
 * @req: the request, at which only the caller looks from now on
 *
 * Context: caller holds the driver's lock, with which the request goes.
 */
void umd_request_let_go(struct umd_request *req)
{
	lockdep_assert_held(&req->driver->lock);
	umd_request_detach(req);
	umd_request_move(req, UMD_REQUEST_OVER);
	wake_up_process(req->caller);
}

/*
 * Lets workers see a new request, which has a deadline from now on. Inline, as are
 * the steps in queue.h.
 */
static __always_inline void umd_request_post(struct umd_request *req)
{
	struct umd_driver *driver = req->driver;

	lockdep_assert_held(&driver->lock);
	req->header.id = ++driver->last_id;
	trace_umd_request(driver, req);
	umd_request_move(req, UMD_REQUEST_WAITING);
	umd_watch(driver, req->deadline);
}

/**
 * umd_queue_add - let any worker read a request
 * @driver: the driver
 * @req: a new request
 *
 * Context: caller holds the driver's lock.
 */
void umd_queue_add(struct umd_driver *driver, struct umd_request *req)
{
	lockdep_assert_held(&driver->lock);
	umd_request_post(req);
	umd_statistics_request(driver);
	list_add_tail(&req->node, &driver->queue);
	driver->queued++;
	umd_driver_make_due(driver, UMD_DUE_QUEUE);
}

/* How many requests of the queue are of one user. */
static unsigned int umd_queue_count(struct umd_driver *driver, kuid_t uid)
{
	struct umd_request *req;
	unsigned int count = 0;

	lockdep_assert_held(&driver->lock);
	list_for_each_entry(req, &driver->queue, node)
		count += uid_eq(req->uid, uid);
	return count;
}

/**
 * umd_queue_is_over_limit - whether a queue that is not empty has no room
 * @driver: the driver
 * @uid: the user to whom the request is charged
 *
 * Context: caller holds the driver's lock; umd_queue_is_full() calls this.
 * Return: true if so.
 */
bool umd_queue_is_over_limit(struct umd_driver *driver, kuid_t uid)
{
	const struct umd_mgmt *mgmt = driver->mgmt;
	unsigned int max_uid = mgmt->max_queued_uid ?: UMD_MGMT_MAX_QUEUED_UID;

	lockdep_assert_held(&driver->lock);
	if (driver->queued >= (mgmt->max_queued ?: UMD_MGMT_MAX_QUEUED))
		return true;
	/* Only a long queue is counted. */
	return driver->queued >= max_uid &&
	       umd_queue_count(driver, uid) >= max_uid;
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
	struct umd_request *req, *next;

	lockdep_assert_held(&driver->lock);
	list_for_each_entry_safe(req, next, &driver->queue, node)
		umd_request_end(req, error);
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

	lockdep_assert_held(&driver->lock);
	list_for_each_entry(req, &driver->queue, node)
		umd_request_shift(req, by);
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
	list_add(&req->node, &req->driver->queue);
	req->driver->queued++;
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
 *
 * Context: caller holds the driver's lock.
 */
void umd_request_reply(struct umd_request *req,
		       const struct umd_frame_header *reply)
{
	lockdep_assert_held(&req->driver->lock);
	req->status = reply->status;
	req->out_len = reply->len;
	if (!req->direct)
		umd_statistics_reply(req->driver, req);
	umd_request_end(req, 0);
}

/**
 * umd_request_end - end a request, now or as soon as a copy is over
 * @req: the request, in any state but %UMD_REQUEST_NEW
 * @error: 0 or what the call returns
 *
 * The first end counts.
 *
 * Context: caller holds the driver's lock, with which the request may go unless
 * a copy is in progress.
 */
void umd_request_end(struct umd_request *req, int error)
{
	lockdep_assert_held(&req->driver->lock);
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
		umd_request_let_go(req);
	}
}
