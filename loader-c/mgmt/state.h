/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Layer 1: the state of a driver. Every function below is called with the
 * driver's lock held and does not sleep, unless it says otherwise.
 *
 * A driver (struct umd_driver) has a queue of requests that no Handler has
 * read, and workers, each one Handler process with its channel. One spinlock,
 * that of the driver, protects all of it. It is never held while data is
 * copied: a request whose buffers are being copied is marked, and whoever ends
 * it meanwhile leaves its end to the one who copies.
 */
#ifndef _UMD_STATE_H
#define _UMD_STATE_H

#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/cred.h>
#include <linux/idr.h>
#include <linux/kref.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/path.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/uidgid.h>
#include <linux/workqueue.h>

#include "usermode_driver_mgmt.h"

struct dentry;
struct umd_blob;
struct umd_request;
struct umd_worker;

extern struct workqueue_struct *umd_wq;
extern struct ida umd_driver_ids;

/* All drivers that are registered, and the lock of that list. */
extern struct list_head umd_drivers;
extern struct mutex umd_drivers_lock;

/**
 * enum umd_end - why a worker ended, which decides who is to blame
 * @UMD_END_EXIT: it exited
 * @UMD_END_FAULT: a fault: SIGSEGV and its like
 * @UMD_END_SECCOMP: a system call that the seal forbids
 * @UMD_END_VIOLATION: it broke the rules of the channel
 * @UMD_END_START: HELLO or post_start failed
 * @UMD_END_OOM: the OOM killer chose it
 * @UMD_END_OUTSIDE: somebody else's signal
 * @UMD_END_TRACED: somebody traces or has stopped it, or its seal is broken
 * @UMD_END_TIMEOUT: it did not read or reply in time
 * @UMD_END_UNLOAD: the driver is unloaded
 * @UMD_END_STOPPED: the administrator has stopped the driver
 * @UMD_END_ABORTED: the administrator has aborted its request
 * @UMD_END_IDLE: nothing was asked for long
 * @UMD_ENDS: how many there are
 */
enum umd_end {
	UMD_END_EXIT,
	UMD_END_FAULT,
	UMD_END_SECCOMP,
	UMD_END_VIOLATION,
	UMD_END_START,
	UMD_END_OOM,
	UMD_END_OUTSIDE,
	UMD_END_TRACED,
	UMD_END_TIMEOUT,
	UMD_END_UNLOAD,
	UMD_END_STOPPED,
	UMD_END_ABORTED,
	UMD_END_IDLE,
	UMD_ENDS,
};

/* Its own doing: the first ones of the list. */
static inline bool umd_end_is_own(enum umd_end end)
{
	return end <= UMD_END_VIOLATION;
}

/* Says nothing of the Handler, which the request may survive. */
static inline bool umd_end_is_outside(enum umd_end end)
{
	return end == UMD_END_OOM || end == UMD_END_OUTSIDE ||
	       end == UMD_END_TRACED;
}

/* Calls end with these; the last stands for all others. */
#define UMD_ERRORS 13
/* Replies that took less than 1 us, 2 us, 4 us, ...; the last has no bound. */
#define UMD_LATENCIES 26

/**
 * struct umd_statistics - what a driver has done since it was registered
 * @requests: that came into the queue
 * @replies: that were handed to a caller
 * @starts: Handlers that came to take requests
 * @restarts: those of them that replaced a lost one
 * @lost: Handlers that took requests, ended, were not idle then, and have not
 *	been replaced since
 * @errors: how calls ended otherwise, in the order of statistics.c
 * @ends: how Handlers ended
 * @last_end: how the last one did, if @ended
 * @ended: one has
 * @latencies: replies by the time since the call
 */
struct umd_statistics {
	u64 requests;
	u64 replies;
	u64 starts;
	u64 restarts;
	unsigned int lost;
	u64 errors[UMD_ERRORS];
	u64 ends[UMD_ENDS];
	enum umd_end last_end;
	bool ended;
	u64 latencies[UMD_LATENCIES];
};

/**
 * struct umd_backoff - failures of late
 * @count: how many since @since
 * @since: when the first of them was, in 64-bit jiffies
 */
struct umd_backoff {
	unsigned int count;
	u64 since;
};

/**
 * struct umd_load - a load that waits for the first start, on its task's stack
 * @done: that start is over
 * @number: that of the binary, see struct umd_driver
 * @error: result of the start
 */
struct umd_load {
	struct completion done;
	u64 number;
	int error;
};

