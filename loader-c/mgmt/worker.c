// SPDX-License-Identifier: GPL-2.0-only
/* Workers: one Handler process each, from its start to its end. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "internal.h"

/* How long unloading waits for the processes that it has killed. */
#define UMD_EXIT_WAIT_MS 1000

static struct umd_worker *umd_worker_create(struct umd_driver *driver)
{
	struct umd_worker *worker;

	worker = kzalloc(sizeof(*worker), GFP_KERNEL);
	if (!worker)
		return NULL;
	kref_init(&worker->ref);
	kref_get(&driver->ref);
	worker->driver = driver;
	worker->state = UMD_WORKER_STARTING;
	init_waitqueue_head(&worker->wait);

	spin_lock(&driver->lock);
	list_add(&worker->node, &driver->workers);
	driver->starting = worker;
	driver->starter = current;
	if (driver->unloading)
		umd_worker_end(worker, UMD_END_UNLOAD, -ESHUTDOWN);
	spin_unlock(&driver->lock);
	return worker;
}

static void umd_worker_free(struct kref *ref)
{
	struct umd_worker *worker = container_of(ref, struct umd_worker, ref);
	struct umd_driver *driver = worker->driver;

	spin_lock(&driver->lock);
	list_del(&worker->node);
	spin_unlock(&driver->lock);
	put_pid(worker->pid);
	kfree(worker);
	kref_put(&driver->ref, umd_driver_free);
}

/**
 * umd_worker_put - drop a reference
 * @worker: the worker
 *
 * Context: any that may take the driver's lock, which the caller must not
 * hold.
 */
void umd_worker_put(struct umd_worker *worker)
{
	kref_put(&worker->ref, umd_worker_free);
}

/**
 * umd_worker_end - end a worker and what it was asked
 * @worker: the worker, in any state; the first end counts
 * @end: why
 * @error: what the call gets whose request it has read
 *
 * The process is killed, and not waited for. Requests that it has not read
 * stay in the queue, and another worker is started for them, unless this one
 * came to its end by its own doing before it had read any: then the next one
 * would too.
 *
 * Context: caller holds the driver's lock.
 */
void umd_worker_end(struct umd_worker *worker, enum umd_end end, int error)
{
	struct umd_driver *driver = worker->driver;
	bool starting = worker->state == UMD_WORKER_STARTING;

	if (worker->state == UMD_WORKER_ENDED)
		return;
	worker->state = UMD_WORKER_ENDED;
	worker->end = end;
	worker->error = error;
	if (worker->direct)
		umd_request_end(worker->direct, error);
	if (worker->request)
		umd_request_end(worker->request, error);
	if (end == UMD_END_OWN && !starting && !worker->has_read)
		umd_queue_end(driver, error);
	if (worker->pid)
		kill_pid(worker->pid, SIGKILL, 1);
	wake_up(&worker->wait);
	umd_driver_kick(driver);
}

/**
 * umd_worker_expect - have a worker killed unless it reads or replies in time
 * @worker: the worker
 * @timeout: in jiffies from now
 *
 * Context: caller holds the driver's lock.
 */
void umd_worker_expect(struct umd_worker *worker, unsigned long timeout)
{
	worker->due = true;
	worker->deadline = jiffies + timeout;
	umd_driver_watch(worker->driver, worker->deadline);
}

/**
 * umd_worker_call - tell a worker that there is something in the queue
 * @worker: a live worker; one that is busy will look there by itself
 *
 * Context: caller holds the driver's lock.
 */
void umd_worker_call(struct umd_worker *worker)
{
	if (worker->state != UMD_WORKER_READY || worker->busy)
		return;
	if (!worker->due)
		umd_worker_expect(worker, worker->driver->timeout);
	wake_up(&worker->wait);
}

