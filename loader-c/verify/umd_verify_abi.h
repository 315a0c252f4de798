/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */
/* Generated from handler/drivers/verify/ by cargo header, do not edit. */
#ifndef UMD_VERIFY_ABI_H
#define UMD_VERIFY_ABI_H

#include "umd_abi.h"

/*
 * Payload of a request of UMD_OP_VERIFY. All bytes of digest, key and
 * signature behind their lengths are zero.
 */
struct umd_verify_request {
	/* A number of an algorithm, such as UMD_VERIFY_ED25519. */
	__u32 algorithm;
	/*
	 * The number of the hash that made digest, such as UMD_VERIFY_SHA256; of
	 * all algorithms, only RSA needs it.
	 */
	__u32 hash;
	/* Length of digest. */
	__u32 digest_len;
	/* Length of key. */
	__u32 key_len;
	/* Length of signature. */
	__u32 signature_len;
	/* Zero. */
	__u32 reserved;
	/* RSA: the public exponent, odd and at least 3; else zero. */
	__u64 exponent;
	/* The digest. */
	__u8 digest[64];
	/* The public key. */
	__u8 key[1024];
	/* The signature. */
	__u8 signature[1024];
};

/* Payload of a reply of UMD_OP_VERIFY with status zero. */
struct umd_verify_reply {
	/* UMD_VERIFY_TRUE or UMD_VERIFY_FALSE, and nothing else. */
	__u64 verdict;
};

/*
 * Operation: verify one signature. Request: struct umd_verify_request; reply:
 * struct umd_verify_reply, or a status and no payload.
 */
#define UMD_OP_VERIFY 256

/* algorithm: Ed25519 (RFC 8032, without prehashing). */
#define UMD_VERIFY_ED25519 1

/* algorithm: Ed448 (RFC 8032, without prehashing and context). */
#define UMD_VERIFY_ED448 2

/* algorithm: ECDSA with NIST P-256. */
#define UMD_VERIFY_P256 3

/* algorithm: ECDSA with NIST P-384. */
#define UMD_VERIFY_P384 4

/* algorithm: ECDSA with NIST P-521. */
#define UMD_VERIFY_P521 5

/* algorithm: ECDSA with brainpoolP256r1. */
#define UMD_VERIFY_BRAINPOOL_P256 6

/* algorithm: ECDSA with brainpoolP384r1. */
#define UMD_VERIFY_BRAINPOOL_P384 7

/* algorithm: ECDSA with brainpoolP512r1. */
#define UMD_VERIFY_BRAINPOOL_P512 8

/* algorithm: RSA, PKCS #1 v1.5. */
#define UMD_VERIFY_RSA 9

/* The first number after those of algorithms. */
#define UMD_VERIFY_ALGORITHMS 10

/* hash: none is named. Not with RSA. */
#define UMD_VERIFY_HASH_NONE 0

/* hash: SHA-1, 20 bytes (section 9.5 has the numbers of hashes). */
#define UMD_VERIFY_SHA1 2

/* hash: RIPEMD-160, 20 bytes. */
#define UMD_VERIFY_RIPEMD160 3

/* hash: SHA-256, 32 bytes. */
#define UMD_VERIFY_SHA256 8

/* hash: SHA-384, 48 bytes. */
#define UMD_VERIFY_SHA384 9

/* hash: SHA-512, 64 bytes. */
#define UMD_VERIFY_SHA512 10

/* hash: SHA-224, 28 bytes. */
#define UMD_VERIFY_SHA224 11

/* hash: SHA3-256, 32 bytes. */
#define UMD_VERIFY_SHA3_256 12

/* hash: SHA3-512, 64 bytes. */
#define UMD_VERIFY_SHA3_512 14

/* Size of digest in bytes. */
#define UMD_VERIFY_DIGEST_SIZE 64

/* Size of key and of signature in bytes. */
#define UMD_VERIFY_NUMBER_SIZE 1024

/* Largest payload of a request in bytes: a whole struct umd_verify_request. */
#define UMD_VERIFY_MAX_REQUEST 2144

/* Largest payload of a reply in bytes: a whole struct umd_verify_reply. */
#define UMD_VERIFY_MAX_REPLY 8

/* verdict: the signature is true, the bytes YesTrue! on a little-endian machine. */
#define UMD_VERIFY_TRUE 2406458709802968409

/*
 * verdict: the signature is false. All bits but the highest differ from
 * UMD_VERIFY_TRUE, so that no flip of a few bits makes one of the other.
 */
#define UMD_VERIFY_FALSE 6816913327051807398

static_assert(sizeof(struct umd_verify_request) == 2144, "umd_verify_request");
static_assert(__builtin_offsetof(struct umd_verify_request, algorithm) == 0, "algorithm");
static_assert(__builtin_offsetof(struct umd_verify_request, hash) == 4, "hash");
static_assert(__builtin_offsetof(struct umd_verify_request, digest_len) == 8, "digest_len");
static_assert(__builtin_offsetof(struct umd_verify_request, key_len) == 12, "key_len");
static_assert(__builtin_offsetof(struct umd_verify_request, signature_len) == 16, "signature_len");
static_assert(__builtin_offsetof(struct umd_verify_request, reserved) == 20, "reserved");
static_assert(__builtin_offsetof(struct umd_verify_request, exponent) == 24, "exponent");
static_assert(__builtin_offsetof(struct umd_verify_request, digest) == 32, "digest");
static_assert(__builtin_offsetof(struct umd_verify_request, key) == 96, "key");
static_assert(__builtin_offsetof(struct umd_verify_request, signature) == 1120, "signature");

static_assert(sizeof(struct umd_verify_reply) == 8, "umd_verify_reply");
static_assert(__builtin_offsetof(struct umd_verify_reply, verdict) == 0, "verdict");

#endif /* UMD_VERIFY_ABI_H */
