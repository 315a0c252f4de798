/* SPDX-License-Identifier: GPL-2.0-only */
/* The interfaces between the files of verify_mgr.ko. */
#ifndef _VERIFY_H
#define _VERIFY_H

#include <crypto/public_key.h>
#include <linux/types.h>

#include "der.h"
#include "mgr.h"
#include "umd_verify.h"

/* Kinds of algorithms, whose signatures have the same encodings. */
enum verify_family {
	VERIFY_EDDSA,
	VERIFY_ECDSA,
	VERIFY_RSA,
};

enum verify_encoding {
	VERIFY_ENCODING_NONE,
	/* As the Handler wants it. */
	VERIFY_ENCODING_RAW,
	VERIFY_ENCODING_DER,
};

/**
 * struct verify_algorithm - an algorithm that a Handler has
 * @mgmt: the driver of that Handler
 * @number: its number in requests
 * @family: what else is the same
 * @name: its name in the parameter "algorithms"
 * @pkey_algo: its name in struct public_key: the kernel's own code has no such
 *	name, and so takes the key for nothing that the kernel could use itself
 * @other: a name that signatures may give instead
 * @bits: length of keys in bits, 0 where that differs
 * @key_len: length of keys in bytes, 0 where that differs
 * @signature_len: length of signatures in bytes, 0 for that of the key
 */
struct verify_algorithm {
	struct umd_mgmt *mgmt;
	u32 number;
	enum verify_family family;
	const char *name;
	const char *pkey_algo;
	const char *other;
	u32 bits;
	u32 key_len;
	u32 signature_len;
};

/* The payload of a key; struct public_key comes first, see umd_verify_subtype. */
struct verify_key {
	struct public_key pub;
	const struct verify_algorithm *algorithm;
	u64 exponent;
	u32 bits;
	char id_type[];
};

static_assert(!offsetof(struct verify_key, pub));

static inline const struct verify_key *
verify_key_of(const struct public_key *pub)
{
	return container_of(pub, struct verify_key, pub);
}

/* algorithm.c */
extern const struct kernel_param_ops verify_algorithms_ops;

const struct verify_algorithm *verify_algorithm_of(u32 number);
bool verify_is_on(const struct verify_algorithm *algorithm);
bool verify_is_named(const struct verify_algorithm *algorithm,
		     const char *pkey_algo);
enum verify_encoding
verify_encoding_of(const struct verify_algorithm *algorithm,
		   const char *encoding);
int verify_hash_of(const char *name, u32 *size);

/* key.c */
u32 verify_signature_len(const struct verify_key *key);
u32 verify_signature_max(const struct verify_key *key,
			 enum verify_encoding encoding);

/* ask.c */
int verify_ask_key(const struct verify_key *key, bool holds_lock);
int verify_ask(const struct verify_key *key,
	       const struct public_key_signature *sig, bool holds_lock);

#endif /* _VERIFY_H */
