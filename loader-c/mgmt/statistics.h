/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Part of state.h: how calls and Handlers end, what follows from that, and what
 * is counted.
 */
#ifndef _UMD_STATISTICS_H
#define _UMD_STATISTICS_H

#include <linux/types.h>

/**
 * enum umd_end - why a worker ended; umd_ends[] has what follows from it
 * @UMD_END_EXIT: the process exited
 * @UMD_END_FAULT: a fault: SIGSEGV and its like
 * @UMD_END_SECCOMP: a system call that the seal forbids
 * @UMD_END_VIOLATION: the Handler broke the rules of the channel
 * @UMD_END_START: HELLO or post_start failed
 * @UMD_END_OOM: the OOM killer chose the process
 * @UMD_END_OUTSIDE: somebody else's signal
 * @UMD_END_TRACED: somebody traces, or has stopped or frozen the process, or the
 *	seal is broken
 * @UMD_END_TIMEOUT: the Handler did not read or reply in time
 * @UMD_END_UNLOAD: the driver is unloaded
 * @UMD_END_STOPPED: the administrator has stopped the driver
 * @UMD_END_ABORTED: the administrator has aborted the worker's request
 * @UMD_END_IDLE: no request came for long
 * @UMD_END_USED: the Handler has read all that it may
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
	UMD_END_USED,
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
 * @UMD_ERROR_DEADLK: -EDEADLK
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
	UMD_ERROR_DEADLK,
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

#endif /* _UMD_STATISTICS_H */
