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
#include <linux/hashtable.h>
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
#include <linux/sched/signal.h>
#include <linux/spinlock.h>
#include <linux/uidgid.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "request.h"
#include "statistics.h"
#include "user.h"
#include "usermode_driver_mgmt.h"
#include "worker.h"

struct dentry;
struct module;
struct umd_blob;

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
 * @owner: the Manager, or NULL: it is built in
 * @name: the driver's name, valid until the driver is freed
 * @id: number of the driver, from which its ids follow, and which no other one
 *	gets before this is freed
 * @uid: user id of its Handlers, real, effective, saved and file system
 * @gid: the same for the group
 * @timeout: deadline of a call, and of a worker to come back, in jiffies
 * @load_timeout: how long a call waits for the binary, in jiffies
 * @idle: how long a worker may be idle in jiffies, or 0
 * @max_workers: how many Handlers may run at a time
 * @max_queued: how many requests may be in the queue
 * @max_queued_uid: how many of these may be of one user
 * @max_reads: how many requests one Handler may read, or 0: any number
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
 * @loader: the thread that has the Loader loaded
 * @loading: that thread is at it
 * @loaded: waits for the end of that
 * @load_failures: loads in a row that brought no Loader
 * @load_refusal: why the last load failed, or 0
 * @load_again: when the next may come after that, in jiffies
 * @last_id: id of the last request
 * @users: all users of whom something is known, the last of whom has called last
 * @user_table: the same by their ids
 * @turns: those of them with requests that a Handler is to read
 * @queued: how many these requests are
 * @running: workers that have read a request of a user and not replied
 * @work: the least that Handlers had worked for a user who was served lately
 * @workers: all workers whose channel is open, also those that have ended
 * @spare_due: the watchdog shall see to spare workers
 * @start_failures: starts that failed
 * @start_error: why the last start found no resources, or 0
 * @start_again: when the next start may come after that, in jiffies
 * @statistics: what the driver has done
 * @load: umd_mgmt_load() waits for a start, or NULL
 * @start_work: starts workers as long as they are wanted
 * @helpers_disabled: no process can be started before the thaw
 * @polls: the driver looks whether processes are frozen
 * @polled_at: when it has looked for that last, in jiffies
 * @frozen: they were
 * @watchdog: ends what is past its deadline, and starts what can wait
 * @noticed: number of messages in @notices
 * @notices: messages for umd_driver_unlock() to print
 */
struct umd_driver {
	struct kref ref;
	struct list_head node;
	struct umd_mgmt *mgmt;
	struct module *owner;
	char name[TASK_COMM_LEN];
	int id;
	kuid_t uid;
	kgid_t gid;
	unsigned long timeout;
	unsigned long load_timeout;
	unsigned long idle;
	unsigned int max_workers;
	unsigned int max_queued;
	unsigned int max_queued_uid;
	unsigned int max_reads;
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
	struct task_struct *loader;
	bool loading;
	wait_queue_head_t loaded;
	unsigned int load_failures;
	int load_refusal;
	unsigned long load_again;
	u64 last_id;
	struct list_head users;
	DECLARE_HASHTABLE(user_table, UMD_USER_BITS);
	struct list_head turns;
	unsigned int queued;
	unsigned int running;
	u64 work;
	struct list_head workers;
	bool spare_due;
	struct umd_backoff start_failures;
	int start_error;
	unsigned long start_again;
	struct umd_statistics statistics;

