// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Applies the kernel's checks to the records on standard input, and prints two
 * lines for each: for the reply and for the answer to HELLO. "-" stands for no
 * error.
 */
#include <stdio.h>

#include "reply.h"

/* As in tests/fuzz/src/reply.rs. */
struct record {
	struct umd_frame_header sent;
	struct umd_frame_header reply;
	__u64 payload;
	__u32 max_reply;
	__u32 unused;
	struct umd_hello ours;
	struct umd_hello theirs;
};

static void tell(const char *wrong)
{
	puts(wrong ? wrong : "-");
}

int main(void)
{
	struct record r;

	while (fread(&r, sizeof(r), 1, stdin) == 1) {
		tell(umd_reply_check(&r.sent, &r.reply, r.payload,
				     r.max_reply));
		tell(umd_hello_check(&r.ours, &r.theirs));
	}
	return ferror(stdin) || fflush(stdout);
}
