// SPDX-License-Identifier: GPL-2.0-only
/* A call: from the caller to the queue, and back to the caller. */
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/sched/signal.h>
#include <linux/user_namespace.h>

#include "compat.h"
#include "process.h"
#include "trace.h"

/* Calls for the Loader by one request, each of which was undone at once. */
#define UMD_LOAD_TRIES 3

/* How many requests of the queue are of one user. Caller holds the lock. */
static unsigned int umd_queue_count(struct umd_driver *driver, kuid_t uid)
{
	struct umd_request *req;
	unsigned int count = 0;

	list_for_each_entry(req, &driver->queue, node)
		count += uid_eq(req->uid, uid);
	return count;
}

/* Whether a request may come into the queue. Caller holds the lock. */
static int umd_queue_admits(struct umd_driver *driver,
			    const struct umd_request *req)
{
	const struct umd_mgmt *mgmt = driver->mgmt;
	unsigned int max = mgmt->max_queued ?: UMD_MGMT_MAX_QUEUED;
	unsigned int max_uid = mgmt->max_queued_uid ?: UMD_MGMT_MAX_QUEUED_UID;

	if (driver->stopped)
		return -EPERM;
	if (umd_failure_blocks_user(driver, req->uid))
		return -EHOSTDOWN;
	if (!umd_driver_runs(driver) && umd_failure_blocks_start(driver))
		return -EHOSTDOWN;
	if (!umd_driver_loaded(driver))
		return UMD_NOT_LOADED;
	if (driver->queued >= max)
		return -EAGAIN;
	/* Only a long queue is counted. */
	if (driver->queued >= max_uid &&
	    umd_queue_count(driver, req->uid) >= max_uid)
		return -EAGAIN;
	return 0;
}

/* Caller holds the lock. */
static int umd_request_post(struct umd_driver *driver,
			    struct umd_worker *target, struct umd_request *req)
{
	int err = 0;

	if (!target)
		err = umd_queue_admits(driver, req);
	else if (target->state == UMD_WORKER_ENDED)
		err = target->error;
	if (err)
		return err;

	req->driver = driver;
	req->header.id = ++driver->last_id;
	trace_umd_request(driver, req);
	if (target) {
		req->direct = true;
		req->worker = target;
		target->direct = req;
		umd_worker_expect(target, req->timeout);
		umd_worker_wake(target);
	} else {
		driver->statistics.requests++;
		list_add_tail(&req->node, &driver->queue);
		driver->queued++;
		driver->is_due = true;
	}
	umd_watch(driver, req->deadline);
	return 0;
}

static bool umd_request_is_over(const void *data)
{
	const struct umd_request *req = data;

	/* umd_request_wait() looks again, under the lock. */
	return data_race(READ_ONCE(req->over));
}

/*
 * Waits until nobody else has the request. It goes as soon as this has seen
 * that, so the lock is held whenever somebody is told, or looks for the last
 * time. Caller holds the lock.
 */
static void umd_request_wait(struct umd_driver *driver, struct umd_request *req)
{
	unsigned int state = TASK_KILLABLE | TASK_FREEZABLE_UNSAFE;

	if (umd_spins()) {
		umd_driver_unlock(driver);
		umd_spin(umd_request_is_over, req);
		umd_driver_lock(driver);
	}
	while (!req->over) {
		set_current_state(state);
		umd_driver_unlock(driver);
		schedule();
		umd_driver_lock(driver);
		if (!fatal_signal_pending(current))
			continue;
		umd_request_end(req, -EINTR);
		/* At most a copy in progress is left to wait for. */
		state = TASK_UNINTERRUPTIBLE;
	}
}

/*
 * To whom a request is charged. In a user namespace of his own a user may have
 * many ids. One that root has made, as for a container, is for many users.
 */
static kuid_t umd_request_uid(void)
{
	const struct user_namespace *ns = current_user_ns();
	kuid_t uid = current_uid();

	for (; ns->parent; ns = ns->parent) {
		if (!uid_eq(ns->owner, GLOBAL_ROOT_UID))
			uid = ns->owner;
	}
	return uid;
}

/**
 * umd_request_run - post a request and wait for its end
 * @driver: the driver
 * @target: the only worker that may read it, or NULL for any that is ready
 * @call: what is asked, within the driver's limits; gets the reply
 * @timeout: time until the deadline in jiffies
 *
 * The wait ends at the latest soon after the deadline, by the driver's
 * watchdog, or with a fatal signal. It is freezable although callers may hold
 * locks, of which lockdep must therefore not complain: a write to securityfs,
 * for one, holds its super block's, which is taken for reading only. When
 * another task waits for such a lock without being freezable, suspend fails:
 * neither of them ends before the thaw.
 *
 * Context: process context, may sleep, no lock of the library held.
 * Return: 0 when there is a reply; %UMD_NOT_LOADED when there is no binary;
 * otherwise as umd_mgmt_call().
 */
