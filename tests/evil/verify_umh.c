// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * A hostile Handler of the driver of signatures: see HOW. The lengths of the replies
 * are right.
 */
#define MAX_PAYLOAD UMD_VERIFY_MAX_REQUEST
#include "verify/umd_verify_abi.h"
#include "crash.h"
#include "handler.h"

/* Values of HOW. */
#define CRASH 0		/* faults */
#define TRUE 1		/* calls each signature true */
#define OTHER 2		/* says true, but for one bit */
#define ONES 3		/* sets each bit of the reply */
#define ZEROS 4		/* clears each bit of the reply */
#define STATUS 5	/* replies with an unexpected status: -EKEYREVOKED */
#define WRONG 6		/* finds fault with the request: -EINVAL */
#define HANG 7		/* never replies */

#define EINVAL 22
#define EKEYREVOKED 128

static void begin(const long *stack)
{
	(void)stack;
}

static __u64 verdict(void)
{
	switch (HOW) {
	case TRUE:
		return UMD_VERIFY_TRUE;
	case OTHER:
		return UMD_VERIFY_TRUE ^ 1ULL << 40;
	case ONES:
		return ~0ULL;
	}
	return 0;
}

static unsigned long reply(void)
{
	struct umd_verify_reply *to = (void *)frame.payload;

	switch (HOW) {
	case CRASH:
		fault();
		break;
	case HANG:
		hang();
		break;
	case STATUS:
	case WRONG:
		frame.header.status = HOW == WRONG ? -EINVAL : -EKEYREVOKED;
		return 0;
	}
	to->verdict = verdict();
	return sizeof(*to);
}

static void answer(void)
{
	unsigned long len = sizeof(struct umd_hello);

	if (frame.header.op != UMD_OP_HELLO)
		len = reply();
	frame.header.len = (__u32)len;
	if (send() != (long)(HEADER + len))
		leave(UMD_EXIT_WRITE);
}
