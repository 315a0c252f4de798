/* SPDX-License-Identifier: GPL-2.0-only */
/* Part of state.h: a driver. */
#ifndef _UMD_DRIVER_H
#define _UMD_DRIVER_H

#include <linux/bits.h>
#include <linux/completion.h>
#include <linux/hashtable.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/ratelimit.h>
#include <linux/spinlock.h>
#include <linux/uidgid.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "statistics.h"
#include "user.h"
#include "usermode_driver_mgmt.h"

struct dentry;
struct module;
struct task_struct;
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
 * @due: UMD_DUE_... bits: work for umd_driver_do_due(), and messages
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
 * @load_pause: the last load failed
 * @last_id: id of the last request
 * @users: all users of whom something is known, the last of whom has called last
 * @user_count: how many these are
 * @user_table: the same by their ids
 * @turns: those of them with requests that a Handler is to read
 * @queued: how many these requests are
 * @running: workers that have read a request of a user and not replied
 * @work: the least that Handlers had worked for a user who was served lately
 * @workers: all workers whose channel is open, also those that have ended
 * @spare_due: the watchdog shall see to spare workers
 * @start_failures: starts that failed
 * @start_pause: the last start found no resources
 * @statistics: what the driver has done
 * @load: umd_mgmt_load() waits for a start, or NULL
 * @start_work: starts workers as long as they are wanted
 * @helpers_disabled: no process can be started before the thaw
 * @polls: the driver looks whether processes are frozen
 * @polled_at: when it has looked for that last, in jiffies
 * @frozen: they were
 * @watchdog: ends what is past its deadline, and starts what can wait
 * @watched: the watchdog will come
 * @watched_at: at this time at the latest, in jiffies
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
	struct umd_pause load_pause;
	u64 last_id;
	struct list_head users;
	unsigned int user_count;
	DECLARE_HASHTABLE(user_table, UMD_USER_BITS);
	struct list_head turns;
	unsigned int queued;
	unsigned int running;
	u64 work;
	struct list_head workers;
	bool spare_due;
	struct umd_backoff start_failures;
	struct umd_pause start_pause;
	struct umd_statistics statistics;

	struct umd_load *load;
	struct work_struct start_work;
	bool helpers_disabled;
	bool polls;
	unsigned long polled_at;
	bool frozen;
	struct delayed_work watchdog;
	bool watched;
	unsigned long watched_at;
	unsigned int noticed;
	struct umd_notice notices[UMD_NOTICES];
};

#endif /* _UMD_DRIVER_H */
