/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The interface of umd_mgmt.ko: a kernel module asks a sealed user process,
 * whose binary another module carries.
 */
#ifndef _USERMODE_DRIVER_MGMT_H
#define _USERMODE_DRIVER_MGMT_H

#include <linux/fs.h>
#include <linux/module.h>
#include <linux/types.h>

#include "umd_abi.h"

#if !defined(CONFIG_64BIT) || defined(CONFIG_CPU_BIG_ENDIAN)
#error "user mode drivers are for 64-bit little-endian kernels: see README.md, Limits"
#endif

/* To be stated once by each module that uses this interface. */
#define UMD_MGMT_IMPORT_NS() MODULE_INFO(import_ns, "UMD_MGMT")

/**
 * UMD_MGMT_LOADER() - name the UMD Loader in the file of the UMD Manager
 * @name: the Loader's name, a string: &struct umd_mgmt.kmod
 *
 * To be stated once for each driver. The kernel does not read the name. Tools
 * that make an initramfs find the Loader by it, and modprobe does not load it.
 */
#define UMD_MGMT_LOADER(name) MODULE_INFO(weakdep, name)

struct umd_driver;
struct umd_mgmt;
struct umd_mgmt_files;
struct umd_worker;

/**
 * enum umd_isolation - which requests one Handler may read, one after the other
 * @UMD_SHARED: any: an intruder who has taken over a Handler by a request sees those
 *	of other users that come later, and what is left of earlier ones
 * @UMD_PER_USER: those of one user; a user who needs a Handler takes the place of
 *	another one's that is idle
 * @UMD_PER_REQUEST: only one
 *
 * What post_start asks does not count.
 */
enum umd_isolation {
	UMD_SHARED,
	UMD_PER_USER,
	UMD_PER_REQUEST,
};

/**
 * struct umd_mgmt - a user mode driver, as its UMD Manager describes it
 * @driver_name: name of the Handler's process, at most 15 characters, no '/'
 * @kmod: name of the UMD Loader, the module that is requested when there is
 *	no binary; its init function calls umd_mgmt_load()
 * @post_start: called after each start of a Handler, before it gets any
 *	request but those that this function itself sends to @worker by
 *	umd_mgmt_call_worker(); may be NULL, may sleep, must not call
 *	umd_mgmt_call(), umd_mgmt_send_recv(), umd_mgmt_load(),
 *	umd_mgmt_unload() or umd_mgmt_unregister(). An error ends the Handler
 *	and fails the start.
 * @max_request: largest payload of a request in bytes, at most
 *	%UMD_MAX_PAYLOAD
 * @max_reply: largest payload of a reply in bytes, at most %UMD_MAX_PAYLOAD
 * @timeout_ms: deadline of a call, of HELLO too, and of a Handler to read again
 *	after it has replied; 0 stands for %UMD_MGMT_TIMEOUT_MS
 * @load_timeout_ms: how long a call waits for the Loader to bring a binary, from
 *	when the call's deadline counts; 0 stands for %UMD_MGMT_LOAD_TIMEOUT_MS
 * @max_workers: how many Handlers may run at a time, at most
 *	%UMD_MGMT_MAX_WORKERS; they start on demand; 0 stands for
 *	%UMD_MGMT_WORKERS. Users whose requests hang delay no other user who has
 *	called in the last ten seconds, as long as they are fewer than this;
 *	with 1, any hang delays all.
 * @spare_workers: how many of these to have ready beside the one that is
 *	needed, so that a request that comes after a crash need not wait for a
 *	start; they start when a Handler is ready or has replied
 * @isolation: which requests one Handler may read; with %UMD_PER_REQUEST spare
 *	workers have a process ready
 * @max_requests: after so many requests a Handler is replaced; 0: never
 * @idle_ms: after this time without a request a Handler ends; 0: never
 * @max_queued: requests that may wait for a Handler; 0 stands for
 *	%UMD_MGMT_MAX_QUEUED
 * @max_queued_uid: how many of these may be of one user; 0 stands for
 *	%UMD_MGMT_MAX_QUEUED_UID
 * @idempotent: a request may be made twice: when somebody kills a Handler that
 *	has read it, the request is retried once
 * @memory_max: limit of a Handler's address space in bytes; 0 stands for
 *	%UMD_MGMT_MEMORY_MAX
 * @nice: nice value of the Handlers
 * @oom_score_adj: their adjustment of the OOM killer's score, 0 to 1000
 * @driver: private to the library
 *
 * The Manager owns this struct, which must not change and not go away between
 * umd_mgmt_register() and umd_mgmt_unregister().
 */
