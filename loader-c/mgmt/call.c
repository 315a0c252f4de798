// SPDX-License-Identifier: GPL-2.0-only
/* A call: from the caller to the queue, and back to the caller. */
#include <linux/async.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/user_namespace.h>

#include "compat.h"
#include "process.h"

/*
 * The user to whom a request is charged. In a user namespace of his own a user
 * may have many ids. A namespace that root has made, as for a container, is for
 * many users.
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

/*
 * Whether the current task would wait for what waits for this task. The loading of
 * a module waits, at its end, for all async work, and modprobe waits for a module
 * that is still being loaded.
 */
static bool umd_call_would_deadlock(const struct umd_driver *driver,
				    const struct umd_request *req)
{
	lockdep_assert_held(&driver->lock);
	if (unlikely(current->flags & PF_MEMALLOC))
		return true;
	if (unlikely(umd_freeze_is_near()) &&
	    (req->unfreezable || umd_current_suspends()))
		return true;
	return unlikely(!umd_driver_loaded(driver)) &&
	       (current_is_async() ||
		(driver->owner && driver->owner->state != MODULE_STATE_LIVE));
}

/* Posts a request that any worker may read. */
static int umd_call_post(struct umd_driver *driver, struct umd_request *req)
{
	struct umd_user *user;
	int err;

	lockdep_assert_held(&driver->lock);
	if (umd_call_would_deadlock(driver, req))
		return -EDEADLK;
	user = umd_user_get(driver, umd_request_uid());
	if (!user)
		return -ENOMEM;
	err = umd_driver_refuses(driver, user) ?: umd_queue_make_room(user);
	if (err)
		return err;
	umd_user_calls(user);
	umd_queue_add(req, user);
	return 0;
}

/* Posts a request that only one worker, which is starting, may read. */
static int umd_call_post_direct(struct umd_worker *target,
				struct umd_request *req)
{
	lockdep_assert_held(&target->driver->lock);
	/* One task asks, so one such request at a time, and none later. */
	if (target->driver->starter != current)
		return -EINVAL;
	if (target->state == UMD_WORKER_ENDED)
		return target->error;
	umd_worker_ask(target, req);
	return 0;
}

static bool umd_request_is_over(const void *data)
{
	const struct umd_request *req = data;

	/* umd_request_wait() looks again, under the lock. */
	return data_race(READ_ONCE(req->state) == UMD_REQUEST_OVER);
}

/*
 * Waits until nobody else has the request. The request goes as soon as this has
 * seen that, so the lock is held whenever a task notifies the caller, or looks at
 * the request for the last time.
 */
