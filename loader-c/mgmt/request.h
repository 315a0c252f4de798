/* SPDX-License-Identifier: GPL-2.0-only */
/* Part of state.h: a request. */
#ifndef _UMD_REQUEST_H
#define _UMD_REQUEST_H

#include <linux/ktime.h>
#include <linux/list.h>

#include "umd_abi.h"

struct task_struct;
struct umd_driver;
struct umd_user;
struct umd_worker;

/**
 * enum umd_request_state - the states of a request, which queue.c and queue.h move
 * @UMD_REQUEST_NEW: only its caller has the request
 * @UMD_REQUEST_WAITING: a worker is to read it
 * @UMD_REQUEST_COPYING: a worker copies from @in or to @out
 * @UMD_REQUEST_READ: a Handler has read it and is to reply
 * @UMD_REQUEST_ENDING: ended; the worker that copies lets the request go
 * @UMD_REQUEST_OVER: ended, and only its caller has the request. The last look
 *	at this is under the lock, so that the request is in use for as long as
 *	that is held.
 */
enum umd_request_state {
	UMD_REQUEST_NEW,
	UMD_REQUEST_WAITING,
	UMD_REQUEST_COPYING,
	UMD_REQUEST_READ,
	UMD_REQUEST_ENDING,
	UMD_REQUEST_OVER,
};

/**
 * struct umd_request - a call in progress, on its caller's stack
 * @driver: whose request this is
 * @user: the user to whom the request is charged; NULL if @direct
 * @node: in that user's queue until a Handler reads the request
 * @header: what the Handler gets
 * @in: payload of the request, @header.len bytes
 * @out: where the reply's payload goes
 * @out_size: room there
 * @out_min: shortest payload of a reply with status zero
 * @direct: meant for one worker only
 * @unfreezable: the caller must not be frozen while it waits
 * @began: when the call began
 * @timeout: how long its Handler may take once it has read it, in jiffies
 * @deadline: when the call ends at the latest, in jiffies
 * @caller: the task that waits for %UMD_REQUEST_OVER
 * @asleep: that task is to be woken up
 * @state: see enum umd_request_state
 * @worker: the worker that has read the request, or is to, if @direct
 * @retried: somebody else killed a Handler that had read the request
 * @error: once ended: zero when there was a reply
 * @status: the reply's
 * @out_len: length of the reply's payload
 *
 * The caller sets all up to @caller; after that only queue.c and queue.h write, and in
 * state.h umd_request_shift() and umd_request_set_asleep().
 */
struct umd_request {
	struct umd_driver *driver;
	struct umd_user *user;
	struct list_head node;
	struct umd_frame_header header;
	const void *in;
	void *out;
	u32 out_size;
	u32 out_min;
	bool direct;
	bool unfreezable;
	ktime_t began;
	unsigned long timeout;
	unsigned long deadline;
	struct task_struct *caller;
	bool asleep;
	enum umd_request_state state;
	struct umd_worker *worker;
	bool retried;
	int error;
	int status;
	u32 out_len;
};

#endif /* _UMD_REQUEST_H */
