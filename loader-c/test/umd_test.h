/* SPDX-License-Identifier: GPL-2.0-only */
/* The interfaces between the files of umd_test.ko. */
#ifndef _UMD_TEST_H
#define _UMD_TEST_H

#include <linux/list.h>
#include <linux/seq_buf.h>
#include <linux/types.h>

#include "umd_test_abi.h"
#include "usermode_driver_mgmt.h"

/* Longer than any name that the library accepts. */
#define UMD_TEST_NAME_SIZE 80

/**
 * struct umd_test_args - a command with its arguments
 * @text: the whole command, into which the strings point
 * @command: first word
 * @name: second word, the name of the driver
 * @path: ELF file to load
 * @kmod: as in struct umd_mgmt
 * @timeout_ms: likewise; of a call: as in struct umd_mgmt_call
 * @load_timeout_ms: as in struct umd_mgmt
 * @max_workers: likewise, but 1 if not given
 * @spare_workers: likewise
 * @isolation: likewise
 * @max_requests: likewise
 * @idle_ms: likewise
 * @max_queued: likewise
 * @max_queued_uid: likewise
 * @idempotent: likewise
 * @max_request: likewise
 * @max_reply: likewise
 * @memory_max: likewise
 * @nice: likewise
 * @oom_score_adj: likewise
 * @post_start: 0: the driver has no post_start; above: post_start asks PING
 *	after so many milliseconds; below: post_start returns this errno
 * @tolerant: post_start asks once and succeeds whatever the result is
 * @inner: forbidden function that post_start calls before it asks, and whose
 *	error it returns: 1: a call, 2: a load, 3: an unload
 * @op: operation of the request
 * @in: length of the request's payload
 * @out: room for the reply's payload
 * @min: shortest payload of a well-formed reply
 * @count: for the Handler, see enum umd_test_op; number of a descriptor
 *	or of a process
 * @status: status that the Handler shall reply with
 * @uid: user that the threads call as
 * @simple: ask by umd_mgmt_send_recv()
 * @memalloc: ask as memory reclaim would
 * @holds_lock: as in struct umd_mgmt_call
 * @threads: number of threads that call
 * @requests: number of requests of each thread
 * @pause_us: upper bound of a random pause before each request, or in each
 *	cycle before the unload
 * @cycles: number of loads and unloads
 * @to: descriptor of a pipe to write requests to
 * @from: likewise, to read replies from
 * @layout: added to the layout that the driver is registered with
 * @mode: permissions of a file of requests
 * @text_mode: that file takes a text: see umd_test_file()
 * @max_write: as in struct umd_mgmt_request_file
 * @fail_nth: number of the operation of the command's task that shall fail, on
 *	a kernel with fault injection; 0: none
 */
struct umd_test_args {
	char text[512];
	const char *command;
	const char *name;
	const char *path;
	const char *kmod;
	s64 timeout_ms;
	s64 load_timeout_ms;
	s64 max_workers;
	s64 spare_workers;
	s64 isolation;
	s64 max_requests;
	s64 idle_ms;
	s64 max_queued;
	s64 max_queued_uid;
	s64 idempotent;
	s64 max_request;
	s64 max_reply;
	s64 memory_max;
	s64 nice;
	s64 oom_score_adj;
	s64 post_start;
	s64 tolerant;
	s64 inner;
	s64 op;
	s64 in;
	s64 out;
	s64 min;
	s64 count;
	s64 status;
	s64 uid;
	s64 simple;
	s64 memalloc;
	s64 holds_lock;
	s64 threads;
	s64 requests;
	s64 pause_us;
	s64 cycles;
	s64 to;
	s64 from;
	s64 layout;
	s64 mode;
	s64 text_mode;
	s64 max_write;
	s64 fail_nth;
};

/**
 * struct umd_test_driver - a driver that was registered by a command
 * @node: in the list of all
 * @users: number of commands that use the driver now
 * @name: name of the driver
 * @kmod: name of the Loader
 * @post_start: see struct umd_test_args
 * @tolerant: likewise
 * @inner: likewise
 * @mgmt: the description for the library
 */
struct umd_test_driver {
	struct list_head node;
	unsigned int users;
	char name[UMD_TEST_NAME_SIZE];
	char kmod[UMD_TEST_NAME_SIZE];
	int post_start;
	bool tolerant;
	int inner;
	struct umd_mgmt mgmt;
};

/**
 * struct umd_test_answer - the result of one call
 * @error: result of umd_mgmt_call()
 * @status: status of the reply
 * @length: length of the reply
 * @right: the reply belongs to the request
 * @us: time that the call took
 */
struct umd_test_answer {
	int error;
	int status;
	size_t length;
	bool right;
	s64 us;
};

/* args.c */
int umd_test_parse(struct umd_test_args *args);

/* driver.c */
int umd_test_register(const struct umd_test_args *args);
int umd_test_unregister(const struct umd_test_args *args);
struct umd_test_driver *umd_test_get(const char *name);
void umd_test_put(struct umd_test_driver *driver);
void umd_test_unregister_all(void);
int umd_test_read(const char *path, void **data, size_t *size);
int umd_test_load(struct umd_test_driver *driver, const char *path);

/* call.c */
void umd_test_show_error(struct seq_buf *out, const char *key, int error);
int umd_test_ask(struct umd_test_driver *driver,
		 const struct umd_test_args *args, void *in, void *out,
		 struct umd_test_answer *answer);
int umd_test_call_async(struct umd_test_driver *driver,
			const struct umd_test_args *args, struct seq_buf *out);
int umd_test_call(struct umd_test_driver *driver,
		  const struct umd_test_args *args, struct seq_buf *out);
int umd_test_sweep(struct umd_test_driver *driver,
		   const struct umd_test_args *args, struct seq_buf *out);

/* stress.c */
int umd_test_stress(struct umd_test_driver *driver,
		    const struct umd_test_args *args, struct seq_buf *out);
int umd_test_cycle(struct umd_test_driver *driver,
		   const struct umd_test_args *args, struct seq_buf *out);

/* measure.c */
int umd_test_measure(struct umd_test_driver *driver,
		     const struct umd_test_args *args, struct seq_buf *out);
int umd_test_recover(struct umd_test_driver *driver,
		     const struct umd_test_args *args, struct seq_buf *out);
int umd_test_helper(struct umd_test_driver *driver,
		    const struct umd_test_args *args, struct seq_buf *out);
int umd_test_pipes(struct umd_test_driver *driver,
		   const struct umd_test_args *args, struct seq_buf *out);
int umd_test_turns(struct umd_test_driver *driver,
		   const struct umd_test_args *args, struct seq_buf *out);

/* mount.c */
int umd_test_mount_init(void);
void umd_test_mount_exit(void);

/* descriptors.c */
int umd_test_open(struct umd_test_driver *driver,
		  const struct umd_test_args *args, struct seq_buf *out);
int umd_test_close(struct umd_test_driver *driver,
		   const struct umd_test_args *args, struct seq_buf *out);

/* request_file.c */
int umd_test_file(struct umd_test_driver *driver,
		  const struct umd_test_args *args, struct seq_buf *out);
int umd_test_file_remove(struct umd_test_driver *driver,
			 const struct umd_test_args *args, struct seq_buf *out);
void umd_test_file_exit(void);

/* speculation.c */
int umd_test_speculation(struct umd_test_driver *driver,
			 const struct umd_test_args *args, struct seq_buf *out);

#endif /* _UMD_TEST_H */