static void umd_request_wait(struct umd_driver *driver, struct umd_request *req)
	__must_hold(&driver->lock)
{
	unsigned int state = TASK_KILLABLE;

	if (!req->unfreezable)
		state |= TASK_FREEZABLE_UNSAFE;
	lockdep_assert_held(&driver->lock);
	/* This calls a worker, which may want the processor at once. */
	umd_driver_do_due(driver);
	if (umd_spins()) {
		umd_driver_unlock(driver);
		umd_spin(umd_request_is_over, req);
		umd_driver_lock(driver);
	}
	while (req->state != UMD_REQUEST_OVER) {
		/* A Handler that preempts this task may reply before it sleeps. */
		umd_request_set_asleep(req, !need_resched());
		if (req->asleep)
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
 * Posts a request and waits for its end. @target: the only worker that may read
 * it, or NULL for any that is ready. @call: what is asked, within the driver's
 * limits; gets the reply. @timeout: time until the deadline in jiffies. Returns 0
 * when there is a reply, or else as umd_mgmt_call().
 *
 * The wait ends at the latest soon after the deadline, by the driver's
 * watchdog, or with a fatal signal. The wait is freezable although callers may
 * hold locks, of which lockdep must therefore not complain: a write to securityfs,
 * for one, holds its super block's, which is taken for reading only. When
 * another task waits for such a lock without being freezable, suspend fails:
 * neither of them ends before the thaw.
 */
static int umd_request_run(struct umd_driver *driver, struct umd_worker *target,
			   struct umd_mgmt_call *call, unsigned long timeout)
{
	/* With all fields named, the compiler does not clear all of it first. */
	struct umd_request req = {
		.driver = driver,
		.user = NULL,
		.node = LIST_HEAD_INIT(req.node),
		.header = {
			.magic = UMD_MAGIC,
			.version = UMD_ABI_VERSION,
			.op = call->op,
			.id = 0,
			.len = call->in_len,
			.status = 0,
			.flags = call->op < UMD_OP_DRIVER ? 0 :
				 UMD_FRAME_REPLY_BY_READ,
			.reserved = 0,
		},
		.in = call->in,
		.out = call->out,
		.out_size = min_t(size_t, call->out_size, UMD_MAX_PAYLOAD),
		.out_min = min_t(size_t, call->out_min, UMD_MAX_PAYLOAD),
		.direct = target,
		.unfreezable = !target && (call->holds_lock ||
					   (current->flags & PF_KTHREAD)),
		.began = ktime_get(),
		.timeout = timeout,
		/* Not one tick too early: the present tick has begun before. */
		.deadline = jiffies + timeout + 1,
		.caller = current,
		.asleep = false,
		.state = UMD_REQUEST_NEW,
		.worker = NULL,
		.retried = false,
		.error = 0,
		.status = 0,
		.out_len = 0,
	};
	bool loads = false;
	int err;

	umd_driver_lock(driver);
	err = target ? umd_call_post_direct(target, &req) :
		       umd_call_post(driver, &req);
	if (!err) {
		loads = !umd_driver_loaded(driver);
		umd_request_wait(driver, &req);
		err = req.error;
	}
	umd_driver_unlock(driver);
	if (unlikely(loads))
		umd_loader_settle(driver, err);
	call->status = req.status;
	call->out_len = req.out_len;
	return err;
}

/**
 * umd_worker_run - ask a worker that is starting, and wait for its reply
 * @worker: the worker
 * @call: what is asked, within the driver's limits; gets the reply
 * @timeout: time until the deadline in jiffies
 *
 * Context: process context, sleeps, freezable, ended by a fatal signal.
 * Return: 0 when there is a reply; otherwise as umd_mgmt_call().
 */
int umd_worker_run(struct umd_worker *worker, struct umd_mgmt_call *call,
		   unsigned long timeout)
{
	might_sleep();
	return umd_request_run(worker->driver, worker, call, timeout);
}

/* Whether a call is within a driver's limits. */
static int umd_call_check(const struct umd_driver *driver,
			  const struct umd_mgmt_call *call)
{
	if (call->op != UMD_OP_PING && call->op < UMD_OP_DRIVER)
		return -EINVAL;
	return call->in_len > driver->mgmt->max_request ? -EMSGSIZE : 0;
}

static unsigned long umd_call_timeout(const struct umd_driver *driver,
				      const struct umd_mgmt_call *call)
{
	return call->timeout_ms ? msecs_to_jiffies(call->timeout_ms) :
				  driver->timeout;
}

static int umd_driver_call(struct umd_driver *driver,
			   struct umd_mgmt_call *call)
{
	int err;

	err = umd_call_check(driver, call);
	return err ?: umd_request_run(driver, NULL, call,
				      umd_call_timeout(driver, call));
}

/* Counts a call that ended without a reply. Returns @err. */
static int umd_call_ended(struct umd_driver *driver, int err)
{
	if (err) {
		umd_driver_lock(driver);
		umd_statistics_error(driver, err);
		umd_driver_unlock(driver);
	}
	return err;
}

/**
 * umd_mgmt_call - ask a driver's Handler
 * @mgmt: a registered driver
 * @call: the request; on success the reply and the Handler's own status
 *
 * Requests the Loader and starts a Handler when needed. The function @post_start,
 * whose Handler takes no such requests yet, calls umd_mgmt_call_worker() instead.
 *
 * A Handler that ends before it has read any of the request is replaced, and
 * the request goes to the next one. A Handler that has read the request and does
 * not reply in time is killed.
 *
 * The deadline counts from when there is a binary: for the Loader a call waits at
 * most @load_timeout_ms before that. The time that the system sleeps does not
 * count, at whose end the call goes on.
 *
 * Nobody may wait for a call who waits for the caller. Where this can be seen, the
 * call returns -EDEADLK at once: in memory reclaim; as long as there is no binary, in
 * async work, as that which probes disks, and in any task while the Manager is being
 * loaded or removed, as in its own init and exit function; in kernel threads, in the
 * task that sends the system to sleep, and with @holds_lock, from when the system is
 * about to sleep. Such a call that is in progress ends with -EDEADLK then.
 *
 * Context: process context, sleeps, freezable, ended by a fatal signal.
 * Return: 0 when there is a reply, whatever its status; or
 * * -EINVAL	- the operation is not for callers
 * * -EMSGSIZE	- the request is longer than the driver allows, or the reply is
 *		  valid and longer than @out_size
 * * -ETIMEDOUT	- the deadline has passed, or @load_timeout_ms without a binary
 * * -EPIPE	- the Handler ended after it had read the request
 * * -EPROTO	- the reply is malformed, shorter than @out_min or longer than
 *		  the driver allows; its Handler is killed
 * * -EDEADLK	- the caller would wait for its own end, as above or in @post_start
 * * -ESHUTDOWN	- the driver is being unloaded
 * * -ECANCELED	- the administrator has aborted it
 * * -EPERM	- the administrator has stopped the driver
 * * -EHOSTDOWN	- the driver's Handlers did not start, or the caller's requests
 *		  made them crash, too often of late
 * * -EAGAIN	- the queue is full, for all or for the caller's user; or the
 *		  request has waited for so long that its reply would be late
 * * -EINTR	- a fatal signal of the caller
 * * -ENOPROTOOPT - there is no Loader: modprobe fails, or brings nothing; the log
 *		  has its exit code
 * * -EBUSY	- user mode helpers are disabled, as at shutdown
 * * -ENOMEM	- no memory, also for what is known of a new user
 * * any other error of umd_mgmt_load() - the Handler cannot be started
 * * any other error of request_module() - such as -ETIME: too many modprobes run;
 *		  what a security module returns
 */
int umd_mgmt_call(struct umd_mgmt *mgmt, struct umd_mgmt_call *call)
{
	might_sleep();
	return umd_call_ended(mgmt->driver,
			      umd_driver_call(mgmt->driver, call));
}
EXPORT_SYMBOL_NS_GPL(umd_mgmt_call, UMD_MGMT_NS);

/**
 * umd_mgmt_call_worker - ask the Handler that post_start probes
 * @worker: the Handler, as @post_start got it, and only until that returns
 * @call: the request; on success the reply and the Handler's own status
 *
 * Context: the task that runs @post_start, within it; otherwise as
 * umd_mgmt_call().
 * Return: as umd_mgmt_call(), where nothing is replaced or retried: an error
 * of the Handler is -EPIPE, -EPROTO or -ETIMEDOUT. -EINVAL in any other task.
 */
int umd_mgmt_call_worker(struct umd_worker *worker, struct umd_mgmt_call *call)
{
	struct umd_driver *driver = worker->driver;
	int err;

	might_sleep();
	err = umd_call_check(driver, call);
	if (!err)
		err = umd_worker_run(worker, call,
				     umd_call_timeout(driver, call));
	return umd_call_ended(driver, err);
}
EXPORT_SYMBOL_NS_GPL(umd_mgmt_call_worker, UMD_MGMT_NS);

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
