/* SPDX-License-Identifier: GPL-2.0-only */
/* Part of state.h: a worker, which is one Handler process and its channel. */
#ifndef _UMD_WORKER_H
#define _UMD_WORKER_H

#include <linux/kref.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/uidgid.h>

#include "statistics.h"
#include "umd_abi.h"

struct task_struct;
struct umd_driver;
struct umd_request;
struct umd_user;

/**
 * enum umd_worker_state - the states of a worker, which worker.c moves
 * @UMD_WORKER_STARTING: gets only requests that are meant for this worker
 * @UMD_WORKER_READY: reads from the driver's queue
 * @UMD_WORKER_ENDED: gets nothing; its process may still exist
 */
enum umd_worker_state {
	UMD_WORKER_STARTING,
	UMD_WORKER_READY,
	UMD_WORKER_ENDED,
};

/**
 * enum umd_worker_duty - what a worker has to do, which worker.c moves
 * @UMD_WORKER_IDLE: nothing
 * @UMD_WORKER_CALLED: to read by @deadline, or to be killed
 * @UMD_WORKER_BUSY: has read a request; to reply by @deadline, or to be killed
 */
enum umd_worker_duty {
	UMD_WORKER_IDLE,
	UMD_WORKER_CALLED,
	UMD_WORKER_BUSY,
};

/**
 * struct umd_worker - one Handler process and its channel
 * @ref: held by the channel's file and by the start
 * @driver: whose worker this is, with a reference
 * @request: the request that the worker has read, or NULL when its caller has
 *	left; only queue.c and queue.h write this
 * @direct: the request that this worker shall read next and no other may;
 *	likewise
 * @node: in the driver's list
 * @task: the process, with a reference; set before exec, never changed
 * @sealed: the second part of the seal is in place
 * @request_room: size of the process's buffer for a request, in a read() that
 *	brings a reply behind it; 0 before HELLO has named it
 * @state: see enum umd_worker_state
 * @duty: see enum umd_worker_duty
 * @end: why the worker ended
 * @error: what its request was ended with
 * @has_read: the worker has read a request of the queue
 * @reads: how many requests of users it has replied to, if these are limited
 * @sent: header of the request that was read last
 * @user: to whom that request is charged while the worker is busy with the
 *	request; NULL for a direct one
 * @read_uid: to whom the last request of the queue is charged that was read whole
 * @since: when the worker began with the request, which is when the call began if
 *	the worker waited for that; or when it was free for the next
 * @ran: for how long the process had run by then, in nanoseconds
 * @reading: the process is in read(), to which a reply that this brings
 *	belongs, and a signal that interrupts it
 * @deadline: in jiffies; the worker's own, whenever the caller's may be
 * @idle_since: when the worker last had something to do, in jiffies
 * @asleep: the process is about to sleep in read(), and is to be woken up
 *
 * Only worker.c writes the rest, and the functions umd_worker_set_...() of state.h.
 */
struct umd_worker {
	struct kref ref;
	struct umd_driver *driver;
	struct umd_request *request;
	struct umd_request *direct;
	struct list_head node;
	struct task_struct *task;
	bool sealed;
	size_t request_room;
	enum umd_worker_state state;
	enum umd_worker_duty duty;
	enum umd_end end;
	int error;
	bool has_read;
	unsigned int reads;
	struct umd_frame_header sent;
	struct umd_user *user;
	kuid_t read_uid;
	ktime_t since;
	u64 ran;
	bool reading;
	unsigned long deadline;
	unsigned long idle_since;
	bool asleep;
};

#endif /* _UMD_WORKER_H */
