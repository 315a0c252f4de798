// SPDX-License-Identifier: GPL-2.0-only
/* A request between its caller, the queue and a worker. */
#include "state.h"

/* Out of the queue, if it is there. Caller holds the lock. */
static void umd_request_dequeue(struct umd_request *req)
{
	if (list_empty(&req->node))
		return;
	list_del_init(&req->node);
	req->driver->queued--;
}

/* Take the request away from the worker that has it. Caller holds the lock. */
static void umd_request_detach(struct umd_request *req)
{
	struct umd_worker *worker = req->worker;

	if (!worker)
		return;
	if (worker->direct == req)
		worker->direct = NULL;
	if (worker->request == req)
		worker->request = NULL;
	req->worker = NULL;
}

/* The last access but for the lock. Caller holds the lock. */
static void umd_request_let_go(struct umd_request *req)
{
	umd_request_detach(req);
	req->over = true;
	wake_up_process(req->caller);
}

/**
 * umd_request_take - give a request to the worker that reads it
 * @req: a request of the queue, or the worker's direct one
 * @worker: the worker
 *
 * Context: caller holds the driver's lock, and copies the request next.
 */
void umd_request_take(struct umd_request *req, struct umd_worker *worker)
{
	umd_request_dequeue(req);
	worker->direct = NULL;
	worker->request = req;
	worker->busy = true;
	worker->sent = req->header;
	worker->uid = req->uid;
	umd_worker_expect(worker, req->timeout);
	req->worker = worker;
	req->copying = true;
}

/**
 * umd_request_put_back - let another worker read a request
 * @req: a request that no copy goes on for
 *
 * Context: caller holds the driver's lock.
 */
void umd_request_put_back(struct umd_request *req)
{
	umd_request_detach(req);
	list_add(&req->node, &req->driver->queue);
	req->driver->queued++;
}

/**
 * umd_request_end - end a request, now or as soon as a copy is over
 * @req: the request, in any state
 * @error: 0 or what the call returns
 *
 * The first end counts. Context: caller holds the driver's lock, with which
 * the request may go unless @req->copying.
 */
void umd_request_end(struct umd_request *req, int error)
{
	if (req->ended)
		return;
	umd_request_dequeue(req);
	req->ended = true;
	req->error = error;
	if (!req->copying)
		umd_request_let_go(req);
}

/**
 * umd_request_copied - note that a copy from or to a request's buffers is over
 * @req: the request
 *
 * Context: caller holds the driver's lock.
 * Return: true when the request goes on; false when it was ended meanwhile and
 * goes with the lock.
 */
bool umd_request_copied(struct umd_request *req)
{
	req->copying = false;
	if (!req->ended)
		return true;
	umd_request_let_go(req);
	return false;
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

	list_for_each_entry_safe(req, next, &driver->queue, node)
		umd_request_end(req, error);
}
