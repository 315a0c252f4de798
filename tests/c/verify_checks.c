// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Applies the Manager's functions of the driver of signatures to the records on
 * standard input. A record is a struct record and a signature. The program prints a line
 * for each: what the signature is in DER, or an errno.
 */
#include <stdio.h>
#include <stdlib.h>

#include "der.h"

/* As in tests/src/checks/verify.rs. */
struct record {
	/* Of a curve's numbers; 0: a reply, of which the errnos are wanted. */
	__u32 number_len;
	__u32 len;
	__s32 status;
	__u32 reserved;
	struct umd_verify_reply reply;
};

/* The buffer has just that length: a sanitizer sees any access behind it. */
static __u8 *room(size_t len)
{
	__u8 *bytes = malloc(len ? len : 1);

	if (!bytes)
		exit(1);
	return bytes;
}

static void check_signature(const struct record *r, const __u8 *der)
{
	__u8 *raw = room(2 * r->number_len);
	__u32 i;

	printf("%u ", verify_der_size(der, r->len));
	if (!verify_der_to_raw(der, r->len, raw, r->number_len))
		printf("no");
	else
		for (i = 0; i < 2 * r->number_len; i++)
			printf("%02x", raw[i]);
	putchar('\n');
	free(raw);
}

int main(void)
{
	struct record r;

	while (fread(&r, sizeof(r), 1, stdin) == 1) {
		__u8 *der = room(r.len);

		if (fread(der, 1, r.len, stdin) != r.len)
			exit(1);
		if (r.number_len)
			check_signature(&r, der);
		else
			printf("%d %d\n", verify_reply_errno(r.status, &r.reply),
			       verify_key_errno(r.status, &r.reply));
		free(der);
	}
	return 0;
}
