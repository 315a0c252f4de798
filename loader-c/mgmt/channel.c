// SPDX-License-Identifier: GPL-2.0-only
/*
 * The channel: what a Handler has as descriptors 0 and 1.
 *
 * Each read() is one request, each write() is one reply. Both are copied
 * straight between the caller's buffers and the Handler's memory. A read() with
 * a larger buffer than a request needs is both: it brings the reply to the last
 * request behind the room for the next one (%UMD_FRAME_REPLY_BY_READ), which
 * saves a system call.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/oom.h>
#include <linux/sched/signal.h>
#include <linux/seccomp.h>
#include <linux/uaccess.h>

#include "inject.h"
#include "process.h"
#include "reply.h"
#include "trace.h"

#define UMD_HEADER_SIZE sizeof(struct umd_frame_header)

/* Only the process that was started may use the channel, with no other thread. */
static bool umd_channel_is_own(const struct umd_worker *worker)
{
	return current == worker->task && thread_group_empty(current);
}

static void umd_channel_violation(struct umd_worker *worker, const char *what)
{
	lockdep_assert_held(&worker->driver->lock);
	if (worker->state == UMD_WORKER_ENDED)
		return;
	umd_notice(worker, true, "protocol violation, killed: ", what);
	umd_worker_end(worker, UMD_END_VIOLATION, -EPROTO);
}

/*
 * Nothing is given to and nothing taken from a process whose seal is not as it
 * was made, or that somebody traces.
 */
static bool umd_channel_is_sealed(struct umd_worker *worker)
{
	lockdep_assert_held(&worker->driver->lock);
	if (umd_seal_holds(worker))
		return true;
	umd_notice(worker, true, "traced or not sealed, killed", "");
	umd_worker_end(worker, UMD_END_TRACED, -EPIPE);
	return false;
}

static struct umd_request *umd_channel_next(struct umd_worker *worker)
{
	lockdep_assert_held(&worker->driver->lock);
	if (worker->state == UMD_WORKER_STARTING)
		return worker->direct;
	return umd_queue_next(worker);
}

/* Whether a SIGSTOP waits for the current process, and no tracer takes it. */
static bool umd_channel_will_stop(void)
{
	sigset_t *own = &current->pending.signal;
	sigset_t *shared = &current->signal->shared_pending.signal;

	/* Whichever of two values is read was there just now. */
	return data_race(sigismember(own, SIGSTOP) ||
			 sigismember(shared, SIGSTOP)) &&
	       (!current->ptrace || !umd_tracer_is_allowed(current));
}

/*
 * A signal has come instead of a request. A signal that stops the process for who
 * knows how long ends it: nobody can tell later, without a lock that modules
 * do not get, whether a process is about to stop, and a request would wait for
 * it. (Of the signals that stop, only SIGSTOP works: the process's group is an
 * orphaned one.) A control group that freezes the process looks like a signal,
 * too, and can be told later: that ends a process only when it was called.
 */
static void *umd_channel_interrupted(struct umd_worker *worker)
{
	lockdep_assert_held(&worker->driver->lock);
	if (umd_channel_will_stop() ||
	    (worker->duty == UMD_WORKER_CALLED &&
	     worker->state == UMD_WORKER_READY && umd_task_is_frozen(current)))
		umd_worker_end(worker, UMD_END_TRACED, -EPIPE);
	return ERR_PTR(-ERESTARTSYS);
}

/* Takes the next request. Returns NULL when there is none yet. */
static struct umd_request *umd_channel_take(struct umd_worker *worker,
					    size_t room)
{
	struct umd_request *req;

	lockdep_assert_held(&worker->driver->lock);
	if (worker->state == UMD_WORKER_ENDED)
		return ERR_PTR(-ESHUTDOWN);
	/* A process that is about to die must not take a request with it. */
	if (signal_pending(current))
		return umd_channel_interrupted(worker);
	req = umd_channel_next(worker);
	if (worker->duty != UMD_WORKER_BUSY && !req)
		return NULL;
	if (!umd_channel_is_sealed(worker))
		return ERR_PTR(-EPERM);
	if (worker->duty == UMD_WORKER_BUSY) {
		umd_channel_violation(worker, "reads before it replies");
		return ERR_PTR(-EPROTO);
	}
	if (room < UMD_HEADER_SIZE + req->header.len) {
		umd_channel_violation(worker, "reads less than a frame");
		return ERR_PTR(-EPROTO);
	}

	umd_worker_take(worker, req);
	return req;
}

