/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * A Handler without a library, for programs that say what they answer: they
 * define MAX_PAYLOAD, include this and define begin() and answer(). There is
 * one buffer, so that a frame that is sent as it came is an echo. Behind it is
 * where the next read() may bring a reply from.
 */
#ifndef HANDLER_H
#define HANDLER_H

#include "system.h"
#include "umd_abi.h"

#define HEADER sizeof(struct umd_frame_header)

/* What the kernel takes the room for a request to be. */
#define ROOM ((HEADER + MAX_PAYLOAD + UMD_REPLY_ALIGN - 1) / UMD_REPLY_ALIGN * UMD_REPLY_ALIGN)

/* One byte more than is allowed. */
static union {
	struct {
		struct umd_frame_header header;
		unsigned char payload[MAX_PAYLOAD + 1] __attribute__((aligned(8)));
	};
	unsigned char bytes[ROOM + HEADER + MAX_PAYLOAD + 1];
} frame __attribute__((aligned(4096)));

/* Which is which, and how much is read. */
static int reads_from;
static int writes_to = 1;
static unsigned long read_size = ROOM;
/* How much instead by the next read(), if that brings a reply; or 0. */
static unsigned long bring_size;
/* Whether the kernel allows that for the reply to this request. */
static int may_bring;

/* Before the first read; the stack is as the kernel has made it. */
static void begin(const long *stack);

/* For each frame, which is the request, or for HELLO a good answer to it. */
static void answer(void);

static inline long send(void)
{
	return SYS(write, writes_to, &frame, HEADER + frame.header.len);
}

/* By words: an emulator takes each turn of such a loop on its own. */
static inline void copy(void *to, const void *from, unsigned long size)
{
	unsigned long words = size / 8;

	size %= 8;
	__asm__ volatile("rep movsq\n\t"
			 "mov %3, %2\n\t"
			 "rep movsb"
			 : "+D"(to), "+S"(from), "+c"(words)
			 : "r"(size)
			 : "memory");
}

/* Instead of send(): the next read() brings it, and has so much room for it. */
static inline void bring_in(unsigned long size)
{
	copy(frame.bytes + ROOM, &frame, HEADER + frame.header.len);
	bring_size = ROOM + size;
}

static inline void bring(void)
{
	bring_in(HEADER + frame.header.len);
}

static inline long receive(void)
{
	unsigned long size = bring_size ? bring_size : read_size;

	bring_size = 0;
	return SYS(read, reads_from, &frame, size);
}

static inline void clear(void *at, unsigned long size)
{
	__asm__ volatile("rep stosb"
			 : "+D"(at), "+c"(size)
			 : "a"(0)
			 : "memory");
}

/* Our limit for replies is whatever the Manager's is. */
static inline void answer_hello(void)
{
	struct umd_hello *hello = (struct umd_hello *)frame.payload;

	hello->version = UMD_ABI_VERSION;
	hello->max_request = MAX_PAYLOAD;
}

__attribute__((used, noreturn)) static void start(const long *stack)
{
	begin(stack);
	for (;;) {
		if (receive() < (long)HEADER)
			leave(UMD_EXIT_READ);
		may_bring = frame.header.flags == UMD_FRAME_REPLY_BY_READ;
		frame.header.flags = 0;
		if (frame.header.op == UMD_OP_HELLO)
			answer_hello();
		answer();
	}
}

__asm__(".globl _start\n"
	"_start:\n\t"
	"mov %rsp, %rdi\n\t"
	"and $-16, %rsp\n\t"
	"call start\n");

#endif
