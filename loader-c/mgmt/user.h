/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Part of state.h: what a driver knows of a user. Users do not trust each
 * other: each has a queue, a share of the Handlers' time, and failures of his own.
 */
#ifndef _UMD_USER_H
#define _UMD_USER_H

#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/uidgid.h>

struct umd_driver;

/* A user counts as present for so long after the last call. */
#define UMD_USER_PRESENT (10 * HZ)

/* A driver's table of users has two to the power of this many lists. */
#define UMD_USER_BITS 8

/**
 * struct umd_backoff - failures of late
 * @count: how many there have been that are not forgotten
 * @since: time of the last one, in 64-bit jiffies
 * @forgot: time up to which failures have been forgotten, likewise
 */
struct umd_backoff {
	unsigned int count;
	u64 since;
	u64 forgot;
};

/**
 * struct umd_pause - an error that counts for a while
 * @error: a negative errno, or 0
 * @end: when it does not count any more, in 64-bit jiffies
 */
struct umd_pause {
	int error;
	u64 end;
};

/* So many service times are kept, and one is no estimate with fewer. */
#define UMD_SERVICE_TIMES 8
/* Estimates for so many operations are kept at a time. */
#define UMD_SERVICES 4
/* A service time counts for so long. */
#define UMD_SERVICE_AGE HZ

/**
 * struct umd_service - for how long Handlers worked on requests of one operation
 * @op: the operation
 * @count: how many times are kept
 * @next: where the next one goes
 * @last: when the last one was measured, in jiffies
 * @us: the times in microseconds
 */
struct umd_service {
	u16 op;
	u8 count;
	u8 next;
	unsigned long last;
	u32 us[UMD_SERVICE_TIMES];
};

/**
 * struct umd_user - what a driver knows of a user
 * @driver: the driver
 * @node: in the driver's list of users, of whom the last has called last
 * @hash: in the driver's table of users
 * @turn: in the driver's list of users with requests in the queue
 * @uid: the user
 * @queue: requests that a Handler is to read, the oldest first
 * @queued: how many these are
 * @running: Handlers that have read a request of this user and not replied
 * @called: for internal use of umd_schedule_bound()
 * @starved: hangs for which there was no processor time
 * @seen: when the last call was, in 64-bit jiffies
 * @work: for how long Handlers have worked for this user, in nanoseconds, and at
 *	least for how long they had worked for the others when the user came back
 * @crashes: Handlers that the user's requests have made crash or hang
 * @services: how long the user's requests take
 *
 * Only user.c, state.h, queue.c, queue.h and failure.c write this; schedule.c and
 * worker.c write @called and @starved.
 */
struct umd_user {
	struct umd_driver *driver;
	struct list_head node;
	struct hlist_node hash;
	struct list_head turn;
	kuid_t uid;
	struct list_head queue;
	unsigned int queued;
	unsigned int running;
	unsigned int called;
	unsigned int starved;
	u64 seen;
	u64 work;
	struct umd_backoff crashes;
	struct umd_service services[UMD_SERVICES];
};

#endif /* _UMD_USER_H */