struct umd_mgmt {
	const char *driver_name;
	const char *kmod;
	int (*post_start)(struct umd_mgmt *mgmt, struct umd_worker *worker);
	u32 max_request;
	u32 max_reply;
	unsigned int timeout_ms;
	unsigned int load_timeout_ms;
	unsigned int max_workers;
	unsigned int spare_workers;
	enum umd_isolation isolation;
	unsigned int max_requests;
	unsigned int idle_ms;
	unsigned int max_queued;
	unsigned int max_queued_uid;
	bool idempotent;
	unsigned long memory_max;
	int nice;
	int oom_score_adj;
	struct umd_driver *driver;
};

#define UMD_MGMT_TIMEOUT_MS	5000
#define UMD_MGMT_LOAD_TIMEOUT_MS 5000
#define UMD_MGMT_WORKERS	2
#define UMD_MGMT_MAX_WORKERS	64
#define UMD_MGMT_MAX_QUEUED	1024
#define UMD_MGMT_MAX_QUEUED_UID	256
#define UMD_MGMT_MEMORY_MAX	(16UL << 20)

/**
 * struct umd_mgmt_call - one request and where its reply goes
 * @op: operation, %UMD_OP_PING or one of the driver's
 * @timeout_ms: deadline in milliseconds; 0 stands for that of the driver
 * @holds_lock: the caller holds a lock for which tasks wait that cannot be frozen,
 *	or users who must not wait for this one: the call is not freezable, and
 *	ends with -EDEADLK when the system is about to sleep
 * @in: payload of the request
 * @in_len: its length in bytes
 * @out: room for the payload of the reply
 * @out_size: that room in bytes
 * @out_min: a reply with status zero and a shorter payload is malformed
 * @out_len: length of the reply's payload in bytes; set when the call
 *	succeeds
 * @status: the Handler's own word on the request, zero or a negative errno
 *	not below %UMD_STATUS_MIN; set when the call succeeds
 *
 * @in and @out are copied straight from and to the Handler's memory. Both
 * must be such as hardened usercopy allows: from kmalloc(), vmalloc() or a
 * stack, not from a slab cache of one's own.
 */
struct umd_mgmt_call {
	u16 op;
	unsigned int timeout_ms;
	bool holds_lock;
	const void *in;
	size_t in_len;
	void *out;
	size_t out_size;
	size_t out_min;
	size_t out_len;
	int status;
};

/**
 * struct umd_mgmt_file - a file that a UMD Manager has in securityfs
 * @name: its name
 * @mode: its permissions
 * @fops: its operations; @owner must be the Manager's module
 * @data: what the function @open finds in the file's private_data
 */
struct umd_mgmt_file {
	const char *name;
	umode_t mode;
	const struct file_operations *fops;
	void *data;
};