int umd_request_run(struct umd_driver *driver, struct umd_worker *target,
		    struct umd_mgmt_call *call, unsigned long timeout)
{
	/* Not set up elsewhere: that would have the compiler clear it twice. */
	struct umd_request req = {
		.node = LIST_HEAD_INIT(req.node),
		.header = {
			.magic = UMD_MAGIC,
			.version = UMD_ABI_VERSION,
			.op = call->op,
			.len = call->in_len,
			.flags = call->op < UMD_OP_DRIVER ? 0 :
				 UMD_FRAME_REPLY_BY_READ,
		},
		.in = call->in,
		.out = call->out,
		.out_size = min_t(size_t, call->out_size, UMD_MAX_PAYLOAD),
		.out_min = min_t(size_t, call->out_min, UMD_MAX_PAYLOAD),
		.uid = target ? INVALID_UID : umd_request_uid(),
		.began = ktime_get(),
		.timeout = timeout,
		/* Not one tick too early: this one has begun before. */
		.deadline = jiffies + timeout + 1,
		.caller = current,
	};
	int err;

	umd_driver_lock(driver);
	err = umd_request_post(driver, target, &req);
	if (!err)
		umd_request_wait(driver, &req);
	umd_driver_unlock(driver);
	call->status = req.status;
	call->out_len = req.out_len;
	return err ?: req.error;
}

static int umd_driver_call(struct umd_driver *driver,
			   struct umd_mgmt_call *call)
{
	unsigned long timeout = driver->timeout;
	struct umd_worker *target = NULL;
	int tries, err;

	if (call->op != UMD_OP_PING && call->op < UMD_OP_DRIVER)
		return -EINVAL;
	if (call->in_len > driver->mgmt->max_request)
		return -EMSGSIZE;
	if (call->timeout_ms)
		timeout = msecs_to_jiffies(call->timeout_ms);
	if (READ_ONCE(driver->starter) == current)
		target = driver->starting;

	for (tries = 0; tries < UMD_LOAD_TRIES; tries++) {
		err = umd_request_run(driver, target, call, timeout);
		if (err != UMD_NOT_LOADED)
			return err;
		err = umd_driver_request_loader(driver);
		if (err)
			return err;
	}
	return -ENOPROTOOPT;
}

/**
 * umd_mgmt_call - ask a driver's Handler
 * @mgmt: a registered driver
 * @call: the request; on success the reply and the Handler's own status
 *
 * Requests the Loader and starts a Handler when needed. When @post_start calls
 * this, the Handler that has just been started is asked.
 *
 * A Handler that ends before it has read any of the request is replaced, and
 * the request goes to the next one. One that has read it and does not reply in
 * time is killed.
 *
 * The deadline counts from when there is a binary: what it takes to load the
 * Loader is not part of it. Nor is the time that the system sleeps, at whose end
 * the call goes on: nothing that suspend itself waits for may call this, such
 * as a driver's suspend and resume functions.
 *
 * Context: process context, sleeps, freezable, ended by a fatal signal.
 * Return: 0 when there is a reply, whatever its status; or
 * * -EINVAL	- the operation is not for callers
 * * -EMSGSIZE	- the request is longer than the driver allows, or the reply is
 *		  valid and longer than @out_size
 * * -ETIMEDOUT	- the deadline has passed
 * * -EPIPE	- the Handler ended after it had read the request
 * * -EPROTO	- the reply is malformed, shorter than @out_min or longer than
 *		  the driver allows; its Handler is killed
 * * -ESHUTDOWN	- the driver is being unloaded
 * * -ECANCELED	- the administrator has aborted it
 * * -EPERM	- the administrator has stopped the driver
 * * -EHOSTDOWN	- the driver's Handlers did not start, or the caller's requests
 *		  made them crash, too often of late
 * * -EAGAIN	- the queue is full, for all or for the caller's user
 * * -EINTR	- a fatal signal of the caller
 * * -ENOPROTOOPT - there is no Loader
 * * -EBUSY	- user mode helpers are disabled, as at shutdown
 * * any other error of umd_mgmt_load() - the Handler cannot be started
 */
int umd_mgmt_call(struct umd_mgmt *mgmt, struct umd_mgmt_call *call)
{
	int err = umd_driver_call(mgmt->driver, call);

	if (err) {
		umd_driver_lock(mgmt->driver);
		umd_statistics_error(mgmt->driver, err);
		umd_driver_unlock(mgmt->driver);
	}
	return err;
}
EXPORT_SYMBOL_NS_GPL(umd_mgmt_call, UMD_MGMT_NS);

/**
 * umd_mgmt_send_recv - ask a driver's Handler for a reply of known length
 * @mgmt: a registered driver
 * @in: payload of the request, which is of operation %UMD_OP_DRIVER
 * @in_len: its length in bytes
 * @out: room for the reply's payload
 * @out_len: its length in bytes; any other is -EPROTO or, if it is longer but
 *	allowed by the driver, -EMSGSIZE
 *
 * Context: as umd_mgmt_call().
 * Return: 0, a status of the Handler, which is a negative errno, or an error
 * of umd_mgmt_call().
 */
int umd_mgmt_send_recv(struct umd_mgmt *mgmt, void *in, size_t in_len,
		       void *out, size_t out_len)
{
	struct umd_mgmt_call call = {
		.op = UMD_OP_DRIVER,
		.in = in,
		.in_len = in_len,
		.out = out,
		.out_size = out_len,
		.out_min = out_len,
	};
	int err;

	err = umd_mgmt_call(mgmt, &call);
	return err ?: call.status;
}
EXPORT_SYMBOL_NS_GPL(umd_mgmt_send_recv, UMD_MGMT_NS);
