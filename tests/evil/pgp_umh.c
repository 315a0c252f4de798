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
#define SLOW 4		/* delays each piece of the longest content */

#define EKEYREVOKED 128

static void begin(const long *stack)
{
	(void)stack;
}

/* 1.5 to 4.6 seconds at 4 to 1.3 GHz, less than the deadline of 5. */
#define LATE_CYCLES 6000000000UL

/* Makes the next piece of the content. */
static unsigned long content(void)
{
	const struct umd_pgp_request *request = (const void *)frame.payload;
	struct umd_pgp_piece *piece = (void *)frame.payload;
	__u32 index = request->index;

	piece->total = 2 * (frame.header.len - (__u32)sizeof(*request));
	piece->kind = UMD_PGP_ARMOR_PUBLIC_KEY;
	piece->len = piece->total - index;
	if (piece->len > UMD_PGP_PIECE)
		piece->len = UMD_PGP_PIECE;
	piece->reserved = 0;
	wait_cycles(LATE_CYCLES);
	return UMD_PGP_PIECE_HEADER_SIZE + piece->len;
}

static unsigned long length_of(unsigned short op)
{
	switch (op) {
	case UMD_OP_HELLO:
		return sizeof(struct umd_hello);
	case UMD_OP_PGP_KEY:
		return sizeof(struct umd_pgp_key);
	case UMD_OP_PGP_SIGNATURE:
		return sizeof(struct umd_pgp_signature_reply);
	}
	return sizeof(struct umd_pgp_piece);
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
		if (HOW == SLOW)
			len = content();
		else
			for (i = 0; i < len; i++)
				frame.payload[i] = HOW == ONES ? 0xff : 0;
	}
	frame.header.len = (__u32)len;
	if (send() != (long)(HEADER + len))
		leave(UMD_EXIT_WRITE);
}
