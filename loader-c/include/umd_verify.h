/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The functions of verify_mgr.ko for other modules: asymmetric keys whose
 * signatures a sealed user process verifies.
 */
#ifndef _UMD_VERIFY_H
#define _UMD_VERIFY_H

#include <linux/types.h>

struct asymmetric_key_subtype;
struct public_key;
struct public_key_signature;

/**
 * struct umd_verify_params - the numbers of a public key
 * @algorithm: %UMD_VERIFY_ED25519 or another one (umd_verify_abi.h)
 * @exponent: the public exponent, for RSA only: odd, and 3 at least
 * @key: Ed25519, Ed448: the encoding of RFC 8032; ECDSA: x and y, each of the
 *	length of the curve; RSA: the modulus, of 2048 to 8192 bits, without a zero
 *	before it. Numbers begin with the most significant byte
 * @key_len: length of @key in bytes
 * @id_type: kind of the key's ids, as /proc/keys shows it, such as "PGP"
 * @holds_lock: the caller holds a lock for which other tasks wait, see struct
 *	umd_mgmt_call
 */
struct umd_verify_params {
	u32 algorithm;
	u64 exponent;
	const void *key;
	u32 key_len;
	const char *id_type;
	bool holds_lock;
};

extern struct asymmetric_key_subtype umd_verify_subtype;

struct public_key *umd_verify_key_new(const struct umd_verify_params *params);
void umd_verify_key_free(struct public_key *pub);
int umd_verify_signature(const struct public_key *pub,
			 const struct public_key_signature *sig,
			 bool holds_lock);

#endif /* _UMD_VERIFY_H */
