/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */
/* Generated from abi/ by cargo header, do not edit. */
#ifndef UMD_ABI_H
#define UMD_ABI_H

#include <linux/types.h>
/* For static_assert(). */
#ifdef __KERNEL__
#include <linux/build_bug.h>
#else
#include <assert.h>
#endif

/*
 * The start of every frame, 32 bytes, 8-byte aligned, no padding. The payload
 * follows it directly.
 */
struct umd_frame_header {
	/* UMD_MAGIC. */
	__u32 magic;
	/* The sender's UMD_ABI_VERSION. */
	__u16 version;
	/* The operation; a reply repeats that of its request. */
	__u16 op;
	/*
	 * Chosen by the kernel, unique for each request of a Handler; a reply
	 * repeats that of its request.
	 */
	__u64 id;
	/*
	 * Length of the payload in bytes, without this header; zero in a reply
	 * whose status is not zero.
	 */
	__u32 len;
	/*
	 * Zero in a request; in a reply zero or a negative errno not below
	 * UMD_STATUS_MIN.
	 */
	__s32 status;
	/* UMD_FRAME_REPLY_BY_READ or zero in a request, zero in a reply. */
	__u32 flags;
	/* Zero. */
	__u32 reserved;
};

/*
 * Payload of UMD_OP_HELLO in both directions, 16 bytes, 4-byte
 * aligned.
 *
 * The kernel states the largest request that it may send and the largest reply
 * that it accepts. The Handler states the largest request that it has room for
 * and the largest reply that it may send. The kernel rejects a Handler of
 * another version, a Handler with too little room for the requests, and a
 * Handler whose replies may be too large.
 */
struct umd_hello {
	/* The sender's UMD_ABI_VERSION. */
	__u32 version;
	/* Largest payload of a request in bytes. */
	__u32 max_request;
	/* Largest payload of a reply in bytes. */
	__u32 max_reply;
	/* Zero. */
	__u32 reserved;
};

/* Exit code of a Handler that read the end of file between two frames. */
#define UMD_EXIT_OK 0

/*
 * Exit code of a Handler that read a frame whose header cannot be trusted:
 * wrong magic or version, or a length that does not match the frame or is too
 * large.
 */
#define UMD_EXIT_FRAME 1

/* Exit code of a Handler that read the end of file inside a frame. */
#define UMD_EXIT_TRUNCATED 2

/* Exit code of a Handler whose read() failed. */
#define UMD_EXIT_READ 3

/* Exit code of a Handler whose write() failed. */
#define UMD_EXIT_WRITE 4

/* Exit code of a Handler that panicked. Only a Handler that is built to may panic. */
#define UMD_EXIT_PANIC 70

/* First field of every frame: the bytes UMD1 on a little-endian machine. */
#define UMD_MAGIC 826559829

/* Version of this contract; abi/src/lib.rs lists the changes that raise it. */
#define UMD_ABI_VERSION 1

/* Size of struct umd_frame_header in bytes. */
#define UMD_FRAME_HEADER_SIZE 32

/* The largest payload in bytes that any driver may allow in any direction. */
#define UMD_MAX_PAYLOAD 1048576

/*
 * Core operation: the handshake after each spawn. Payload: struct umd_hello
 * in both directions.
 */
#define UMD_OP_HELLO 0

/* Core operation: no payload in either direction, answered with status zero. */
#define UMD_OP_PING 1

/* First operation of the drivers' range; lower numbers are core operations. */
#define UMD_OP_DRIVER 256

/*
 * Flag of a request of the drivers' range: the reply may go with the next
 * read() instead of a write() of its own. The buffer of that read()
 * starts with room for the longest request that the Handler announced, rounded
 * up to UMD_REPLY_ALIGN. The frame of the reply follows directly; the
 * kernel ignores the rest of the buffer. The next request is written to the
 * start of the buffer.
 *
 * Only a channel that keeps frames whole sets this flag. When a signal
 * interrupts such a read() and the Handler repeats it, the reply counts
 * once.
 */
#define UMD_FRAME_REPLY_BY_READ 1

/* Alignment of a reply within the buffer of a read(), in bytes. */
#define UMD_REPLY_ALIGN 8

/*
 * The lowest status that a reply may carry: -EHWPOISON, the last errno of
 * asm-generic/errno.h. The kernel's restart codes (-ERESTARTSYS and the
 * like, from -512) are lower, so that a Handler can never make a system call
 * of its caller restart.
 */
#define UMD_STATUS_MIN (-133)

static_assert(sizeof(struct umd_frame_header) == 32, "umd_frame_header");
static_assert(__builtin_offsetof(struct umd_frame_header, magic) == 0, "magic");
static_assert(__builtin_offsetof(struct umd_frame_header, version) == 4, "version");
static_assert(__builtin_offsetof(struct umd_frame_header, op) == 6, "op");
static_assert(__builtin_offsetof(struct umd_frame_header, id) == 8, "id");
static_assert(__builtin_offsetof(struct umd_frame_header, len) == 16, "len");
static_assert(__builtin_offsetof(struct umd_frame_header, status) == 20, "status");
static_assert(__builtin_offsetof(struct umd_frame_header, flags) == 24, "flags");
static_assert(__builtin_offsetof(struct umd_frame_header, reserved) == 28, "reserved");

static_assert(sizeof(struct umd_hello) == 16, "umd_hello");
static_assert(__builtin_offsetof(struct umd_hello, version) == 0, "version");
static_assert(__builtin_offsetof(struct umd_hello, max_request) == 4, "max_request");
static_assert(__builtin_offsetof(struct umd_hello, max_reply) == 8, "max_reply");
static_assert(__builtin_offsetof(struct umd_hello, reserved) == 12, "reserved");

#endif /* UMD_ABI_H */