static int umd_worker_hello(struct umd_worker *worker)
{
	struct umd_driver *driver = worker->driver;
	const struct umd_hello ours = {
		.version = UMD_ABI_VERSION,
		.max_request = driver->mgmt->max_request,
		.max_reply = driver->mgmt->max_reply,
	};
	struct umd_hello theirs;
	const struct umd_mgmt_call call = {
		.op = UMD_OP_HELLO,
		.in = &ours,
		.in_len = sizeof(ours),
		.out = &theirs,
		.out_size = sizeof(theirs),
		.out_min = sizeof(theirs),
	};
	struct umd_request req;
	const char *wrong;
	int err;

	umd_request_init(&req, &call, driver->timeout);
	err = umd_request_run(driver, worker, &req);
	if (err)
		return err;
	if (req.status) {
		pr_err("%s: Handler refuses HELLO: status %d\n",
		       driver->mgmt->driver_name, req.status);
		return -EPROTO;
	}
	wrong = umd_hello_check(&ours, &theirs);
	if (!wrong)
		return 0;
	pr_err("%s: Handler %s: version %u, requests to %u, replies to %u; wanted %u, %u, %u\n",
	       driver->mgmt->driver_name, wrong, theirs.version,
	       theirs.max_request, theirs.max_reply, ours.version,
	       ours.max_request, ours.max_reply);
	return -EPROTO;
}

static int umd_worker_run(struct umd_worker *worker)
{
	struct umd_mgmt *mgmt = worker->driver->mgmt;
	int err;

	err = umd_spawn(worker);
	if (err)
		return err;
	err = umd_worker_hello(worker);
	if (err || !mgmt->post_start)
		return err;
	err = mgmt->post_start(mgmt);
	return err > 0 ? -EINVAL : err;
}

/**
 * umd_worker_start - start a Handler, up to where it takes requests
 * @driver: a driver with a binary
 *
 * Context: the driver's start work, which has no two instances at a time.
 * Return: 0; %UMD_KILLED_OUTSIDE when somebody killed the Handler meanwhile,
 * which says nothing of the Handler; a negative errno when it cannot be started.
 */
int umd_worker_start(struct umd_driver *driver)
{
	struct umd_worker *worker;
	int err;

	worker = umd_worker_create(driver);
	if (!worker)
		return -ENOMEM;
	err = umd_worker_run(worker);

	spin_lock(&driver->lock);
	driver->starting = NULL;
	driver->starter = NULL;
	if (worker->state == UMD_WORKER_ENDED) {
		if (worker->end == UMD_END_OUTSIDE)
			err = UMD_KILLED_OUTSIDE;
		else if (!err || worker->end == UMD_END_UNLOAD)
			err = worker->error;
	} else if (err) {
		umd_worker_end(worker, UMD_END_OWN, err);
	} else {
		worker->state = UMD_WORKER_READY;
		umd_driver_kick(driver);
	}
	spin_unlock(&driver->lock);
	umd_worker_put(worker);
	return err;
}

static bool umd_process_runs(struct pid *pid)
{
	struct task_struct *task;
	bool ret;

	rcu_read_lock();
	task = pid_task(pid, PIDTYPE_TGID);
	ret = task && !READ_ONCE(task->exit_state);
	rcu_read_unlock();
	return ret;
}

/**
 * umd_worker_wait_exit - wait until the processes of ended workers are gone
 * @driver: a driver all of whose workers have ended
 *
 * So that whoever has removed the Loader finds no process, and can remove the
 * library, which each channel's file pins until a moment after its release. A
 * process that cannot die now (it
 * may be in a frozen control group) is left behind after a second: it is sealed
 * and detached, and nothing but the library is needed for its end.
 *
 * Context: process context, sleeps, no lock held.
 */
void umd_worker_wait_exit(struct umd_driver *driver)
{
	unsigned long end = jiffies + msecs_to_jiffies(UMD_EXIT_WAIT_MS);
	struct umd_worker *worker;
	struct pid *pid;

	do {
		pid = NULL;
		spin_lock(&driver->lock);
		list_for_each_entry(worker, &driver->workers, node) {
			pid = get_pid(worker->pid);
			if (pid)
				break;
		}
		spin_unlock(&driver->lock);
		if (!pid)
			return;
		while (umd_process_runs(pid) && time_before(jiffies, end))
			usleep_range(500, 1000);
		put_pid(pid);
		/* Some other process may still hold the file. */
		usleep_range(50, 100);
	} while (time_before(jiffies, end));
	pr_warn("%s: a killed Handler has not exited yet\n",
		driver->mgmt->driver_name);
}