/**
 * struct umd_driver - a registered driver
 * @ref: held by the registration and by each worker
 * @node: in umd_drivers
 * @mgmt: the Manager's description; valid while registered
 * @serial: counts all drivers that there have been
 * @id: number of the driver, from which its ids follow, and which no other one
 *	gets before this is freed
 * @uid: user id of its Handlers, real, effective, saved and file system
 * @gid: the same for the group
 * @timeout: deadline of a call, and of a worker to come back, in jiffies
 * @idle: how long a worker may be idle in jiffies, or 0
 * @control: its folder in securityfs and the files in it
 * @debug: its folder in debugfs
 * @lock: protects all below, and the requests and workers of this driver;
 *	umd_spin() looks without it, at what is looked at again with it
 * @is_due: something has changed: umd_driver_unlock() sees to the queue
 * @blob: the binary, or NULL
 * @blob_number: counts the binaries that there have been
 * @unloading: @blob is about to go: no request is taken
 * @stopped: by the administrator: no request is taken
 * @unloaded_at: when the last unload ended, in 64-bit jiffies
 * @load_count: how many loads by a Loader have ended
 * @load_error: how the last one of them did
 * @last_id: id of the last request
 * @queue: requests that a Handler is to read
 * @queued: how many these are
 * @workers: all workers whose channel is open, also those that have ended
 * @spare_due: the watchdog shall see to spare workers
 * @start_failures: starts that failed
 * @offenders: users whose requests made Handlers crash
 * @statistics: see there
 * @load: umd_mgmt_load() waits for a start, or NULL
 * @starter: the task that starts a worker, while it does; only that task itself
 *	reads this without the lock
 * @starting: that worker, likewise
 * @start_work: starts workers as long as they are wanted
 * @watchdog: ends what is past its deadline, and starts what can wait
 */
struct umd_driver {
	struct kref ref;
	struct list_head node;
	struct umd_mgmt *mgmt;
	unsigned long serial;
	int id;
	kuid_t uid;
	kgid_t gid;
	unsigned long timeout;
	unsigned long idle;
	struct dentry *control[3];
	struct dentry *debug;

	spinlock_t lock; /* of all below */
	bool is_due;
	struct umd_blob *blob;
	u64 blob_number;
	bool unloading;
	bool stopped;
	u64 unloaded_at;
	unsigned int load_count;
	int load_error;
	u64 last_id;
	struct list_head queue;
	unsigned int queued;
	struct list_head workers;
	bool spare_due;
	struct umd_backoff start_failures;
	struct list_head offenders;
	struct umd_statistics statistics;

	struct umd_load *load;
	struct task_struct *starter;
	struct umd_worker *starting;
	struct work_struct start_work;
	struct delayed_work watchdog;
};

/* Whether there is a binary that may be started. Caller holds the lock. */
static inline bool umd_driver_loaded(const struct umd_driver *driver)
{
	return driver->blob && !driver->unloading;
}

/**
 * struct umd_request - a call in progress, on its caller's stack
 * @driver: whose request it is
 * @node: in the driver's queue until a Handler reads it
 * @header: what the Handler gets
 * @in: payload of the request, @header.len bytes
 * @out: where the reply's payload goes
 * @out_size: room there
 * @out_min: shortest payload of a reply with status zero
 * @uid: whom it is charged to; none if @direct
 * @began: when the call began
 * @timeout: how long its Handler may take once it has read it, in jiffies
 * @deadline: when the call ends at the latest, in jiffies
 * @worker: whose request it is: set when read, and before that if @direct
 * @direct: meant for one worker only
 * @retried: a Handler that had read it was killed by somebody else
 * @copying: @in or @out is in use; who clears this lets an ended request go
 * @ended: @error is set, nothing changes any more
 * @error: zero when there was a reply
 * @status: the reply's
 * @out_len: length of the reply's payload
 * @caller: the task that waits for @over
 * @over: nobody else has the request any more; changed and, for the last time,
 *	looked at under the driver's lock, so that it is in use for as long as
 *	that is held
 */
struct umd_request {
	struct umd_driver *driver;
	struct list_head node;
	struct umd_frame_header header;
	const void *in;
	void *out;
	u32 out_size;
	u32 out_min;
	kuid_t uid;
	ktime_t began;
	unsigned long timeout;
	unsigned long deadline;
	struct umd_worker *worker;
	bool direct;
	bool retried;
	bool copying;
	bool ended;
	int error;
	int status;
	u32 out_len;
	struct task_struct *caller;
	bool over;
};

