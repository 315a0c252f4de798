// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * umd_test.ko's Handler: it answers, waits or dies as it is asked to.
 * With -DAT_START=... it goes wrong before or instead, with -DHUGE it has
 * memory enough to run the machine out of it.
 *
 * cc -O1 -static -nostdlib -ffreestanding -fno-stack-protector
 *    -I loader-c/include -I loader-c/test -o test_umh test_umh.c
 */
#include "umd_test_abi.h"

#define SYS_READ 0
#define SYS_WRITE 1
#define SYS_EXIT 60

#define HEADER sizeof(struct umd_frame_header)
#define MIB (1UL << 20)
/* No address space has this mapped. */
#define UNMAPPED ((const void *)16)

/* Values of AT_START. */
#define SERVE 0
#define EXIT 1		/* exits before HELLO */
#define HANG 2		/* never reads */
#define VERSION 3	/* answers HELLO with another version */
#define LIMITS 4	/* with less room than requests need */
#define STATUS 5	/* with a status */
#define EXIT_LATER 6	/* exits after HELLO */
#define DEAF 7		/* does not read after HELLO */

#ifndef AT_START
#define AT_START SERVE
#endif

#ifdef HUGE
#define TOUCHED (1024 * MIB)
#else
#define TOUCHED (4 * MIB)
#endif

static struct {
	struct umd_frame_header header;
	union {
		struct umd_test_request request;
		struct umd_hello hello;
		unsigned char bytes[UMD_MAX_PAYLOAD + 1];
	} payload;
} frame;

static volatile unsigned char touched[TOUCHED];
/* Requests until the crash that was asked for, or 0. */
static unsigned long crash_after;

static long call(long number, long a, const void *b, unsigned long c)
{
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(number), "D"(a), "S"(b), "d"(c)
			 : "rcx", "r11", "memory");
	return ret;
}

static void leave(long code)
{
	for (;;)
		call(SYS_EXIT, code, 0, 0);
}

static void hang(void)
{
	for (;;)
		__asm__ volatile("pause");
}

static void fault(void)
{
	(void)*(volatile const char *)UNMAPPED;
}

static void read_frame(void)
{
	if (call(SYS_READ, 0, &frame, sizeof(frame)) < (long)HEADER)
		leave(UMD_EXIT_READ);
}

static void send(unsigned long len)
{
	long size = (long)(HEADER + len);

	frame.header.len = (__u32)len;
	if (call(SYS_WRITE, 1, &frame, (unsigned long)size) != size)
		leave(UMD_EXIT_WRITE);
}

static void answer_hello(void)
{
	struct umd_hello *hello = &frame.payload.hello;

	if (AT_START == STATUS) {
		frame.header.status = -22;
		send(0);
		return;
	}
	/* Its version and its limit for replies are ours. */
	hello->max_request = AT_START == LIMITS ? 1 : UMD_MAX_PAYLOAD;
	if (AT_START == VERSION)
		hello->version++;
	send(sizeof(*hello));
}

static void spin(unsigned long rounds)
{
	while (rounds--)
		__asm__ volatile("" : "+r"(rounds));
}

/* Modifies each page, so that the kernel must give it one. */
static void touch(unsigned long mib)
{
	for (unsigned long i = 0; i < mib * MIB && i < TOUCHED; i += 4096)
		touched[i]++;
}

/* Another frame for each round, of which the compiler must not make a loop. */
static unsigned long deep(unsigned long depth)
{
	volatile unsigned char local[4096];

	local[depth % sizeof(local)] = 1;
	return depth ? deep(depth - 1) + local[0] : 0;
}

static void answer(void)
{
	unsigned long count = frame.payload.request.count;
	unsigned long len = frame.header.len;

	switch (frame.header.op) {
	case UMD_TEST_SPIN:
		spin(count);
		break;
	case UMD_TEST_NEVER:
		hang();
		break;
	case UMD_TEST_EXIT:
		leave((long)count);
		break;
	case UMD_TEST_FAULT:
		fault();
		break;
	case UMD_TEST_ILLEGAL:
		__asm__ volatile("ud2");
		break;
	case UMD_TEST_CALL:
		call((long)count, 0, 0, 0);
		break;
	case UMD_TEST_BAD:
		frame.header.id++;
		break;
	case UMD_TEST_LENGTH:
		len = count;
		break;
	case UMD_TEST_CRASH_AFTER:
		crash_after = count + 1;
		break;
	case UMD_TEST_TOUCH:
		touch(count);
		break;
	case UMD_TEST_STACK:
		deep(count);
		break;
	case UMD_TEST_REPLY_EXIT:
		send(len);
		leave(0);
		break;
	}
	if (crash_after && !--crash_after)
		fault();
	if (frame.header.len < sizeof(frame.payload.request) ||
	    !frame.payload.request.status) {
		send(len);
		return;
	}
	frame.header.status = frame.payload.request.status;
	send(0);
}

void serve(void);
void serve(void)
{
	if (AT_START == EXIT)
		leave(7);
	if (AT_START == HANG)
		hang();
	for (;;) {
		read_frame();
		if (frame.header.op == UMD_OP_HELLO) {
			answer_hello();
			if (AT_START == EXIT_LATER)
				leave(7);
			if (AT_START == DEAF)
				hang();
		} else if (frame.header.op == UMD_OP_PING) {
			send(0);
		} else {
			answer();
		}
	}
}

__asm__(".globl _start\n_start:\n\tcall serve\n");
