/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of umd_mgmt.ko share.
 *
 * A driver (struct umd_driver) has a queue of requests that no Handler has
 * read, and workers, each one Handler process with its channel. One spinlock,
 * that of the driver, protects all of it. It is never held while data is
 * copied: a request whose buffers are being copied is marked, and whoever ends
 * it meanwhile leaves its completion to the one who copies.
 */
#ifndef _UMD_INTERNAL_H
#define _UMD_INTERNAL_H

#include <linux/completion.h>
#include <linux/cred.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/moduleparam.h>
#include <linux/path.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/uidgid.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "usermode_driver_mgmt.h"

struct umd_blob;
struct umd_request;
struct umd_worker;

/* The workqueue for starts, blobs and watchdogs. */
extern struct workqueue_struct *umd_wq;

/**
 * struct umd_driver - a registered driver
 * @ref: held by the registration and by each worker
 * @mgmt: the Manager's description; valid while registered
 * @id: number of the driver, from which its ids follow
 * @uid: user id of its Handlers, real, effective, saved and file system
 * @gid: the same for the group
 * @timeout: deadline of a call in jiffies
 * @lock: protects all below, and the requests and workers of this driver
 * @blob: the binary, or NULL
 * @unloading: @blob is about to go: no request is taken
 * @unloaded_at: when the last unload ended, in 64-bit jiffies
 * @load_count: how many loads by a Loader have ended
 * @load_error: how the last one of them did
 * @last_id: id of the last request
 * @queue: requests that no Handler has read
 * @workers: all workers whose channel is open, also those that have ended
 * @start_wanted: umd_mgmt_load() waits for a start
 * @start_error: result of that start
 * @started: that start is over
 * @starter: the task that starts a worker, while it does
 * @starting: that worker
 * @start_work: starts workers as long as they are wanted
 * @watchdog: ends what is past its deadline
 */
struct umd_driver {
	struct kref ref;
	struct umd_mgmt *mgmt;
	int id;
	kuid_t uid;
	kgid_t gid;
	unsigned long timeout;

	spinlock_t lock; /* of all below */
	struct umd_blob *blob;
	bool unloading;
	u64 unloaded_at;
	unsigned int load_count;
	int load_error;
	u64 last_id;
	struct list_head queue;
	struct list_head workers;

	bool start_wanted;
	int start_error;
	struct completion started;
	struct task_struct *starter;
	struct umd_worker *starting;
	struct work_struct start_work;
	struct delayed_work watchdog;
};

/**
 * struct umd_request - a call in progress, on its caller's stack
 * @node: in the driver's queue until a Handler reads it
 * @header: what the Handler gets
 * @in: payload of the request, @header.len bytes
 * @out: where the reply's payload goes
 * @out_size: room there
 * @out_min: shortest payload of a reply with status zero
 * @timeout: how long its Handler may take once it has read it, in jiffies
 * @deadline: when the call ends at the latest, in jiffies
 * @worker: whose request it is: set when read, and before that if @direct
 * @direct: meant for one worker only
 * @copying: @in or @out is in use; who clears this completes an ended request
 * @ended: @error is set, nothing changes any more
 * @error: zero when there was a reply
 * @status: the reply's
 * @out_len: length of the reply's payload
 * @done: completed as the last access
 */
struct umd_request {
	struct list_head node;
	struct umd_frame_header header;
	const void *in;
	void *out;
	u32 out_size;
	u32 out_min;
	unsigned long timeout;
	unsigned long deadline;
	struct umd_worker *worker;
	bool direct;
	bool copying;
	bool ended;
	int error;
	int status;
	u32 out_len;
	struct completion done;
};

/* What no errno can be confused with; see the functions that return them. */
#define UMD_NOT_LOADED		1
#define UMD_KILLED_OUTSIDE	1

/* Why a worker ended, which decides who is told. */
enum umd_end {
	UMD_END_OWN,		/* its own doing: exit, fault, violation */
	UMD_END_OUTSIDE,	/* somebody else's or the OOM killer's signal */
	UMD_END_TIMEOUT,	/* a deadline passed */
	UMD_END_UNLOAD,		/* the driver is unloaded */
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
 * @state: see there
 * @end: why it ended
 * @error: what its request was ended with
 * @has_read: it has read a request of the queue
 * @busy: it has read a request and not replied
 * @sent: header of that request
 * @due: it has to read or to reply by @deadline, or is killed
 * @deadline: in jiffies; its own, whenever the caller's may be
 * @request: that request, or NULL when its caller has left
 * @direct: request that this worker shall read next and no other may
 * @wait: where its read() waits
 */
struct umd_worker {
	struct kref ref;
	struct umd_driver *driver;
	struct list_head node;
	struct pid *pid;
	bool sealed;
	enum umd_worker_state state;
	enum umd_end end;
	int error;
	bool has_read;
	bool busy;
	struct umd_frame_header sent;
	bool due;
	unsigned long deadline;
	struct umd_request *request;
	struct umd_request *direct;
	wait_queue_head_t wait;
};

/* driver.c */
void umd_driver_free(struct kref *ref);
bool umd_driver_loaded(struct umd_driver *driver);
void umd_driver_kick(struct umd_driver *driver);
void umd_driver_watch(struct umd_driver *driver, unsigned long deadline);

/* load.c */
int umd_driver_request_loader(struct umd_driver *driver);

/* request.c */
void umd_request_init(struct umd_request *req, const struct umd_mgmt_call *call,
		      unsigned long timeout);
int umd_request_run(struct umd_driver *driver, struct umd_worker *target,
		    struct umd_request *req);
void umd_request_detach(struct umd_request *req);
void umd_request_end(struct umd_request *req, int error);
bool umd_request_copied(struct umd_request *req);
void umd_queue_end(struct umd_driver *driver, int error);

/* worker.c */
int umd_worker_start(struct umd_driver *driver);
void umd_worker_expect(struct umd_worker *worker, unsigned long timeout);
void umd_worker_end(struct umd_worker *worker, enum umd_end end, int error);
void umd_worker_put(struct umd_worker *worker);
void umd_worker_call(struct umd_worker *worker);
void umd_worker_wait_exit(struct umd_driver *driver);

/* channel.c */
int umd_channel_install(struct umd_worker *worker);

/* reply.c */
const char *umd_reply_check(const struct umd_frame_header *sent,
			    const struct umd_frame_header *reply,
			    size_t payload, u32 max_reply);
const char *umd_hello_check(const struct umd_hello *ours,
			    const struct umd_hello *theirs);

/* spawn.c */
int umd_spawn(struct umd_worker *worker);

/* blob.c */
struct umd_blob *umd_blob_create(const char *name, const void *data,
				 size_t size);
void umd_blob_destroy(struct umd_blob *blob);
struct path umd_blob_root(const struct umd_blob *blob);
struct vfsmount *umd_tmpfs_mount(void);
void umd_tmpfs_protect(struct vfsmount *mnt);

/* seal.c */
int umd_seal_before_exec(struct umd_worker *worker, struct cred *new);
int umd_seal_before_input(struct umd_worker *worker);
bool umd_seal_holds(const struct umd_worker *worker);
int umd_seal_init(void);
void umd_seal_exit(void);
int umd_seal_ids(struct umd_driver *driver);

#endif /* _UMD_INTERNAL_H */