enum umd_worker_state {
	UMD_WORKER_STARTING,	/* gets only requests that are meant for it */
	UMD_WORKER_READY,	/* reads from the driver's queue */
	UMD_WORKER_ENDED,	/* gets nothing; its process may still exist */
};

/**
 * struct umd_worker - one Handler process and its channel
 * @ref: held by the channel's file and by the start
 * @driver: whose worker this is, with a reference
 * @node: in the driver's list
 * @pid: the process, set before exec, never changed
 * @sealed: the second part of the seal is in place; only the process itself
 *	uses this
 * @request_room: size of its buffer for a request, in a read() that brings a
 *	reply behind it; 0 before it has said so in HELLO
 * @state: see there
 * @end: why it ended
 * @error: what its request was ended with
 * @has_read: it has read a request of the queue
 * @busy: it has read a request and not replied
 * @sent: header of that request
 * @uid: whom it is charged to, see struct umd_request
 * @read_uid: that of the last request that it has read whole
 * @reading: it is in read(), to which a reply that this brings belongs, and a
 *	signal that interrupts it
 * @due: it has to read or to reply by @deadline, or is killed
 * @deadline: in jiffies; its own, whenever the caller's may be
 * @idle_since: when it last had something to do, in jiffies
 * @request: that request, or NULL when its caller has left
 * @direct: request that this worker shall read next and no other may
 * @reader: the process while it waits in read()
 */
struct umd_worker {
	struct kref ref;
	struct umd_driver *driver;
	struct list_head node;
	struct pid *pid;
	bool sealed;
	size_t request_room;
	enum umd_worker_state state;
	enum umd_end end;
	int error;
	bool has_read;
	bool busy;
	struct umd_frame_header sent;
	kuid_t uid;
	kuid_t read_uid;
	bool reading;
	bool due;
	unsigned long deadline;
	unsigned long idle_since;
	struct umd_request *request;
	struct umd_request *direct;
	struct task_struct *reader;
};

static inline void umd_driver_lock(struct umd_driver *driver)
	__acquires(&driver->lock)
{
	spin_lock(&driver->lock);
}

void umd_driver_unlock(struct umd_driver *driver) __releases(&driver->lock);

/* drivers.c; without the lock */
void umd_driver_free(struct kref *ref);

/* failure.c */
void umd_failure_of_start(struct umd_driver *driver);
void umd_failure_of_request(struct umd_driver *driver, kuid_t uid);
bool umd_failure_blocks_start(struct umd_driver *driver);
bool umd_failure_blocks_user(struct umd_driver *driver, kuid_t uid);
void umd_failure_forget(struct umd_driver *driver);

/* statistics.c */
void umd_statistics_error(struct umd_driver *driver, int error);
void umd_statistics_reply(struct umd_driver *driver,
			  const struct umd_request *req);
void umd_statistics_start(struct umd_driver *driver);
void umd_statistics_end(const struct umd_worker *worker);
void umd_statistics_forget(struct umd_driver *driver);
const char *umd_end_name(enum umd_end end);
const char *umd_error_name(unsigned int i);

/* timer.c */
void umd_watch(struct umd_driver *driver, unsigned long deadline);
void umd_watch_shift(struct umd_driver *driver, unsigned long by);
void umd_worker_expect(struct umd_worker *worker, unsigned long timeout);
int umd_watch_init(void);
void umd_watch_exit(void);

/* queue.c */
void umd_request_take(struct umd_request *req, struct umd_worker *worker);
void umd_request_put_back(struct umd_request *req);
void umd_request_end(struct umd_request *req, int error);
bool umd_request_copied(struct umd_request *req);
void umd_queue_end(struct umd_driver *driver, int error);

/* worker.c */
bool umd_driver_runs(struct umd_driver *driver);
void umd_worker_rest(struct umd_worker *worker);
void umd_worker_wake(struct umd_worker *worker);
bool umd_worker_allows_tracer(const struct task_struct *task);
bool umd_worker_is_held(const struct umd_worker *worker);
void __umd_worker_end(struct umd_worker *worker, enum umd_end end, int error);
void umd_worker_end(struct umd_worker *worker, enum umd_end end, int error);
void umd_worker_put(struct umd_worker *worker);

/* schedule.c */
void umd_driver_rested(struct umd_driver *driver);
void umd_driver_keep_spare(struct umd_driver *driver);
bool umd_driver_wants_start(struct umd_driver *driver);
void umd_driver_started(struct umd_driver *driver, int error);
void umd_driver_stop(struct umd_driver *driver, bool stop);
void umd_driver_abort(struct umd_driver *driver);

#endif /* _UMD_STATE_H */
