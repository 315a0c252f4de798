/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */
/* Requests of umd_test.ko to the Handler, tests/evil/test_umh.c. */
#ifndef _UMD_TEST_ABI_H
#define _UMD_TEST_ABI_H

#include "umd_abi.h"

/* Unless an operation says otherwise, the reply's payload is the request's. */
enum umd_test_op {
	UMD_TEST_ECHO = UMD_OP_DRIVER,
	UMD_TEST_SPIN,		/* first runs a loop of @count rounds */
	UMD_TEST_NEVER,		/* never replies */
	UMD_TEST_EXIT,		/* exits with code @count instead */
	UMD_TEST_FAULT,		/* reads unmapped memory instead */
	UMD_TEST_ILLEGAL,	/* runs an illegal instruction instead */
	UMD_TEST_CALL,		/* makes the system call @count instead */
	UMD_TEST_BAD,		/* replies with the id of another request */
	UMD_TEST_LENGTH,	/* replies with @count bytes */
	UMD_TEST_CRASH_AFTER,	/* faults over the @count-th request from now */
	UMD_TEST_TOUCH,		/* first writes to @count MiB of memory */
	UMD_TEST_REPLY_EXIT,	/* exits after the reply */
	UMD_TEST_REPLY_HANG,	/* runs on after the reply, and never reads */
	UMD_TEST_STACK,		/* grows its stack until it dies */
	UMD_TEST_HOLD,		/* first waits until somebody writes to its memory */
	UMD_TEST_OPS
};

/* Start of a request's payload; any length of filling may follow. */
struct umd_test_request {
	__u64 nonce;
	__u64 count;
	__s32 status;		/* if not zero: status of the reply */
	__u32 unused;
};

#endif /* _UMD_TEST_ABI_H */
