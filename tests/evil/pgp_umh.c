// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * A Handler of the OpenPGP driver that is up to something: see HOW. Of its
 * replies the lengths are right.
 */
#define MAX_PAYLOAD UMD_PGP_MAX_REQUEST
#include "crash.h"
#include "handler.h"

/* Values of HOW. */
#define CRASH 0		/* faults */
#define ONES 1		/* each bit of the reply is set */
#define ZEROS 2		/* none is */
#define STATUS 3	/* a status that is not for this driver: -EKEYREVOKED */

#define EKEYREVOKED 128

static void begin(const long *stack)
{
	(void)stack;
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
		for (i = 0; i < len; i++)
			frame.payload[i] = HOW == ONES ? 0xff : 0;
	}
	frame.header.len = (__u32)len;
	if (send() != (long)(HEADER + len))
		leave(UMD_EXIT_WRITE);
}