/**
 * struct umd_mgmt_request_file - a file of securityfs by which programs ask a driver
 * @mgmt: the driver
 * @name: the file's name
 * @mode: its permissions; without permission to read no reply is kept, and a write
 *	that succeeds says that the reply was valid
 * @op: operation of the requests
 * @max_write: how many bytes a write may have; 0 stands for @max_request of the driver
 * @min_reply: a reply with status zero and a shorter payload is malformed
 * @prepare: makes a request of what was written, in place: of @len bytes, and a zero
 *	behind them. There is room for the longer of @len and @max_request of the
 *	driver. Returns the request's length in bytes, or a negative errno, with which
 *	the write fails. NULL: the bytes are the request.
 * @is_valid: whether each field of the reply has a value that the driver allows.
 *	Called for each reply with status zero, before anybody sees it: @out of the
 *	call has @out_len bytes, at least @min_reply and at most @max_reply of the
 *	driver; @in is the request. May not be NULL, may sleep.
 *
 * A write is a request. Reads of the same open file give the reply, as often as a
 * write has asked. UMD_MGMT_REQUEST_FOPS() makes the operations of such files.
 */
struct umd_mgmt_request_file {
	struct umd_mgmt *mgmt;
	const char *name;
	umode_t mode;
	u16 op;
	size_t max_write;
	size_t min_reply;
	ssize_t (*prepare)(char *bytes, size_t len);
	bool (*is_valid)(const struct umd_mgmt_call *call);
};

/*
 * The number of this interface. A change after which the library would misunderstand
 * a module that was built before raises the number.
 */
#define UMD_MGMT_API 1

/* What a module was built for: the number, and the sizes of the structs that it fills. */
#define UMD_MGMT_LAYOUT							\
	((u32)UMD_MGMT_API << 16 |					\
	 (sizeof(struct umd_mgmt) + sizeof(struct umd_mgmt_call) +	\
	  sizeof(struct umd_mgmt_file) +				\
	  sizeof(struct umd_mgmt_request_file)))

int umd_mgmt_register_module(struct umd_mgmt *mgmt, struct module *owner,
			     u32 layout);
/* As umd_mgmt_register_module(), for the module that is being compiled. */
#define umd_mgmt_register(mgmt) \
	umd_mgmt_register_module(mgmt, THIS_MODULE, UMD_MGMT_LAYOUT)
void umd_mgmt_unregister(struct umd_mgmt *mgmt);

int umd_mgmt_load(struct umd_mgmt *mgmt, const char *start, const char *end);
void umd_mgmt_unload(struct umd_mgmt *mgmt);

int umd_mgmt_call(struct umd_mgmt *mgmt, struct umd_mgmt_call *call);
int umd_mgmt_call_worker(struct umd_worker *worker, struct umd_mgmt_call *call);
int umd_mgmt_send_recv(struct umd_mgmt *mgmt, void *in, size_t in_len,
		       void *out, size_t out_len);

struct umd_mgmt_files *umd_mgmt_files_create(const char *folder,
					     const struct umd_mgmt_file *files,
					     unsigned int count);
void umd_mgmt_files_remove(struct umd_mgmt_files *files);

struct umd_mgmt_files *
umd_mgmt_request_file_create(const struct umd_mgmt_request_file *file,
			     const struct file_operations *fops);
int umd_mgmt_request_open(struct inode *inode, struct file *file);
int umd_mgmt_request_release(struct inode *inode, struct file *file);
ssize_t umd_mgmt_request_write(struct file *file, const char __user *buf,
			       size_t count, loff_t *pos);
ssize_t umd_mgmt_request_read(struct file *file, char __user *buf, size_t count,
			      loff_t *pos);

/**
 * UMD_MGMT_REQUEST_FOPS() - operations of files by which programs ask a driver
 * @fops: name of the struct file_operations
 *
 * To be stated once by a Manager with such files. The data of each of them, in its
 * struct umd_mgmt_file, is a struct umd_mgmt_request_file.
 */
#define UMD_MGMT_REQUEST_FOPS(fops)					\
	static const struct file_operations fops = {			\
		.owner = THIS_MODULE,					\
		.open = umd_mgmt_request_open,				\
		.write = umd_mgmt_request_write,			\
		.read = umd_mgmt_request_read,				\
		.release = umd_mgmt_request_release,			\
	}

#endif /* _USERMODE_DRIVER_MGMT_H */
