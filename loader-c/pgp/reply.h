/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checks of the Handler's replies on keys and signatures. The only kernel
 * service in use is memcmp(), so that the same files can be tested outside of
 * a kernel.
 */
#ifndef _PGP_REPLY_H
#define _PGP_REPLY_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdbool.h>
#include <stddef.h>
#endif

#include "umd_pgp_abi.h"

/* Numbers of RFC 9580: algorithms (section 9.1), hashes (9.5). */
#define PGP_RSA			1
#define PGP_RSA_SIGN		3
#define PGP_ECDSA		19
#define PGP_SHA256		8
#define PGP_SHA384		9
#define PGP_SHA512		10

/* Signature types (section 5.2.1). */
#define PGP_BINARY		0x00
#define PGP_TEXT		0x01
#define PGP_CERTIFICATION	0x10
#define PGP_POSITIVE		0x13
#define PGP_SUBKEY_BINDING	0x18
#define PGP_PRIMARY_BINDING	0x19
#define PGP_DIRECT_KEY		0x1f

const char *pgp_key_check(const struct umd_pgp_key *key, __u32 index,
			  const __u8 *data, __u32 data_len);
const char *pgp_signature_check(const struct umd_pgp_signature_reply *reply,
				__u32 index, const __u8 *data, __u32 data_len);
const char *pgp_piece_check(const struct umd_pgp_piece *piece, size_t reply_len,
			    __u32 index, __u32 data_len);
bool pgp_is_certification(__u8 kind);
__u32 pgp_fingerprint_len(__u8 version);

/* material.c, with the same restriction */
bool pgp_is_rsa(__u8 algorithm);
const char *pgp_material_check(const struct umd_pgp_key *key, const __u8 *body);

static inline __u32 pgp_be16(const __u8 *at)
{
	return (__u32)at[0] << 8 | at[1];
}

static inline __u32 pgp_be32(const __u8 *at)
{
	return pgp_be16(at) << 16 | pgp_be16(at + 2);
}

#endif /* _PGP_REPLY_H */
