// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Applies to the records on standard input what the OpenPGP driver does with hostile
 * bytes. A record is a struct record, offsets of bytes of the reply, data and the reply.
 * The program prints a line for the record, and a line for each reply with one changed bit
 * in these bytes. "-" stands for no error.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pure.h"

/* As in tests/src/checks/pgp.rs. */
enum what {
	ITEM,
	TEXT,
	FRAMES,
	HEADER,
	BASE64,
	LINES,
	PAIR,
	BITS,
};

struct record {
	__u32 what;
	__u32 argument;
	__u32 data_len;
	__u32 reply_len;
	__u32 lies;
};

/* The buffer has just that length: a sanitizer sees any access behind it. */
static void *buffer(size_t len)
{
	void *bytes = malloc(len ? len : 1);

	if (!bytes)
		exit(1);
	return bytes;
}

static void *read_bytes(size_t len)
{
	void *bytes = buffer(len);

	if (fread(bytes, 1, len, stdin) != len)
		exit(1);
	return bytes;
}

static void put_hex(const __u8 *bytes, __u32 len)
{
	__u32 i;

	for (i = 0; i < len; i++)
		printf("%02x", bytes[i]);
}

static void put_frames(const __u8 *data, __u32 len)
{
	struct pgp_frame frame;
	__u32 at = 0;

	while (pgp_frame_next(data, len, &at, &frame)) {
		printf("%u@%u+%u ", frame.tag, at, frame.len);
		at += frame.len;
	}
	printf("%u\n", at);
}

static void put_header(const __u8 *data, __u32 len)
{
	struct pgp_frame frame;

	switch (pgp_frame_read(data, len, &frame)) {
	case PGP_FRAME_DONE:
		printf("%u:%u+%u\n", frame.tag, frame.head, frame.len);
		break;
	case PGP_FRAME_MORE:
		puts("more");
		break;
	case PGP_FRAME_BAD:
		puts("bad");
	}
}

/* In two pieces. */
static void put_base64(const __u8 *data, __u32 len, __u32 split)
{
	struct pgp_base64 base64 = { 0 };
	__u32 from[2] = { 0, split }, to[2] = { split, len };
	int i;

	for (i = 0; i < 2; i++) {
		__u32 piece = to[i] - from[i], count = 0;
		__u8 *text = buffer(piece), *bytes = buffer(piece + 2);
		bool good;

		memcpy(text, data + from[i], piece);
		good = pgp_base64_decode(&base64, text, piece, bytes, &count);
		if (good)
			put_hex(bytes, count);
		free(bytes);
		free(text);
		if (!good) {
			puts("bad");
			return;
		}
	}
	puts(pgp_base64_is_whole(&base64) ? "" : " open");
}

static void put_lines(const __u8 *data, __u32 len)
{
	__u32 at = 0;

	while (at < len) {
		struct pgp_number line = pgp_signed_line(data, len, &at);

		put_hex(line.at, line.len);
		printf("|");
	}
	printf("%u\n", at);
}

/* The first number has @argument's upper half bytes; the lower half is the room. */
static void put_pair(const __u8 *data, __u32 len, __u32 argument)
{
	__u32 first = argument >> 16, room = argument & 0xffff;
	__u8 *der = buffer(room);
	struct pgp_number one = { data, first };
	struct pgp_number other = { data + first, len - first };

	put_hex(der, pgp_der_pair(one, other, der, room));
	puts("");
	free(der);
}

static void put(const struct record *r, const __u8 *data, const void *reply)
{
	struct pgp_number number = { data, r->data_len };
	const char *wrong = NULL;

	switch (r->what) {
	case ITEM:
		wrong = pgp_item_check(reply, r->argument, data, r->data_len);
		break;
	case TEXT:
		wrong = pgp_text_check(reply, (const void *)data, r->argument);
		break;
	case FRAMES:
		put_frames(data, r->data_len);
		return;
	case HEADER:
		put_header(data, r->data_len);
		return;
	case BASE64:
		put_base64(data, r->data_len, r->argument);
		return;
	case LINES:
		put_lines(data, r->data_len);
		return;
	case PAIR:
		put_pair(data, r->data_len, r->argument);
		return;
	case BITS:
		printf("%u\n", pgp_number_bits(number));
		return;
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

		put(&r, data, reply);
		for (i = 0; i < r.lies; i++) {
			for (bit = 0; bit < 8; bit++) {
				reply[lies[i]] ^= 1 << bit;
				put(&r, data, reply);
				reply[lies[i]] ^= 1 << bit;
			}
		}
		free(lies);
		free(data);
		free(reply);
	}
	return ferror(stdin) || fflush(stdout);
}
