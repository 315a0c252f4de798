// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * A Handler that makes the system call that a request asks for: its count is the
 * number, its status the first argument, and all arguments when that is negative.
 * A reply with the result as its status means that the call has returned. The
 * operation is the way into the kernel.
 */
#include "umd_test_abi.h"

#define MAX_PAYLOAD UMD_MAX_PAYLOAD
#include "handler.h"

#ifdef WAYS_OF_ARCH
#include WAYS_OF_ARCH
#endif

enum way {
	ECHO = UMD_OP_DRIVER,
	SYSCALL,
	/* Only on x86-64: */
	INT80,
	SYSENTER,
	VSYSCALL,	/* calls the page of old system calls, count bytes behind its start */
};

static long attempt(unsigned int way, long number, long first)
{
	long others = first < 0 ? first : 0;

	switch (way) {
	case SYSCALL:
		return call6(number, first, others, others, others, others, others);
#ifdef WAYS_OF_ARCH
	case INT80:
		return by_int80(number, first, others);
	case SYSENTER:
		return by_sysenter(number, first, others);
	case VSYSCALL:
		return by_vsyscall(number);
#endif
	}
	return 0;
}

static void answer(void)
{
	const struct umd_test_request *request = (void *)frame.payload;
	long result = 0;

	if (frame.header.len >= sizeof(*request))
		result = attempt(frame.header.op, request->count, request->status);
	if (result < 0 && result >= -133) {
		frame.header.status = (int)result;
		frame.header.len = 0;
	}
	send();
}

static void begin(const long *stack)
{
	(void)stack;
}
