// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Applies the OpenPGP driver's checks to the records on standard input. A
 * record is a struct record, offsets of bytes of the reply, data and the
 * reply. The program prints a line for the reply, and a line for each reply
 * with one changed bit in these bytes. "-" stands for no error.
 */
#include <stdio.h>
#include <stdlib.h>

#include "reply.h"

/* As in tests/src/checks/pgp.rs. */
struct record {
	__u32 op;
	__u32 index;
	__u32 data_len;
	__u32 reply_len;
	__u32 lies;
};

/* The buffer has just that length: a sanitizer sees any read behind it. */
static void *read_bytes(size_t len)
{
	void *bytes = malloc(len ? len : 1);

	if (!bytes || fread(bytes, 1, len, stdin) != len)
		exit(1);
	return bytes;
}

static void check(const struct record *r, const __u8 *data, const void *reply)
{
	const char *wrong;

	switch (r->op) {
	case UMD_OP_PGP_KEY:
		wrong = pgp_key_check(reply, r->index, data, r->data_len);
		break;
	case UMD_OP_PGP_SIGNATURE:
		wrong = pgp_signature_check(reply, r->index, data, r->data_len);
		break;
	default:
		wrong = pgp_piece_check(reply, r->reply_len, r->index,
					r->data_len);
	}
	puts(wrong ? wrong : "-");
}

int main(void)
{
	struct record r;

	while (fread(&r, sizeof(r), 1, stdin) == 1) {
		__u32 *lies = read_bytes(r.lies * sizeof(*lies));
		void *data = read_bytes(r.data_len);
		__u8 *reply = read_bytes(r.reply_len);
		__u32 i;
		int bit;

		check(&r, data, reply);
		for (i = 0; i < r.lies; i++) {
			for (bit = 0; bit < 8; bit++) {
				reply[lies[i]] ^= 1 << bit;
				check(&r, data, reply);
				reply[lies[i]] ^= 1 << bit;
			}
		}
		free(lies);
		free(data);
		free(reply);
	}
	return ferror(stdin) || fflush(stdout);
}
