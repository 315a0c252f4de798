// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * A Handler without a library that answers HELLO and PING well, and breaks the
 * contract in the way that the operation asks for. tests/tests/manager.rs says
 * what a Manager makes of it.
 */

#include <asm/unistd.h>
#include "umd_abi.h"

/* What the operations do; the Rust side has the same numbers. */
enum {
	FORBIDDEN_CALL = UMD_OP_DRIVER,
	EXIT_GROUP,
	EXECVE,
	HANG,
	EXIT_7,
	CRASH,
	WRONG_MAGIC,
	WRONG_ID,
	WRONG_STATUS,
	TOO_LONG,
	HALF_A_REPLY,
	TWO_REPLIES,
	ONE_BYTE_WRITES,
};

struct frame {
	struct umd_frame_header header;
	__u8 payload[64];
};

static long call(long number, long first, const void *second, long third)
{
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(first), "S"(second), "d"(third)
			 : "rcx", "r11", "memory");
	return result;
}

static void send(const struct frame *frame)
{
	call(__NR_write, 1, frame, sizeof(frame->header) + frame->header.len);
}

static void answer_hello(struct frame *frame)
{
	struct umd_hello *hello = (struct umd_hello *)frame->payload;

	hello->version = UMD_ABI_VERSION;
	hello->max_request = sizeof(frame->payload);
	hello->max_reply = sizeof(frame->payload);
	hello->reserved = 0;
	frame->header.len = sizeof(*hello);
	send(frame);
}

static void misbehave(struct frame *frame, int op)
{
	/* Were the call allowed, it would fail and a reply follow. */
	static const char path[] = "/nonexistent";
	unsigned long i;

	switch (op) {
	case FORBIDDEN_CALL:
		call(__NR_getpid, 0, 0, 0);
		break;
	case EXIT_GROUP:
		call(__NR_exit_group, 0, 0, 0);
		break;
	case EXECVE:
		call(__NR_execve, (long)path, 0, 0);
		break;
	case HANG:
		for (;;)
			__asm__ volatile("pause");
	case EXIT_7:
		call(__NR_exit, 7, 0, 0);
		break;
	case CRASH:
		__asm__ volatile("ud2");
		break;
	case WRONG_MAGIC:
		frame->header.magic++;
		break;
	case WRONG_ID:
		frame->header.id++;
		break;
	case WRONG_STATUS:
		frame->header.status = -512;
		break;
	case TOO_LONG:
		frame->header.len = sizeof(frame->payload) + 1;
		break;
	case HALF_A_REPLY:
		call(__NR_write, 1, frame, sizeof(frame->header) / 2);
		call(__NR_exit, 0, 0, 0);
		break;
	case TWO_REPLIES:
		send(frame);
		break;
	case ONE_BYTE_WRITES:
		for (i = 0; i < sizeof(frame->header) + frame->header.len; i++)
			call(__NR_write, 1, (const char *)frame + i, 1);
		return;
	}
	send(frame);
}

__attribute__((noreturn, force_align_arg_pointer)) void _start(void)
{
	static struct frame frame;

	while (call(__NR_read, 0, &frame, sizeof(frame)) > 0) {
		if (frame.header.op == UMD_OP_HELLO)
			answer_hello(&frame);
		else if (frame.header.op == UMD_OP_PING)
			send(&frame);
		else
			misbehave(&frame, frame.header.op);
	}
	call(__NR_exit, 0, 0, 0);
	__builtin_unreachable();
}