static bool umd_channel_is_called(const void *data)
{
	const struct umd_worker *worker = data;

	/* umd_channel_take() looks again, under the lock. */
	return data_race(READ_ONCE(worker->driver->queued) ||
			 READ_ONCE(worker->direct) ||
			 READ_ONCE(worker->state) == UMD_WORKER_ENDED);
}

/* A signal that ends the wait is looked at by umd_channel_take(). */
static struct umd_request *umd_channel_wait(struct umd_worker *worker,
					    size_t room)
	__must_hold(&worker->driver->lock)
{
	struct umd_driver *driver = worker->driver;
	struct umd_request *req;
	bool looked = false;

	lockdep_assert_held(&driver->lock);
	if (!worker->reading)
		umd_worker_set_reading(worker, true);
	while (!(req = umd_channel_take(worker, room))) {
		/* No request is left: a worker was quicker, or the caller left. */
		if (worker->duty != UMD_WORKER_IDLE) {
			umd_worker_rest(worker);
			/* What is left may be for others. */
			if (driver->queued)
				umd_driver_make_due(driver, UMD_DUE_QUEUE);
		}
		if (!looked && umd_spins()) {
			umd_driver_unlock(driver);
			umd_spin(umd_channel_is_called, worker);
			umd_driver_lock(driver);
			looked = true;
			continue;
		}
		looked = false;
		/* A caller that has its reply may ask again before this sleeps. */
		if (!need_resched()) {
			umd_worker_set_asleep(worker, true);
			set_current_state(TASK_INTERRUPTIBLE | TASK_FREEZABLE);
		}
		umd_driver_unlock(driver);
		schedule();
		umd_driver_lock(driver);
		if (worker->asleep)
			umd_worker_set_asleep(worker, false);
	}
	/* A read() that a signal interrupts is made again at once. */
	if (IS_ERR(req) && req != ERR_PTR(-ERESTARTSYS))
		umd_worker_set_reading(worker, false);
	return req;
}

/* Number of bytes of the frame that could not be copied. */
static size_t umd_channel_copy_request(const struct umd_worker *worker,
				       const struct umd_request *req,
				       char __user *buf)
{
	size_t left;

	left = copy_to_user(buf, &worker->sent, UMD_HEADER_SIZE);
	if (left)
		return left + worker->sent.len;
	return copy_to_user(buf + UMD_HEADER_SIZE, req->in, worker->sent.len);
}

/* Why the current process dies, when it was killed by somebody else. */
static enum umd_end umd_channel_killed(void)
{
	return tsk_is_oom_victim(current) ? UMD_END_OOM : UMD_END_OUTSIDE;
}

/*
 * A copy from or to the Handler's memory failed. A dying process's memory
 * cannot be accessed either.
 */
static ssize_t umd_channel_fault(struct umd_worker *worker, const char *what)
{
	lockdep_assert_held(&worker->driver->lock);
	if (fatal_signal_pending(current))
		umd_worker_end(worker, umd_channel_killed(), -EPIPE);
	else
		umd_channel_violation(worker, what);
	return -EFAULT;
}

/*
 * The request has been copied but for @left bytes. A request of which no
 * instruction of the Handler will see anything is for the next Handler.
 */
static ssize_t umd_channel_handed_over(struct umd_worker *worker,
				       struct umd_request *req, size_t left)
{
	size_t size = UMD_HEADER_SIZE + worker->sent.len;
	bool unread = left == size || fatal_signal_pending(current);

	lockdep_assert_held(&worker->driver->lock);
	umd_worker_copied(worker, req, unread);
	if (left || unread)
		return umd_channel_fault(worker, "reads to where it may not");
	return size;
}

/*
 * Decides what becomes of a reply whose header is valid. Returns the request
 * whose buffer shall be filled, or NULL when the payload is of no use: its
 * caller has left, or has too little room.
 */
static struct umd_request *umd_channel_accept(struct umd_worker *worker,
					      const struct umd_frame_header *reply)
{
	struct umd_request *req = worker->request;

	lockdep_assert_held(&worker->driver->lock);
	if (!req || reply->len > req->out_size) {
		if (req)
			umd_request_end(req, -EMSGSIZE);
		umd_worker_done(worker, ktime_get());
		return NULL;
	}
	if (!reply->status && reply->len < req->out_min) {
		umd_channel_violation(worker, "reply shorter than asked");
		return ERR_PTR(-EPROTO);
	}
	umd_request_fill(req);
	return req;
}

