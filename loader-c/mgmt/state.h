/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Layer 1: the state of a driver. The caller of a function below holds the
 * driver's lock, and the function does not sleep, unless its heading says
 * otherwise. The functions of this layer call only each other.
 *
 * A driver (struct umd_driver) has a queue of requests that no Handler has
 * read, and workers, each one Handler process with its channel. The driver has a
 * spinlock, which protects all of it. No task holds the lock while data is
 * copied: a request whose buffers are in use is marked, and a task that ends it
 * meanwhile leaves the last step to the task that copies.
 *
 * Nothing is printed under the lock, see umd_notice().
 */
#ifndef _UMD_STATE_H
#define _UMD_STATE_H

#include <linux/bits.h>
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/cred.h>
#include <linux/idr.h>
#include <linux/kref.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/path.h>
#include <linux/pid.h>
#include <linux/ratelimit.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/uidgid.h>
#include <linux/workqueue.h>

#include "usermode_driver_mgmt.h"

struct dentry;
struct umd_blob;
struct umd_request;
struct umd_worker;

/**
 * enum umd_end - why a worker ended; umd_ends[] has what follows from it
 * @UMD_END_EXIT: the process exited
 * @UMD_END_FAULT: a fault: SIGSEGV and its like
 * @UMD_END_SECCOMP: a system call that the seal forbids
 * @UMD_END_VIOLATION: the Handler broke the rules of the channel
 * @UMD_END_START: HELLO or post_start failed
 * @UMD_END_OOM: the OOM killer chose the process
 * @UMD_END_OUTSIDE: somebody else's signal
 * @UMD_END_TRACED: somebody traces or has stopped the process, or the seal is
 *	broken
 * @UMD_END_TIMEOUT: the Handler did not read or reply in time
 * @UMD_END_UNLOAD: the driver is unloaded
 * @UMD_END_STOPPED: the administrator has stopped the driver
 * @UMD_END_ABORTED: the administrator has aborted the worker's request
 * @UMD_END_IDLE: no request came for long
 * @UMD_ENDS: number of causes
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

/**
 * enum umd_charge - to whom the end of a worker is charged; a failed start is
 *	charged to the driver by start.c
 * @UMD_CHARGE_NOBODY: to nobody
 * @UMD_CHARGE_SENDER: to the sender of the request; to the driver when the
 *	worker had read no request at all
 * @UMD_CHARGE_IF_HUNG: likewise, when the process was not in read()
 */
enum umd_charge {
	UMD_CHARGE_NOBODY,
	UMD_CHARGE_SENDER,
	UMD_CHARGE_IF_HUNG,
};

/**
 * struct umd_end_info - what follows from a cause of death
 * @name: the word for it
 * @charge: to whom it is charged
 * @is_outside: the cause says nothing of the Handler: a request may be retried,
 *	and so may a start
 * @is_withdrawn: the library ended the worker, and has notified all whom that
 *	concerns
 */
struct umd_end_info {
	const char *name;
	enum umd_charge charge;
	bool is_outside;
	bool is_withdrawn;
};

extern const struct umd_end_info umd_ends[UMD_ENDS];

/**
 * enum umd_error - how a call may end, apart from a reply, for the statistics
 * @UMD_ERROR_TIMEDOUT: -ETIMEDOUT
 * @UMD_ERROR_PIPE: -EPIPE
 * @UMD_ERROR_PROTO: -EPROTO
 * @UMD_ERROR_MSGSIZE: -EMSGSIZE
 * @UMD_ERROR_SHUTDOWN: -ESHUTDOWN
 * @UMD_ERROR_CANCELED: -ECANCELED
 * @UMD_ERROR_PERM: -EPERM
 * @UMD_ERROR_HOSTDOWN: -EHOSTDOWN
 * @UMD_ERROR_AGAIN: -EAGAIN
 * @UMD_ERROR_BUSY: -EBUSY
 * @UMD_ERROR_INTR: -EINTR
 * @UMD_ERROR_NOPROTOOPT: -ENOPROTOOPT
 * @UMD_ERROR_OTHER: any other errno
 * @UMD_ERRORS: number of these
 */
