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

#include <linux/cpumask.h>
#include <linux/cred.h>
#include <linux/freezer.h>
#include <linux/idr.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/log2.h>
#include <linux/mutex.h>
#include <linux/ratelimit.h>
#include <linux/sched.h>
#include <linux/sched/jobctl.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "driver.h"
#include "request.h"
#include "statistics.h"
#include "user.h"
#include "worker.h"

/* Whether there is a binary that may be started. */
static inline bool umd_driver_loaded(const struct umd_driver *driver)
{
	lockdep_assert_held(&driver->lock);
	return driver->binary == UMD_BINARY_LOADED;
}

/* Leaves work, UMD_DUE_... bits, to umd_driver_do_due(). */
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

void umd_driver_do_due(struct umd_driver *driver);
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
		   !driver->start_pause.error && !user->crashes.count))
		return 0;
	return umd_driver_why_refuses(driver, user);
}

/* Takes a worker out of its driver's list when nobody has it any more. */
static inline void umd_worker_remove(struct umd_worker *worker)
{
	lockdep_assert_held(&worker->driver->lock);
	list_del(&worker->node);
}

/* The reference to @task is the worker's from now on. */
static inline void umd_worker_set_task(struct umd_worker *worker,
				       struct task_struct *task)
{
	lockdep_assert_held(&worker->driver->lock);
	worker->task = task;
}

/* Needs no lock. The number of the process, for people; 0: there is none yet. */
static inline pid_t umd_worker_pid(const struct umd_worker *worker)
{
	return worker->task ? task_tgid_nr(worker->task) : 0;
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

/* @asleep: the process is about to sleep in read(), and is to be woken up */
static inline void umd_worker_set_asleep(struct umd_worker *worker, bool asleep)
{
	lockdep_assert_held(&worker->driver->lock);
	worker->asleep = asleep;
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
bool umd_task_is_frozen_by_v1(struct task_struct *task);

/*
 * Whether a control group's freezer holds a process, and not the freezing of the
 * whole system. The answer changes with the administrator's write to the group, not
 * when the process notices.
 */
static inline bool umd_task_is_frozen(struct task_struct *task)
{
	return (READ_ONCE(task->jobctl) & JOBCTL_TRAP_FREEZE) ||
	       (unlikely(freezing(task)) && umd_task_is_frozen_by_v1(task));
}

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

/*
 * Whether somebody has stopped, frozen or traces the process of a worker, which then
 * reads late.
 */
static inline bool umd_worker_is_held(const struct umd_worker *worker)
{
	lockdep_assert_held(&worker->driver->lock);
	return task_is_stopped_or_traced(worker->task) ||
	       !umd_tracer_is_allowed(worker->task) ||
	       umd_task_is_frozen(worker->task);
}

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

/* Whether there is nobody to whom a user could do harm. */
static inline bool umd_driver_has_one_user(const struct umd_driver *driver)
{
	lockdep_assert_held(&driver->lock);
	return likely(driver->user_count == 1);
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
int umd_failure_start_error(struct umd_driver *driver);
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

/* statistics.c */

/* Counts a request that comes into the queue. */
static inline void umd_statistics_request(struct umd_driver *driver)
{
	lockdep_assert_held(&driver->lock);
	driver->statistics.requests++;
}

void umd_statistics_error(struct umd_driver *driver, int error);

/* Counts a reply that a caller gets, at the time @now. */
static inline void umd_statistics_reply(struct umd_driver *driver,
					const struct umd_request *req,
					ktime_t now)
{
	s64 us = ktime_us_delta(now, req->began);
	unsigned int i = us > 0 ? ilog2((u64)us) + 1 : 0;

	lockdep_assert_held(&driver->lock);
	driver->statistics.replies++;
	driver->statistics.latencies[min(i, UMD_LATENCIES - 1U)]++;
}

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
void umd_watch_anew(struct umd_driver *driver, unsigned long deadline);

/*
 * Has the watchdog look at a deadline, in jiffies. The timer is left alone as long
 * as it comes early enough: most requests end long before, and do not touch it. The
 * watchdog looks at every deadline when it runs, so a deadline that is not before
 * another one, which is watched, need not be watched itself.
 */
static inline void umd_watch(struct umd_driver *driver, unsigned long deadline)
{
	lockdep_assert_held(&driver->lock);
	if (unlikely(!driver->watched ||
		     time_before(deadline, driver->watched_at)))
		umd_watch_anew(driver, deadline);
}

/* Notes that the watchdog looks at every deadline now. */
static inline void umd_watch_begin(struct umd_driver *driver)
{
	lockdep_assert_held(&driver->lock);
	driver->watched = false;
}

#endif /* _UMD_STATE_H */