/* Checks a reply's header. */
static struct umd_request *umd_channel_check(struct umd_worker *worker,
					     const struct umd_frame_header *reply,
					     size_t payload)
{
	const char *wrong = "replies unasked";

	lockdep_assert_held(&worker->driver->lock);
	if (worker->state == UMD_WORKER_ENDED)
		return ERR_PTR(-ESHUTDOWN);
	if (!umd_channel_is_sealed(worker))
		return ERR_PTR(-EPERM);
	if (worker->duty == UMD_WORKER_BUSY)
		wrong = umd_reply_check(&worker->sent, reply, payload,
					worker->driver->mgmt->max_reply);
	if (!wrong)
		return umd_channel_accept(worker, reply);
	umd_channel_violation(worker, wrong);
	return ERR_PTR(-EPROTO);
}

/* The payload has been copied but for @left bytes. */
static ssize_t umd_channel_replied(struct umd_worker *worker,
				   struct umd_request *req,
				   const struct umd_frame_header *reply,
				   size_t left)
{
	ktime_t now = ktime_get();
	bool wanted;

	lockdep_assert_held(&worker->driver->lock);
	wanted = umd_request_copied(req);
	trace_umd_reply(worker, reply);
	if (left)
		return umd_channel_fault(worker, "writes from where it may not");
	if (wanted)
		umd_request_reply(req, reply, now);
	umd_worker_done(worker, now);
	return UMD_HEADER_SIZE + reply->len;
}

/*
 * Takes the reply that is at @buf: @count bytes, or with @by_read at most as
 * many, and as many as the header says. Returns with the driver locked: a worker
 * mostly waits for the next request then.
 */
static ssize_t umd_channel_send(struct umd_worker *worker,
				const char __user *buf, size_t count,
				bool by_read)
	__acquires(&worker->driver->lock)
{
	struct umd_frame_header reply;
	struct umd_request *req;
	size_t payload, left;

	if (count < UMD_HEADER_SIZE ||
	    copy_from_user(&reply, buf, UMD_HEADER_SIZE)) {
		umd_driver_lock(worker->driver);
		return umd_channel_fault(worker, "writes less than a header");
	}

	payload = count - UMD_HEADER_SIZE;
	if (by_read)
		payload = min_t(size_t, payload, reply.len);

	umd_driver_lock(worker->driver);
	if (worker->reading != by_read)
		umd_worker_set_reading(worker, by_read);
	req = umd_channel_check(worker, &reply, payload);
	if (IS_ERR(req))
		return PTR_ERR(req);
	if (!req)
		return count;
	umd_driver_unlock(worker->driver);
	left = copy_from_user(req->out, buf + UMD_HEADER_SIZE, reply.len);

	umd_driver_lock(worker->driver);
	return umd_channel_replied(worker, req, &reply, left);
}

static ssize_t umd_channel_write(struct file *file, const char __user *buf,
				 size_t count, loff_t *pos)
{
	struct umd_worker *worker = file->private_data;
	ssize_t ret;

	if (!umd_channel_is_own(worker) || !worker->sealed)
		return -EPERM;
	umd_inject_begin(UMD_INJECT_WRITE);
	ret = umd_channel_send(worker, buf, count, false);
	umd_driver_unlock(worker->driver);
	umd_inject_end(UMD_INJECT_WRITE);
	return ret;
}

/*
 * The room for a request in the buffer of a read() that brings a reply, or 0
 * when it brings none. A read() that is made again after a signal has brought its
 * reply before: the worker is not busy any more, and only its own read() makes
 * it so.
 */
static size_t umd_channel_brings_reply(const struct umd_worker *worker,
				       size_t count)
{
	size_t room = READ_ONCE(worker->request_room);

	/* Other tasks change the duty too, but neither from nor to BUSY. */
	if (READ_ONCE(worker->duty) != UMD_WORKER_BUSY || room >= count)
		return 0;
	return room;
}

/* Sets the rest of the seal in a process's first read(). */
static int umd_channel_seal(struct umd_worker *worker)
{
	int err;

	err = umd_seal_before_input(worker);
	umd_driver_lock(worker->driver);
	if (err)
		umd_worker_end(worker, UMD_END_START, err);
	else
		umd_worker_set_sealed(worker);
	umd_driver_unlock(worker->driver);
	return err;
}