enum umd_error {
	UMD_ERROR_TIMEDOUT,
	UMD_ERROR_PIPE,
	UMD_ERROR_PROTO,
	UMD_ERROR_MSGSIZE,
	UMD_ERROR_SHUTDOWN,
	UMD_ERROR_CANCELED,
	UMD_ERROR_PERM,
	UMD_ERROR_HOSTDOWN,
	UMD_ERROR_AGAIN,
	UMD_ERROR_BUSY,
	UMD_ERROR_INTR,
	UMD_ERROR_NOPROTOOPT,
	UMD_ERROR_OTHER,
	UMD_ERRORS,
};

/**
 * struct umd_error_info - an error that the statistics count
 * @error: the negative errno, or 0: any that has no entry of its own
 * @name: the word for it
 */
struct umd_error_info {
	int error;
	const char *name;
};

extern const struct umd_error_info umd_errors[UMD_ERRORS];

/* Replies that took less than 1 us, 2 us, 4 us, ...; the last has no bound. */
#define UMD_LATENCIES 26

/**
 * struct umd_statistics - what a driver has done since it was registered
 * @requests: requests that came into the queue
 * @replies: replies that a caller got
 * @starts: Handlers that came to take requests
 * @restarts: Handlers of these that replaced a lost one
 * @lost: Handlers that took requests, ended, were not idle at that time, and
 *	have not been replaced since
 * @errors: how calls ended otherwise
 * @ends: how Handlers ended
 * @last_end: how the last Handler ended, if @ended
 * @ended: a Handler has ended
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
 * @count: how many there have been, each soon enough after the one before
 * @since: time of the last one, in 64-bit jiffies
 */
struct umd_backoff {
	unsigned int count;
	u64 since;
};

/**
 * struct umd_load - a load that waits for the first start, on its task's stack
 * @done: that start is over
 * @number: number of the binary, see struct umd_driver
 * @error: result of the start
 */
struct umd_load {
	struct completion done;
	u64 number;
	int error;
};

/**
 * struct umd_notice - a message about a worker, printed without the lock
 * @limit: rate limit of the place that has the message
 * @what: the message
 * @detail: its end, or ""
 * @pid: the process
 * @is_warning: the Handler or somebody else broke a rule
 */
struct umd_notice {
	struct ratelimit_state *limit;
	const char *what;
	const char *detail;
	int pid;
	bool is_warning;
};

/* Of more messages at a time than these only the number is printed. */
#define UMD_NOTICES 4

/* Work for the unlock, see umd_schedule(). */
#define UMD_DUE_QUEUE	BIT(0)	/* look at the queue and at the workers */
#define UMD_DUE_REST	BIT(1)	/* a worker has replied: are spares needed? */
#define UMD_DUE_SPARE	BIT(2)	/* start the spare worker that is needed */
#define UMD_DUE_NOTICE	BIT(3)	/* print what umd_notice() has noted */

/**
 * enum umd_binary - the states of a driver's binary
 * @UMD_BINARY_ABSENT: the Loader has to bring one
 * @UMD_BINARY_LOADED: Handlers may be started
 * @UMD_BINARY_UNLOADING: about to go: no request is taken
 */
enum umd_binary {
	UMD_BINARY_ABSENT,
	UMD_BINARY_LOADED,
	UMD_BINARY_UNLOADING,
};

