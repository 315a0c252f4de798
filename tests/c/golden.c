// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Prints frames, made with the C header: a line of hexadecimal bytes for each.
 * tests/tests/header.rs makes the same frames in Rust.
 */

#include <stdio.h>
#include <stddef.h>
#include "sample/umd_sample_abi.h"

static void print(const void *bytes, size_t size)
{
	const unsigned char *byte = (const unsigned char *)bytes;
	size_t i;

	for (i = 0; i < size; i++)
		printf("%02x", byte[i]);
	printf("\n");
}

int main(void)
{
	static struct umd_sample_reply reply;
	struct umd_frame_header header;
	struct umd_hello hello;
	struct umd_sample_request request;

	header.magic = UMD_MAGIC;
	header.version = UMD_ABI_VERSION;
	header.op = UMD_OP_SAMPLE_SET;
	header.id = 0x1122334455667788;
	header.len = sizeof(request);
	header.status = 0;
	header.flags = 0;
	header.reserved = 0;
	print(&header, sizeof(header));

	request.offset = UMD_SAMPLE_SIZE - 1;
	print(&request, sizeof(request));

	header.op = UMD_OP_HELLO;
	header.len = sizeof(hello);
	header.status = UMD_STATUS_MIN;
	print(&header, sizeof(header));

	hello.version = UMD_ABI_VERSION;
	hello.max_request = 4;
	hello.max_reply = UMD_SAMPLE_SIZE;
	hello.reserved = 0;
	print(&hello, sizeof(hello));

	/* Each field has a value of its own: mixed up fields are noticed. */
	header.magic = 0x01020304;
	header.version = 0x0506;
	header.op = 0x0708;
	header.id = 0x090a0b0c0d0e0f10;
	header.len = 0x11121314;
	header.status = 0x15161718;
	header.flags = 0x191a1b1c;
	header.reserved = 0x1d1e1f20;
	print(&header, sizeof(header));

	reply.bytes[UMD_SAMPLE_SIZE - 1] = 1;
	print(&reply, sizeof(reply));

	printf("%u %u %u %u %u %u\n", UMD_FRAME_HEADER_SIZE, UMD_MAX_PAYLOAD, UMD_OP_PING,
	       UMD_OP_DRIVER, UMD_OP_SAMPLE_SET, UMD_ABI_VERSION);
	printf("%d %d %d %d %d\n", UMD_EXIT_OK, UMD_EXIT_FRAME, UMD_EXIT_TRUNCATED, UMD_EXIT_READ,
	       UMD_EXIT_WRITE);
	return 0;
}