	struct umd_load *load;
	struct work_struct start_work;
	bool helpers_disabled;
	bool polls;
	unsigned long polled_at;
	bool frozen;
	struct delayed_work watchdog;
	unsigned int noticed;
	struct umd_notice notices[UMD_NOTICES];
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

/* Notes whether the loader is at work, for the loader itself. */
static inline void umd_driver_set_loading(struct umd_driver *driver,
					  bool loading)
{
	lockdep_assert_held(&driver->lock);
	if (driver->loading == loading)
		return;
	WRITE_ONCE(driver->loading, loading);
	if (!loading)
		wake_up_all(&driver->loaded);
}

/*
 * Ends the loader's wait for modprobe, if there is one, after what is wanted has
 * changed.
 */
static inline void umd_driver_end_loading(struct umd_driver *driver)
{
	lockdep_assert_held(&driver->lock);
	if (driver->loading)
		send_sig(SIGKILL, driver->loader, 1);
}

bool umd_driver_wants_loader(struct umd_driver *driver);
bool umd_driver_wants_start(struct umd_driver *driver);
void umd_driver_started(struct umd_driver *driver, int error);
void umd_driver_stop(struct umd_driver *driver, bool stop);
void umd_driver_abort(struct umd_driver *driver);
int umd_driver_why_refuses(struct umd_driver *driver,
			   const struct umd_user *user);

/* As umd_driver_why_refuses(): mostly nothing that could be a reason is there. */
static inline int umd_driver_refuses(struct umd_driver *driver,
				     const struct umd_user *user)
{
	lockdep_assert_held(&driver->lock);
	if (likely(driver->binary == UMD_BINARY_LOADED && !driver->starter &&
		   !driver->stopped && !driver->start_failures.count &&
		   !driver->start_error && !user->crashes.count))
		return 0;
	return umd_driver_why_refuses(driver, user);
}

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

/* @asleep: the caller is about to sleep, and is to be woken up */
static inline void umd_request_set_asleep(struct umd_request *req, bool asleep)
{
	lockdep_assert_held(&req->driver->lock);
	req->asleep = asleep;
}

/* Puts off the deadline of a request by so many jiffies. */
static inline void umd_request_shift(struct umd_request *req, unsigned long by)
{
	lockdep_assert_held(&req->driver->lock);
	req->deadline += by;
}

/* sleep.c; without the lock */
extern bool umd_freeze_near;

/* Whether the system is about to sleep, or does. */
static inline bool umd_freeze_is_near(void)
{
	return READ_ONCE(umd_freeze_near);
}

void umd_freeze_set_near(bool near);
bool umd_processes_are_frozen(void);
bool umd_task_is_frozen(struct task_struct *task);
bool umd_current_suspends(void);

/* freeze.c */
void umd_driver_poll_freeze(struct umd_driver *driver);
void umd_driver_end_unfreezable(struct umd_driver *driver);

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

/* Whether a worker may read requests of only one user from now on. */
static inline bool umd_worker_is_bound(const struct umd_worker *worker)
{
	lockdep_assert_held(&worker->driver->lock);
	return worker->has_read &&
	       worker->driver->mgmt->isolation == UMD_PER_USER;
}

/* Whether a worker may read a request of a user, after what the worker has read. */
static inline bool umd_worker_is_for(const struct umd_worker *worker,
				     const struct umd_user *user)
{
	lockdep_assert_held(&worker->driver->lock);
	return !umd_worker_is_bound(worker) ||
	       uid_eq(worker->read_uid, user->uid);
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
void umd_worker_done(struct umd_worker *worker, ktime_t now);
void umd_worker_end(struct umd_worker *worker, enum umd_end end, int error);
bool umd_worker_is_held(const struct umd_worker *worker);

/* user.c */
struct umd_user *umd_user_find(struct umd_driver *driver, kuid_t uid);
struct umd_user *umd_user_look_up(struct umd_driver *driver, kuid_t uid);
void umd_users_free(struct umd_driver *driver);
unsigned int umd_users_idle(const struct umd_driver *driver);
unsigned int umd_user_room(const struct umd_user *user, unsigned int idle);
void umd_user_served(struct umd_user *user, u16 op, u64 ns);
bool umd_user_service_time(const struct umd_user *user, u16 op,
			   unsigned long *low, unsigned long *most);

/* Finds a user, or makes one, as umd_user_look_up(): mostly the last who called. */
static inline struct umd_user *umd_user_get(struct umd_driver *driver,
					    kuid_t uid)
{
	struct umd_user *user;

	lockdep_assert_held(&driver->lock);
	if (likely(!list_empty(&driver->users))) {
		user = list_last_entry(&driver->users, struct umd_user, node);
		if (likely(uid_eq(user->uid, uid)))
			return user;
	}
	return umd_user_look_up(driver, uid);
}

/* Notes that a user calls. */
static inline void umd_user_calls(struct umd_user *user)
{
	lockdep_assert_held(&user->driver->lock);
	user->seen = get_jiffies_64();
	if (unlikely(!list_is_last(&user->node, &user->driver->users)))
		list_move_tail(&user->node, &user->driver->users);
}

/* failure.c */
void umd_failure_of_start(struct umd_driver *driver);
void umd_failure_of_resources(struct umd_driver *driver, int error);
void umd_failure_of_request(struct umd_user *user);
bool umd_failure_is_start_limit(struct umd_driver *driver);
bool umd_failure_is_start_pause(struct umd_driver *driver);
void umd_failure_of_load(struct umd_driver *driver, int error);
int umd_failure_load_error(struct umd_driver *driver);
void umd_failure_forget_load(struct umd_driver *driver);
bool umd_failure_is_user_limit(const struct umd_user *user);
bool umd_failure_is_known(const struct umd_user *user);
void umd_failure_forget(struct umd_driver *driver);

/* Whether a driver has to wait before the next start. */
static inline bool umd_failure_blocks_start(struct umd_driver *driver)
{
	lockdep_assert_held(&driver->lock);
	return unlikely(driver->start_failures.count) &&
	       umd_failure_is_start_limit(driver);
}

/* Whether a user has to wait before the next request. */
static inline bool umd_failure_blocks_user(const struct umd_user *user)
{
	lockdep_assert_held(&user->driver->lock);
	return unlikely(user->crashes.count) && umd_failure_is_user_limit(user);
}

/* Why no Handler can be started just now for want of resources, or 0. */
static inline int umd_failure_start_error(struct umd_driver *driver)
{
	lockdep_assert_held(&driver->lock);
	return unlikely(driver->start_error) &&
	       umd_failure_is_start_pause(driver) ? driver->start_error : 0;
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
			  const struct umd_request *req, ktime_t now);
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