/**
 * struct umd_driver - a registered driver
 * @ref: held by the registration, by each worker and by each open control file
 * @node: in umd_drivers
 * @mgmt: the Manager's description; valid while registered
 * @name: the driver's name, valid until the driver is freed
 * @id: number of the driver, from which its ids follow, and which no other one
 *	gets before this is freed
 * @uid: user id of its Handlers, real, effective, saved and file system
 * @gid: the same for the group
 * @timeout: deadline of a call, and of a worker to come back, in jiffies
 * @idle: how long a worker may be idle in jiffies, or 0
 * @control: its files in securityfs
 * @debug: its folder in debugfs
 * @start_key: lockdep's class of @start_map, for each driver its own
 * @start_map: held while post_start runs, and taken by whatever waits for a
 *	start to end: lockdep reports a wait that could not end
 * @lock: protects all below, and the requests and workers of this driver;
 *	umd_spin() looks without the lock, and its callers look again with it
 * @due: UMD_DUE_... bits: work for umd_driver_unlock()
 * @binary: state of the binary; load.c moves it
 * @blob: the binary, unless it is absent
 * @blob_number: counts the binaries that there have been
 * @stopped: the administrator has stopped the driver: no request is taken
 * @starter: the task that starts a worker, and runs post_start, while it does
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
 * @statistics: what the driver has done
 * @load: umd_mgmt_load() waits for a start, or NULL
 * @start_work: starts workers as long as they are wanted
 * @watchdog: ends what is past its deadline, and starts what can wait
 * @noticed: number of messages in @notices
 * @notices: messages for umd_driver_unlock() to print
 */
struct umd_driver {
	struct kref ref;
	struct list_head node;
	struct umd_mgmt *mgmt;
	char name[TASK_COMM_LEN];
	int id;
	kuid_t uid;
	kgid_t gid;
	unsigned long timeout;
	unsigned long idle;
	struct umd_mgmt_files *control;
	struct dentry *debug;
	struct lock_class_key start_key;
	struct lockdep_map start_map;

	spinlock_t lock; /* of all below */
	unsigned int due;
	enum umd_binary binary;
	struct umd_blob *blob;
	u64 blob_number;
	bool stopped;
	struct task_struct *starter;
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
	struct work_struct start_work;
	struct delayed_work watchdog;
	unsigned int noticed;
	struct umd_notice notices[UMD_NOTICES];
};

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
 * @node: in the driver's queue until a Handler reads the request
 * @header: what the Handler gets
 * @in: payload of the request, @header.len bytes
 * @out: where the reply's payload goes
 * @out_size: room there
 * @out_min: shortest payload of a reply with status zero
 * @uid: to whom the request is charged; to nobody if @direct
 * @direct: meant for one worker only
 * @began: when the call began
 * @timeout: how long its Handler may take once it has read it, in jiffies
 * @deadline: when the call ends at the latest, in jiffies
 * @caller: the task that waits for %UMD_REQUEST_OVER
 * @state: see enum umd_request_state
 * @worker: the worker that has read the request, or is to, if @direct
 * @retried: somebody else killed a Handler that had read the request
 * @error: once ended: zero when there was a reply
 * @status: the reply's
 * @out_len: length of the reply's payload
 *
 * The caller sets all up to @caller; after that only queue.c and queue.h write, and
 * umd_request_shift().
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
	bool direct;
	ktime_t began;
	unsigned long timeout;
	unsigned long deadline;
	struct task_struct *caller;
	enum umd_request_state state;
	struct umd_worker *worker;
	bool retried;
	int error;
	int status;
	u32 out_len;
};

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
 * @pid: the process, set before exec, never changed
 * @sealed: the second part of the seal is in place
 * @request_room: size of the process's buffer for a request, in a read() that
 *	brings a reply behind it; 0 before HELLO has named it
 * @state: see enum umd_worker_state
 * @duty: see enum umd_worker_duty
 * @end: why the worker ended
 * @error: what its request was ended with
 * @has_read: the worker has read a request of the queue
 * @sent: header of the request that was read last
 * @uid: to whom that request is charged, see struct umd_request
 * @read_uid: the same of the last request that was read whole
 * @reading: the process is in read(), to which a reply that this brings
 *	belongs, and a signal that interrupts it
 * @deadline: in jiffies; the worker's own, whenever the caller's may be
 * @idle_since: when the worker last had something to do, in jiffies
 * @reader: the process while it waits in read()
 *
 * Only worker.c writes the rest, and the functions umd_worker_set_...() below.
 */
