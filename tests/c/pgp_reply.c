// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * What the OpenPGP driver's checks say of the records on standard input, each
 * a struct record, data and a reply: a line each, "-" where all is well.
 */
#include <stdio.h>
#include <stdlib.h>

#include "reply.h"

/* As in tests/src/openpgp/believed.rs. */
struct record {
	__u32 op;
	__u32 index;
	__u32 data_len;
	__u32 reply_len;
};

/* Of just that length, so that a sanitizer sees what is read behind it. */
static void *read_bytes(size_t len)
{
	void *bytes = malloc(len ? len : 1);

	if (!bytes || fread(bytes, 1, len, stdin) != len)
		exit(1);
	return bytes;
}

static const char *check(const struct record *r, const __u8 *data,
			 const void *reply)
{
	switch (r->op) {
	case UMD_OP_PGP_KEY:
		return pgp_key_check(reply, r->index, data, r->data_len);
	case UMD_OP_PGP_SIGNATURE:
		return pgp_signature_check(reply, r->index, data, r->data_len);
	}
	return pgp_piece_check(reply, r->reply_len, r->index, r->data_len);
}

int main(void)
{
	struct record r;

	while (fread(&r, sizeof(r), 1, stdin) == 1) {
		void *data = read_bytes(r.data_len);
		void *reply = read_bytes(r.reply_len);
		const char *wrong = check(&r, data, reply);

		puts(wrong ? wrong : "-");
		free(data);
		free(reply);
	}
	return ferror(stdin) || fflush(stdout);
}
