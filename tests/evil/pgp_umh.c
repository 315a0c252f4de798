// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * A hostile Handler of the OpenPGP driver: see HOW. The lengths of the replies
 * are right.
 */
#define MAX_PAYLOAD UMD_PGP_MAX_REQUEST
#include "pgp/umd_pgp_abi.h"
#include "crash.h"
#include "handler.h"

/* Values of HOW. */
#define CRASH 0		/* faults */
#define ONES 1		/* sets each bit of the reply */
#define ZEROS 2		/* clears each bit of the reply */
#define STATUS 3	/* replies with an unexpected status: -EKEYREVOKED */
#define SLOW 4		/* delays each of many replies on a text */

#define EKEYREVOKED 128

static void begin(const long *stack)
{
	(void)stack;
}

/* Less than the deadline of 5 s, also where the counter is slow. */
#define LATE_NS 3000000000UL

/* Ignores a little of the text. */
#define LITTLE 4096

static void ignore(void)
{
	const struct umd_pgp_text *request = (const void *)frame.payload;
	__u32 len = frame.header.len - (__u32)sizeof(*request);
	struct umd_pgp_text_reply *reply = (void *)frame.payload;
	unsigned long i;

	for (i = 0; i < sizeof(*reply); i++)
		frame.payload[i] = 0;
	reply->consumed = len < LITTLE ? len : LITTLE;
	wait_ns(LATE_NS);
}

/* How many packets a request has. */
static unsigned long count_packets(void)
{
	unsigned long at, count = 0;

	for (at = 0; at < frame.header.len; count++)
		at += sizeof(struct umd_pgp_packet) +
		      ((const struct umd_pgp_packet *)(frame.payload + at))->len;
	return count;
}

static unsigned long length_of(unsigned short op)
{
	switch (op) {
	case UMD_OP_HELLO:
		return sizeof(struct umd_hello);
	case UMD_OP_PGP_PACKETS:
		return count_packets() * sizeof(struct umd_pgp_item);
	}
	return sizeof(struct umd_pgp_text_reply);
}

static void answer(void)
{
	unsigned long len = length_of(frame.header.op);
	unsigned long i;

	if (frame.header.op != UMD_OP_HELLO) {
		if (HOW == CRASH)
			fault();
		if (HOW == STATUS) {
			frame.header.status = -EKEYREVOKED;
			len = 0;
		}
		if (HOW == SLOW && frame.header.op == UMD_OP_PGP_TEXT)
			ignore();
		else
			for (i = 0; i < len; i++)
				frame.payload[i] = HOW == ONES ? 0xff : 0;
	}
	frame.header.len = (__u32)len;
	if (send() != (long)(HEADER + len))
		leave(UMD_EXIT_WRITE);
}
