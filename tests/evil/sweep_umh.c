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

enum way {
	ECHO = UMD_OP_DRIVER,
	SYSCALL,
	INT80,
	SYSENTER,
	VSYSCALL,	/* calls the page of old system calls, count bytes behind its start */
};

#define VSYSCALLS 0xffffffffff600000UL

/* The kernel reads the sixth argument of sysenter from here. */
static volatile unsigned int low[16] __attribute__((section(".hold"))) = { 0 };

static long by_int80(long number, long first, long others)
{
	long ret;

	__asm__ volatile("int $0x80"
			 : "=a"(ret)
			 : "a"(number), "b"(first), "c"(others), "d"(others),
			   "S"(others), "D"(others)
			 : "r8", "r9", "r10", "r11", "memory");
	return ret;
}

/* The kernel returns to where a program of 32 bits would have code. */
static long by_sysenter(long number, long first, long others)
{
	long ret;

	__asm__ volatile("push %%rbp\n\t"
			 "mov %6, %%ebp\n\t"
			 "sysenter\n\t"
			 "pop %%rbp"
			 : "=a"(ret)
			 : "a"(number), "b"(first), "c"(others), "d"(others),
			   "S"(others), "D"((int)(long)low)
			 : "r8", "r9", "r10", "r11", "memory");
	return ret;
}

static long by_vsyscall(long offset)
{
	long ret;

	__asm__ volatile("call *%1"
			 : "=a"(ret)
			 : "r"(VSYSCALLS + offset), "D"(0), "S"(0), "d"(0)
			 : "rcx", "r8", "r9", "r10", "r11", "memory");
	return ret;
}

static long attempt(unsigned int way, long number, long first)
{
	long others = first < 0 ? first : 0;

	switch (way) {
	case SYSCALL:
		return call6(number, first, others, others, others, others, others);
	case INT80:
		return by_int80(number, first, others);
	case SYSENTER:
		return by_sysenter(number, first, others);
	case VSYSCALL:
		return by_vsyscall(number);
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