struct umd_worker {
	struct kref ref;
	struct umd_driver *driver;
	struct umd_request *request;
	struct umd_request *direct;
	struct list_head node;
	struct pid *pid;
	bool sealed;
	size_t request_room;
	enum umd_worker_state state;
	enum umd_worker_duty duty;
	enum umd_end end;
	int error;
	bool has_read;
	struct umd_frame_header sent;
	kuid_t uid;
	kuid_t read_uid;
	bool reading;
	unsigned long deadline;
	unsigned long idle_since;
	struct task_struct *reader;
};

/* Whether there is a binary that may be started. */
static inline bool umd_driver_loaded(const struct umd_driver *driver)
{
	lockdep_assert_held(&driver->lock);
	return driver->binary == UMD_BINARY_LOADED;
}

/* Leaves work, UMD_DUE_... bits, to umd_driver_unlock(). */
static inline void umd_driver_make_due(struct umd_driver *driver,
				       unsigned int due)
{
	lockdep_assert_held(&driver->lock);
	driver->due |= due;
}

/* schedule.c: the one place where a driver is locked, and where it is unlocked */
static inline void umd_driver_lock(struct umd_driver *driver)
	__acquires(&driver->lock)
{
	spin_lock(&driver->lock);
	/* Only an unlock that is not umd_driver_unlock() leaves work. */
	lockdep_assert(!driver->due);
}

void umd_driver_unlock_due(struct umd_driver *driver)
	__releases(&driver->lock);

/*
 * Schedules and prints if anything has made that due, and unlocks. The caller
 * has a reference to the driver beyond the unlock.
 */
static inline void umd_driver_unlock(struct umd_driver *driver)
	__releases(&driver->lock)
{
	lockdep_assert_held(&driver->lock);
	if (driver->due)
		umd_driver_unlock_due(driver);
	else
		spin_unlock(&driver->lock);
}

bool umd_driver_wants_start(struct umd_driver *driver);
void umd_driver_started(struct umd_driver *driver, int error);
void umd_driver_stop(struct umd_driver *driver, bool stop);
void umd_driver_abort(struct umd_driver *driver);
int umd_driver_refuses(struct umd_driver *driver, kuid_t uid);

/* Takes a worker out of its driver's list when nobody has it any more. */
static inline void umd_worker_remove(struct umd_worker *worker)
{
	lockdep_assert_held(&worker->driver->lock);
	list_del(&worker->node);
}

/* The reference to @pid is the worker's from now on. */
static inline void umd_worker_set_pid(struct umd_worker *worker,
				      struct pid *pid)
{
	lockdep_assert_held(&worker->driver->lock);
	worker->pid = pid;
}

static inline void umd_worker_set_sealed(struct umd_worker *worker)
{
	lockdep_assert_held(&worker->driver->lock);
	worker->sealed = true;
}

/* The worker sees nothing of its room before it reads the next request. */
static inline void umd_worker_set_room(struct umd_worker *worker, size_t room)
{
	lockdep_assert_held(&worker->driver->lock);
	/* umd_channel_brings_reply() looks without the lock. */
	WRITE_ONCE(worker->request_room, room);
}

static inline void umd_worker_set_reading(struct umd_worker *worker,
					  bool reading)
{
	lockdep_assert_held(&worker->driver->lock);
	worker->reading = reading;
}

/* @reader: the process, which is about to sleep in read(), or NULL */
static inline void umd_worker_set_reader(struct umd_worker *worker,
					 struct task_struct *reader)
{
	lockdep_assert_held(&worker->driver->lock);
	worker->reader = reader;
}

/* Puts off the deadline of a request by so many jiffies. */
static inline void umd_request_shift(struct umd_request *req, unsigned long by)
{
	lockdep_assert_held(&req->driver->lock);
	req->deadline += by;
}

