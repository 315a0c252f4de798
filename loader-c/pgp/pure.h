/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The code that looks at hostile bytes with no service of the kernel but memcmp(): the
 * framing of packets, the checks of the Handler's replies, and what the kernel
 * computes of ranges that a reply names. So the same files are tested, fuzzed and
 * analysed outside of a kernel.
 *
 * Section numbers are those of RFC 9580.
 */
#ifndef _PGP_PURE_H
#define _PGP_PURE_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdbool.h>
#include <stddef.h>
#endif

#include "umd_pgp_abi.h"

/* Packet types (section 5). */
#define PGP_TAG_MARKER		10
#define PGP_TAG_TRUST		12
#define PGP_TAG_USER_ID		13
#define PGP_TAG_ATTRIBUTE	17
#define PGP_TAG_PADDING		21
/* From here on, unknown types are skipped (section 4.3). */
#define PGP_TAG_NOT_CRITICAL	40

/* Algorithms (section 9.1) and hashes (9.5). */
#define PGP_RSA			1
#define PGP_RSA_SIGN		3
#define PGP_DSA			17
#define PGP_ECDSA		19
#define PGP_EDDSA_LEGACY	22
#define PGP_ED25519		27
#define PGP_ED448		28
#define PGP_SHA1		2
#define PGP_RIPEMD160		3
#define PGP_SHA256		8
#define PGP_SHA384		9
#define PGP_SHA512		10
#define PGP_SHA224		11
#define PGP_SHA3_256		12
#define PGP_SHA3_512		14

/* Signature types (section 5.2.1). */
#define PGP_BINARY		0x00
#define PGP_TEXT		0x01
#define PGP_CERTIFICATION	0x10
#define PGP_POSITIVE		0x13
#define PGP_SUBKEY_BINDING	0x18
#define PGP_PRIMARY_BINDING	0x19
#define PGP_DIRECT_KEY		0x1f
#define PGP_KEY_REVOCATION	0x20
#define PGP_SUBKEY_REVOCATION	0x28
#define PGP_CERT_REVOCATION	0x30

/* Version, time and algorithm: the start of a key packet's body. */
#define PGP_BODY_HEAD		6
/* A hash of a key of version 4 has the length of the key in two bytes. */
#define PGP_BODY_MAX		0xffff
/* An RSAPublicKey of 8192 bits and a public exponent of 64. */
#define PGP_MATERIAL_SIZE	1056

static inline __u32 pgp_be16(const __u8 *at)
{
	return (__u32)at[0] << 8 | at[1];
}

static inline __u32 pgp_be32(const __u8 *at)
{
	return pgp_be16(at) << 16 | pgp_be16(at + 2);
}

/* frame.c */

/* The header of a packet (section 4.2). */
struct pgp_frame {
	__u8 tag;
	/* Length of the header, at most 6. */
	__u8 head;
	/* Length of the body, which follows. */
	__u32 len;
};

#define PGP_FRAME_MAX_HEAD	6

enum pgp_framing {
	PGP_FRAME_DONE,
	/* More bytes of the header are needed. */
	PGP_FRAME_MORE,
	PGP_FRAME_BAD,
};

enum pgp_framing pgp_frame_read(const __u8 *at, size_t left,
				struct pgp_frame *frame);
bool pgp_frame_next(const __u8 *bytes, __u32 len, __u32 *at,
		    struct pgp_frame *frame);

/* item.c */
const char *pgp_item_check(const struct umd_pgp_item *item, __u32 tag,
			   const __u8 *body, __u32 len);
const char *pgp_text_check(const struct umd_pgp_text_reply *reply,
			   const struct umd_pgp_text *request, __u32 len);

static inline bool pgp_is_certification(__u8 kind)
{
	return kind >= PGP_CERTIFICATION && kind <= PGP_POSITIVE;
}

/* Only a key of the same version makes signatures; version 3 is of version 4 keys. */
static inline __u32 pgp_fingerprint_len(__u8 version)
{
	return version == 6 ? 32 : 20;
}

/* material.c */

/* A range of a body: numbers as in struct umd_pgp_item. */
struct pgp_number {
	const __u8 *at;
	__u32 len;
};

static inline struct pgp_number pgp_number(const __u8 *body,
					   struct umd_pgp_range range)
{
	return (struct pgp_number){ body + range.offset, range.len };
}

const char *pgp_material_check(const struct umd_pgp_item *key,
			       const __u8 *body, __u32 len);
__u32 pgp_der_pair(struct pgp_number first, struct pgp_number second,
		   __u8 *der, __u32 room);
__u32 pgp_number_bits(struct pgp_number number);

static inline bool pgp_is_rsa(__u8 algorithm)
{
	return algorithm == PGP_RSA || algorithm == PGP_RSA_SIGN;
}

/* decode.c */

/* The state of a base64 decoder (section 6); all zero to begin with. */
struct pgp_base64 {
	__u32 bits;
	__u8 symbols;
	__u8 padding;
};

bool pgp_base64_decode(struct pgp_base64 *base64, const __u8 *text, __u32 len,
		       __u8 *bytes, __u32 *count);
bool pgp_base64_is_whole(const struct pgp_base64 *base64);
struct pgp_number pgp_signed_line(const __u8 *text, __u32 len, __u32 *at);

#endif /* _PGP_PURE_H */
