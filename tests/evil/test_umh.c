// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * umd_test.ko's Handler, which answers, waits or dies on request. With
 * -DAT_START=..., the Handler fails before that. With -DHUGE, the Handler has
 * enough memory to exhaust the machine.
 */
#include "umd_test_abi.h"

#define MAX_PAYLOAD UMD_MAX_PAYLOAD
#include "crash.h"
#include "handler.h"

#define MIB (1UL << 20)

/* Values of AT_START. */
#define SERVE 0
#define EXIT 1		/* exits before HELLO */
#define HANG 2		/* never reads */
#define VERSION 3	/* answers HELLO with another version */
#define LIMITS 4	/* answers HELLO with less room than requests need */
#define STATUS 5	/* answers HELLO with a status */
#define EXIT_LATER 6	/* exits after HELLO */
#define DEAF 7		/* does not read after HELLO */
#define LATE 8		/* waits before it reads PING and before it replies, then hangs */
#define STUCK 9		/* waits before it reads PING, and hangs */

#ifndef AT_START
#define AT_START SERVE
#endif

#ifdef HUGE
#define TOUCHED (1024 * MIB)
#else
#define TOUCHED (4 * MIB)
#endif

static volatile unsigned char touched[TOUCHED];
/* The number of requests until the requested crash, or 0. */
static unsigned long crash_after;
/* Somebody sets this by way of /proc/PID/mem: tests/guest/ktap.sh. */
static volatile unsigned char hold __attribute__((section(".hold"))) = 0;

/* Replies by write(), even if the next read() may bring the reply. */
static void send_reply(unsigned long len)
{
	frame.header.len = (__u32)len;
	if (send() != (long)(HEADER + len))
		leave(UMD_EXIT_WRITE);
}

static void reply(unsigned long len)
{
	if (!may_bring) {
		send_reply(len);
		return;
	}
	frame.header.len = (__u32)len;
	bring();
}

static void spin(unsigned long rounds)
{
	while (rounds--)
		PASS_TIME();
}

static void wait_for_hold(void)
{
	while (!hold)
		PASS_TIME();
	hold = 0;
}

static void answer_hello_as_asked(void)
{
	struct umd_hello *hello = (struct umd_hello *)frame.payload;

	if (AT_START == STATUS) {
		frame.header.status = -22;
		reply(0);
		return;
	}
	if (AT_START == LIMITS)
		hello->max_request = 1;
	if (AT_START == VERSION)
		hello->version++;
	reply(sizeof(*hello));
	if (AT_START == EXIT_LATER)
		leave(7);
	if (AT_START == DEAF)
		hang();
	if (AT_START == LATE || AT_START == STUCK)
		wait_for_hold();
}

static void answer_ping(void)
{
	if (AT_START == STUCK)
		hang();
	if (AT_START == LATE) {
		wait_for_hold();
		send_reply(0);
		hang();
	}
	reply(0);
}

/* Modifies each page, so that the kernel must allocate it. */
static void touch(unsigned long mib)
{
	for (unsigned long i = 0; i < mib * MIB && i < TOUCHED; i += 4096)
		touched[i]++;
}

static void answer_request(void)
{
	const struct umd_test_request *request = (void *)frame.payload;
	unsigned long count = request->count;
	unsigned long len = frame.header.len;

	switch (frame.header.op) {
	case UMD_TEST_SPIN:
		spin(count);
		break;
	case UMD_TEST_HOLD:
		wait_for_hold();
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
		illegal();
		break;
	case UMD_TEST_CALL:
		call6((long)count, 0, 0, 0, 0, 0, 0);
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
		send_reply(len);
		leave(0);
		break;
	case UMD_TEST_REPLY_HANG:
		send_reply(len);
		hang();
		break;
	}
	if (crash_after && !--crash_after)
		fault();
	if (frame.header.len < sizeof(*request) || !request->status) {
		reply(len);
		return;
	}
	frame.header.status = request->status;
	reply(0);
}

static void answer(void)
{
	if (frame.header.op == UMD_OP_HELLO)
		answer_hello_as_asked();
	else if (frame.header.op == UMD_OP_PING)
		answer_ping();
	else
		answer_request();
}

static void begin(const long *stack)
{
	(void)stack;
	if (AT_START == EXIT)
		leave(7);
	if (AT_START == HANG)
		hang();
}