/* drivers.c; without the lock: umd_drivers has a mutex of its own */
extern struct list_head umd_drivers;
extern struct mutex umd_drivers_lock;
extern struct ida umd_driver_ids;
void umd_driver_free(struct kref *ref);
void umd_worker_put(struct umd_worker *worker);

/* worker.c */
extern bool umd_allow_trace;

/* Needs no lock. Whether a process may be asked: it is not traced, or may be. */
static inline bool umd_tracer_is_allowed(const struct task_struct *task)
{
	return !READ_ONCE(task->ptrace) || umd_allow_trace;
}

bool umd_driver_runs(struct umd_driver *driver);
void umd_workers_shift(struct umd_driver *driver, unsigned long by);
void umd_worker_init(struct umd_worker *worker, struct umd_driver *driver);
void umd_worker_ready(struct umd_worker *worker);
void umd_worker_ask(struct umd_worker *worker, struct umd_request *req);
bool umd_worker_call(struct umd_worker *worker);
void umd_worker_take(struct umd_worker *worker, struct umd_request *req);
void umd_worker_copied(struct umd_worker *worker, struct umd_request *req,
		       bool unread);
void umd_worker_rest(struct umd_worker *worker);
void umd_worker_done(struct umd_worker *worker);
void umd_worker_end(struct umd_worker *worker, enum umd_end end, int error);
bool umd_worker_is_held(const struct umd_worker *worker);

/* failure.c */
void umd_failure_of_start(struct umd_driver *driver);
void umd_failure_of_request(struct umd_driver *driver, kuid_t uid);
bool umd_failure_is_start_limit(struct umd_driver *driver);
bool umd_failure_is_user_limit(struct umd_driver *driver, kuid_t uid);
void umd_failure_forget(struct umd_driver *driver);

/* Whether a driver has to wait before the next start. */
static inline bool umd_failure_blocks_start(struct umd_driver *driver)
{
	lockdep_assert_held(&driver->lock);
	return unlikely(driver->start_failures.count) &&
	       umd_failure_is_start_limit(driver);
}

/* Whether a user has to wait before the next request. */
static inline bool umd_failure_blocks_user(struct umd_driver *driver,
					   kuid_t uid)
{
	lockdep_assert_held(&driver->lock);
	return unlikely(!list_empty(&driver->offenders)) &&
	       umd_failure_is_user_limit(driver, uid);
}

/* statistics.c */

/* Counts a request that comes into the queue. */
static inline void umd_statistics_request(struct umd_driver *driver)
{
	lockdep_assert_held(&driver->lock);
	driver->statistics.requests++;
}

void umd_statistics_error(struct umd_driver *driver, int error);
void umd_statistics_reply(struct umd_driver *driver,
			  const struct umd_request *req);
void umd_statistics_start(struct umd_driver *driver);
void umd_statistics_end(const struct umd_worker *worker);
void umd_statistics_forget(struct umd_driver *driver);

/* notice.c */
void umd_notice_add(const struct umd_worker *worker,
		    struct ratelimit_state *limit, bool is_warning,
		    const char *what, const char *detail);
/* Each place has a rate limit of its own, as pr_warn_ratelimited() has. */
#define umd_notice(worker, is_warning, what, detail)			\
({									\
	static DEFINE_RATELIMIT_STATE(umd_notice_limit,			\
				      DEFAULT_RATELIMIT_INTERVAL,	\
				      DEFAULT_RATELIMIT_BURST);		\
									\
	umd_notice_add(worker, &umd_notice_limit, is_warning, what,	\
		       detail);						\
})
void umd_notice_unlock(struct umd_driver *driver) __releases(&driver->lock);

/* timer.c */
extern struct workqueue_struct *umd_wq;
extern struct workqueue_struct *umd_watch_wq;
void umd_watch(struct umd_driver *driver, unsigned long deadline);

#endif /* _UMD_STATE_H */
