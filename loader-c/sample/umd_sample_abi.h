/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */
/* Generated from handler/drivers/sample/ by cargo header, do not edit. */
#ifndef UMD_SAMPLE_ABI_H
#define UMD_SAMPLE_ABI_H

#include "umd_abi.h"

/* Payload of a request of UMD_OP_SAMPLE_SET. */
struct umd_sample_request {
	/* Offset in bytes of the byte to set. */
	__u32 offset;
};

/* Payload of a reply of UMD_OP_SAMPLE_SET with status zero. */
struct umd_sample_reply {
	/* The byte at the request's offset is 1, all others are 0. */
	__u8 bytes[131072];
};

/*
 * Sample operation: set one byte. Request: struct umd_sample_request; reply:
 * struct umd_sample_reply, or status -ERANGE and no payload.
 */
#define UMD_OP_SAMPLE_SET 256

/* Length of a sample reply in bytes; offsets run from zero to one less. */
#define UMD_SAMPLE_SIZE 131072

static_assert(sizeof(struct umd_sample_request) == 4, "umd_sample_request");
static_assert(__builtin_offsetof(struct umd_sample_request, offset) == 0, "offset");

static_assert(sizeof(struct umd_sample_reply) == 131072, "umd_sample_reply");
static_assert(__builtin_offsetof(struct umd_sample_reply, bytes) == 0, "bytes");

#endif /* UMD_SAMPLE_ABI_H */