static ssize_t umd_channel_receive(struct umd_worker *worker, char __user *buf,
				   size_t count)
{
	struct umd_driver *driver = worker->driver;
	struct umd_request *req;
	size_t room, left;
	ssize_t ret = 0;

	if (!umd_channel_is_own(worker))
		return -EPERM;
	if (!worker->sealed) {
		ret = umd_channel_seal(worker);
		if (ret)
			return ret;
	}
	room = umd_channel_brings_reply(worker, count);
	if (room) {
		ret = umd_channel_send(worker, buf + room, count - room, true);
		count = room;
	} else {
		umd_driver_lock(driver);
	}
	req = ret < 0 ? ERR_PTR(ret) : umd_channel_wait(worker, count);
	umd_driver_unlock(driver);
	if (IS_ERR(req))
		return PTR_ERR(req);
	left = umd_channel_copy_request(worker, req, buf);

	umd_driver_lock(driver);
	ret = umd_channel_handed_over(worker, req, left);
	umd_driver_unlock(driver);
	return ret;
}

static ssize_t umd_channel_read(struct file *file, char __user *buf,
				size_t count, loff_t *pos)
{
	struct umd_worker *worker = file->private_data;
	ssize_t ret;

	if (!worker->sealed)
		umd_inject_end(UMD_INJECT_SPAWN);
	umd_inject_begin(UMD_INJECT_READ);
	ret = umd_channel_receive(worker, buf, count);
	umd_inject_end(UMD_INJECT_READ);
	return ret;
}

/* Why the current process exits: by itself, or by a signal. */
static enum umd_end umd_channel_cause(int signal)
{
	/* Strict seccomp ends a process by SIGKILL, as others do. */
	if (current->seccomp.mode > SECCOMP_MODE_FILTER)
		return UMD_END_SECCOMP;
	switch (signal) {
	case 0:
		/* An exec that fails for a kill is no exit of the Handler's own. */
		if (fatal_signal_pending(current) || tsk_is_oom_victim(current))
			break;
		return UMD_END_EXIT;
	case SIGSEGV:
	case SIGBUS:
	case SIGILL:
	case SIGFPE:
	case SIGTRAP:
	case SIGSYS:
		return UMD_END_FAULT;
	}
	return umd_channel_killed();
}

/*
 * Called for each descriptor when the process exits, before its files are
 * released: notifies of its death even if some other process holds a file.
 */
static int umd_channel_flush(struct file *file, fl_owner_t id)
{
	struct umd_worker *worker = file->private_data;
	int code = current->exit_code, signal = code & 0x7f;
	enum umd_end end;
	bool first;

	if (!(current->flags & PF_EXITING) ||
	    !same_thread_group(current, worker->task))
		return 0;

	end = umd_channel_cause(signal);
	umd_driver_lock(worker->driver);
	first = worker->state != UMD_WORKER_ENDED;
	umd_worker_end(worker, end, -EPIPE);
	umd_driver_unlock(worker->driver);
	/* A process without a first read() is a failed start, reported there. */
	if (!first || !worker->sealed)
		return 0;
	if (signal)
		pr_info_ratelimited("%s[%d]: ended by signal %d (%s)\n",
				    current->comm, current->tgid, signal,
				    umd_ends[end].name);
	else
		pr_info_ratelimited("%s[%d]: exited with code %d\n",
				    current->comm, current->tgid, code >> 8);
	return 0;
}

static int umd_channel_release(struct inode *inode, struct file *file)
{
	struct umd_worker *worker = file->private_data;

	umd_driver_lock(worker->driver);
	umd_worker_end(worker, UMD_END_VIOLATION, -EPIPE);
	umd_driver_unlock(worker->driver);
	umd_worker_put(worker);
	return 0;
}

static const struct file_operations umd_channel_fops = {
	.owner = THIS_MODULE,
	.read = umd_channel_read,
	.write = umd_channel_write,
	.flush = umd_channel_flush,
	.release = umd_channel_release,
};

/**
 * umd_channel_install - give the current process the channel as 0 and 1
 * @worker: the worker that the process is
 *
 * Context: the new process, before exec, with an empty table of files.
 * Return: 0 or a negative errno, after which the process must exit. A file that
 * was made keeps a reference to @worker until it is released, at the latest by
 * that exit.
 */
int umd_channel_install(struct umd_worker *worker)
{
	struct file *file;
	int fd, i;

	might_sleep();
	file = anon_inode_getfile("[umd]", &umd_channel_fops, worker, O_RDWR);
	if (IS_ERR(file))
		return PTR_ERR(file);
	stream_open(file_inode(file), file);
	kref_get(&worker->ref);

	for (i = 0; i < 2; i++) {
		fd = get_unused_fd_flags(0);
		if (fd != i)
			break;
		fd_install(fd, get_file(file));
	}
	fput(file);
	if (i < 2) {
		if (fd >= 0)
			put_unused_fd(fd);
		return fd < 0 ? fd : -EBADF;
	}
	return 0;
}
