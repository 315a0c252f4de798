/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * A Handler without a library. A program defines MAX_PAYLOAD, includes this
 * file and defines begin() and answer(). The only buffer serves requests and
 * replies, so that an unmodified frame is an echo. The room behind
 * the buffer is for a reply that the next read() brings.
 */
#ifndef HANDLER_H
#define HANDLER_H

#include "system.h"
#include "umd_abi.h"

#define HEADER sizeof(struct umd_frame_header)

/* The kernel's idea of the room for a request. */
#define ROOM ((HEADER + MAX_PAYLOAD + UMD_REPLY_ALIGN - 1) / UMD_REPLY_ALIGN * UMD_REPLY_ALIGN)

/* The payload has one byte more than allowed. */
static union {
	struct {
		struct umd_frame_header header;
		unsigned char payload[MAX_PAYLOAD + 1] __attribute__((aligned(8)));
	};
	unsigned char bytes[ROOM + HEADER + MAX_PAYLOAD + 1];
} frame __attribute__((aligned(4096)));

/* The descriptors, and the size of a read(). */
static int reads_from;
static int writes_to = 1;
static unsigned long read_size = ROOM;
/* The size of the next read() if that brings a reply, else 0. */
static unsigned long bring_size;
/* Whether the kernel allows the next read() to bring this reply. */
static int may_bring;

/* Runs before the first read, with the stack that the kernel has made. */
static void begin(const long *stack);

/* Runs for each frame: the request, or for HELLO a good answer. */
static void answer(void);

static inline long send(void)
{
	return SYS(write, writes_to, &frame, HEADER + frame.header.len);
}

/* Replaces send(): the next read() brings the reply, with so much room. */
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

/* The answer keeps the Manager's limit for replies. */
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

#endif
