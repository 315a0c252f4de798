/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */
/* Generated from handler/drivers/pgp/ by cargo header, do not edit. */
#ifndef UMD_PGP_ABI_H
#define UMD_PGP_ABI_H

#include "umd_abi.h"

/* The start of the payload of each OpenPGP request; the data follows. */
struct umd_pgp_request {
	/*
	 * Number of the key or signature, or offset of the first byte of the
	 * content.
	 */
	__u32 index;
	/* A UMD_PGP_PART_ constant for UMD_OP_PGP_CLEARTEXT, else zero. */
	__u32 part;
};

/* A range of a request's data, always inside the data. */
struct umd_pgp_range {
	/* Offset from the start of the data, after the struct umd_pgp_request. */
	__u32 offset;
	/* Number of bytes; zero for none. */
	__u32 len;
};

/* A signature (section 5.2); all zero if there is none. */
struct umd_pgp_signature {
	/* Creation time in seconds since 1970, from the hashed subpackets. */
	__u64 created;
	/* Expiry of the signature in seconds since 1970; zero for never. */
	__u64 expires;
	/* 4 or 6. */
	__u8 version;
	/* The signature type (section 5.2.1). */
	__u8 kind;
	/* The public key algorithm (section 9.1). */
	__u8 algorithm;
	/* The hash algorithm (section 9.5). */
	__u8 hash;
	/*
	 * Length of issuer: 20 for a key of version 4, 32 for version 6, or 0 if
	 * the signature does not name the issuer.
	 */
	__u8 issuer_len;
	/* Length of salt: 0 in version 4; in version 6, as hash requires. */
	__u8 salt_len;
	/* The first two bytes of the hash, according to the signature. */
	__u8 left[2];
	/*
	 * The part of the packet that is hashed, after salt and document or keys:
	 * from the version to the end of the hashed subpackets.
	 */
	struct umd_pgp_range hashed;
	/* Length of trailer: 6. */
	__u32 trailer_len;
	/* Length of value; 0 if value has no form for the algorithm. */
	__u32 value_len;
	/* UMD_PGP_SIGNATURE_ flags. */
	__u32 flags;
	/* Zero. */
	__u32 reserved;
	/*
	 * The bytes that are hashed last: version, 0xff, length of hashed in 4
	 * bytes.
	 */
	__u8 trailer[8];
	/* Key id of the key that made the signature; zero if it is not named. */
	__u8 issuer_key_id[8];
	/* Fingerprint of the key that made the signature. */
	__u8 issuer[32];
	/* The bytes that are hashed first. */
	__u8 salt[32];
	/*
	 * RSA: a big-endian number without leading zeros. ECDSA: DER, a SEQUENCE
	 * of two INTEGERs. Ed25519 and Ed448: R, then S, each of full length.
	 */
	__u8 value[544];
};

/* Payload of a reply of UMD_OP_PGP_SIGNATURE with status zero. */
struct umd_pgp_signature_reply {
	/* How many signatures there are. */
	__u32 count;
	/* Number of this signature: that of the request. */
	__u32 index;
	/* The signature. */
	struct umd_pgp_signature signature;
};

/* Payload of a reply of UMD_OP_PGP_KEY with status zero. */
struct umd_pgp_key {
	/* How many keys there are: primary keys and subkeys. */
	__u32 count;
	/* Number of this key: that of the request. */
	__u32 index;
	/* UMD_PGP_KEY_ flags. */
	__u32 flags;
	/*
	 * Bits of the RSA modulus or of the curve; zero for algorithms whose
	 * values the Handler does not parse.
	 */
	__u32 bits;
	/* Creation time in seconds since 1970. */
	__u64 created;
	/*
	 * Expiry of the key in seconds since 1970; zero for never. The earliest
	 * that binding, the newest direct-key signature and, for a subkey,
	 * back and the primary key's self-signature state, for the key or for
	 * themselves.
	 */
	__u64 expires;
	/* 4 or 6. */
	__u8 version;
	/* The public key algorithm (section 9.1). */
	__u8 algorithm;
	/* A UMD_PGP_CURVE_ constant. */
	__u8 curve;
	/* Length of fingerprint: 20 or 32, as version requires. */
	__u8 fingerprint_len;
	/* Length of material; 0 if material has no form for the key. */
	__u32 material_len;
	/* Length of user_id; a longer user id is truncated. */
	__u32 user_id_len;
	/* index of the primary key; index itself for a primary key. */
	__u32 primary_index;
	/* Key id (section 5.5.4). */
	__u8 key_id[8];
	/* Fingerprint (section 5.5.4). */
	__u8 fingerprint[32];
	/* The body of the primary key's packet. */
	struct umd_pgp_range primary;
	/* The body of this key's packet; the same for a primary key. */
	struct umd_pgp_range subject;
	/*
	 * The body of the user id's packet that binding certifies, which may be
	 * empty. The kind of binding tells whether there is a user id. Zero if
	 * binding is on keys alone.
	 */
	struct umd_pgp_range certified;
	/* The start of the user id in certified: arbitrary bytes, not checked. */
	__u8 user_id[256];
	/*
	 * RSA: DER, an RSAPublicKey, up to 4096 bits. ECDSA: 0x04, x, y. Ed25519
	 * and Ed448: the 32 or 57 bytes.
	 */
	__u8 material[544];
	/*
	 * The newest self-signature of a primary key, or the newest subkey
	 * binding signature of a subkey.
	 */
	struct umd_pgp_signature binding;
	/* The primary key binding signature inside binding. */
	struct umd_pgp_signature back;
};

/*
 * Payload of a reply of UMD_OP_PGP_DEARMOR and UMD_OP_PGP_CLEARTEXT
 * with status zero. The payload ends after len bytes of content.
 */
struct umd_pgp_piece {
	/* Length of the whole content. */
	__u32 total;
	/* A UMD_PGP_ARMOR_ constant. */
	__u32 kind;
	/*
	 * Length of bytes: the rest of the content from the request's index,
	 * at most UMD_PGP_PIECE.
	 */
	__u32 len;
	/* Zero. */
	__u32 reserved;
	/* The content from the request's index. */
	__u8 bytes[16384];
};

/*
 * OpenPGP operation: one key of binary transferable public keys (section
 * 10.1). Reply: struct umd_pgp_key number index of all primary keys and subkeys of
 * supported versions, in their order.
 */
#define UMD_OP_PGP_KEY 256

/*
 * OpenPGP operation: one of several binary signature packets (section 5.2).
 * Reply: struct umd_pgp_signature_reply number index of the signatures of
 * supported versions.
 */
#define UMD_OP_PGP_SIGNATURE 257

/*
 * OpenPGP operation: the content of one ASCII-armored block (section 6).
 * Reply: struct umd_pgp_piece of the content, from the byte index.
 */
#define UMD_OP_PGP_DEARMOR 258

/*
 * OpenPGP operation: the content of a clearsigned document (section 7).
 * Reply: struct umd_pgp_piece of the part, from the byte index.
 */
#define UMD_OP_PGP_CLEARTEXT 259

/* Most bytes of data in an OpenPGP request, after the struct umd_pgp_request. */
#define UMD_PGP_MAX_DATA 65536

/* Largest payload of an OpenPGP request in bytes. */
#define UMD_PGP_MAX_REQUEST 65544

/* Largest payload of an OpenPGP reply in bytes: a whole struct umd_pgp_piece. */
#define UMD_PGP_MAX_REPLY 16400

/* Most bytes of content in one struct umd_pgp_piece. */
#define UMD_PGP_PIECE 16384

/* Size of struct umd_pgp_piece without its bytes. */
#define UMD_PGP_PIECE_HEADER_SIZE 16

/* Size of a signature's value and of a key's material. */
#define UMD_PGP_VALUE_SIZE 544

/* part of UMD_OP_PGP_CLEARTEXT: the text as it is hashed. */
#define UMD_PGP_PART_TEXT 0

/* part of UMD_OP_PGP_CLEARTEXT: the binary signature packets. */
#define UMD_PGP_PART_SIGNATURES 1

/* kind of a struct umd_pgp_piece: text. */
#define UMD_PGP_ARMOR_NONE 0

/* kind of a struct umd_pgp_piece: from BEGIN PGP PUBLIC KEY BLOCK. */
#define UMD_PGP_ARMOR_PUBLIC_KEY 1

/* kind of a struct umd_pgp_piece: from BEGIN PGP SIGNATURE. */
#define UMD_PGP_ARMOR_SIGNATURE 2

/* Flag of a struct umd_pgp_key: a primary key, else a subkey. */
#define UMD_PGP_KEY_PRIMARY 1

/*
 * Flag of a struct umd_pgp_key: the key may sign data. The algorithm can sign,
 * binding is present, and the key flags allow signing or are missing. For a
 * subkey, back is present and not unusable, and the primary key has a
 * self-signature. Revocation and expiry do not matter for this flag.
 */
#define UMD_PGP_KEY_SIGNS 2

/* Flag of a struct umd_pgp_key: the key or its primary key is revoked. */
#define UMD_PGP_KEY_REVOKED 4

/* Flag of a struct umd_pgp_key: binding is present; else it is all zero. */
#define UMD_PGP_KEY_BOUND 8

/* Flag of a struct umd_pgp_key: back is present; else it is all zero. */
#define UMD_PGP_KEY_BACK 16

/* All flags of a struct umd_pgp_key. */
#define UMD_PGP_KEY_FLAGS 31

/*
 * Flag of a struct umd_pgp_signature: the signature must not be taken for valid.
 * A critical subpacket or notation is unknown to the Handler (section
 * 5.2.3.7), the named issuer is of another version (5.2.3.35), or the
 * signature belongs to an encrypted message (5.2.3.36).
 */
#define UMD_PGP_SIGNATURE_UNUSABLE 1

/* All flags of a struct umd_pgp_signature. */
#define UMD_PGP_SIGNATURE_FLAGS 1

/* curve of a struct umd_pgp_key: none, or a curve without a number here. */
#define UMD_PGP_CURVE_NONE 0

/* curve of a struct umd_pgp_key: NIST P-256. */
#define UMD_PGP_CURVE_P256 1

/* curve of a struct umd_pgp_key: NIST P-384. */
#define UMD_PGP_CURVE_P384 2

/* curve of a struct umd_pgp_key: NIST P-521. */
#define UMD_PGP_CURVE_P521 3

/* curve of a struct umd_pgp_key: Ed25519, of algorithms 22 and 27. */
#define UMD_PGP_CURVE_ED25519 4

/* curve of a struct umd_pgp_key: Ed448. */
#define UMD_PGP_CURVE_ED448 5

/* curve of a struct umd_pgp_key: Curve25519, of algorithms 18 and 25; encrypts only. */
#define UMD_PGP_CURVE_X25519 6

/* curve of a struct umd_pgp_key: X448; encrypts only. */
#define UMD_PGP_CURVE_X448 7

/* curve of a struct umd_pgp_key: brainpoolP256r1. */
#define UMD_PGP_CURVE_BRAINPOOL_P256 8

/* curve of a struct umd_pgp_key: brainpoolP384r1. */
#define UMD_PGP_CURVE_BRAINPOOL_P384 9

/* curve of a struct umd_pgp_key: brainpoolP512r1. */
#define UMD_PGP_CURVE_BRAINPOOL_P512 10

static_assert(sizeof(struct umd_pgp_request) == 8, "umd_pgp_request");
static_assert(__builtin_offsetof(struct umd_pgp_request, index) == 0, "index");
static_assert(__builtin_offsetof(struct umd_pgp_request, part) == 4, "part");

static_assert(sizeof(struct umd_pgp_range) == 8, "umd_pgp_range");
static_assert(__builtin_offsetof(struct umd_pgp_range, offset) == 0, "offset");
static_assert(__builtin_offsetof(struct umd_pgp_range, len) == 4, "len");

static_assert(sizeof(struct umd_pgp_signature) == 672, "umd_pgp_signature");
static_assert(__builtin_offsetof(struct umd_pgp_signature, created) == 0, "created");
static_assert(__builtin_offsetof(struct umd_pgp_signature, expires) == 8, "expires");
static_assert(__builtin_offsetof(struct umd_pgp_signature, version) == 16, "version");
static_assert(__builtin_offsetof(struct umd_pgp_signature, kind) == 17, "kind");
static_assert(__builtin_offsetof(struct umd_pgp_signature, algorithm) == 18, "algorithm");
static_assert(__builtin_offsetof(struct umd_pgp_signature, hash) == 19, "hash");
static_assert(__builtin_offsetof(struct umd_pgp_signature, issuer_len) == 20, "issuer_len");
static_assert(__builtin_offsetof(struct umd_pgp_signature, salt_len) == 21, "salt_len");
static_assert(__builtin_offsetof(struct umd_pgp_signature, left) == 22, "left");
static_assert(__builtin_offsetof(struct umd_pgp_signature, hashed) == 24, "hashed");
static_assert(__builtin_offsetof(struct umd_pgp_signature, trailer_len) == 32, "trailer_len");
static_assert(__builtin_offsetof(struct umd_pgp_signature, value_len) == 36, "value_len");
static_assert(__builtin_offsetof(struct umd_pgp_signature, flags) == 40, "flags");
static_assert(__builtin_offsetof(struct umd_pgp_signature, reserved) == 44, "reserved");
static_assert(__builtin_offsetof(struct umd_pgp_signature, trailer) == 48, "trailer");
static_assert(__builtin_offsetof(struct umd_pgp_signature, issuer_key_id) == 56, "issuer_key_id");
static_assert(__builtin_offsetof(struct umd_pgp_signature, issuer) == 64, "issuer");
static_assert(__builtin_offsetof(struct umd_pgp_signature, salt) == 96, "salt");
static_assert(__builtin_offsetof(struct umd_pgp_signature, value) == 128, "value");

static_assert(sizeof(struct umd_pgp_signature_reply) == 680, "umd_pgp_signature_reply");
static_assert(__builtin_offsetof(struct umd_pgp_signature_reply, count) == 0, "count");
static_assert(__builtin_offsetof(struct umd_pgp_signature_reply, index) == 4, "index");
static_assert(__builtin_offsetof(struct umd_pgp_signature_reply, signature) == 8, "signature");

static_assert(sizeof(struct umd_pgp_key) == 2256, "umd_pgp_key");
static_assert(__builtin_offsetof(struct umd_pgp_key, count) == 0, "count");
static_assert(__builtin_offsetof(struct umd_pgp_key, index) == 4, "index");
static_assert(__builtin_offsetof(struct umd_pgp_key, flags) == 8, "flags");
static_assert(__builtin_offsetof(struct umd_pgp_key, bits) == 12, "bits");
static_assert(__builtin_offsetof(struct umd_pgp_key, created) == 16, "created");
static_assert(__builtin_offsetof(struct umd_pgp_key, expires) == 24, "expires");
static_assert(__builtin_offsetof(struct umd_pgp_key, version) == 32, "version");
static_assert(__builtin_offsetof(struct umd_pgp_key, algorithm) == 33, "algorithm");
static_assert(__builtin_offsetof(struct umd_pgp_key, curve) == 34, "curve");
static_assert(__builtin_offsetof(struct umd_pgp_key, fingerprint_len) == 35, "fingerprint_len");
static_assert(__builtin_offsetof(struct umd_pgp_key, material_len) == 36, "material_len");
static_assert(__builtin_offsetof(struct umd_pgp_key, user_id_len) == 40, "user_id_len");
static_assert(__builtin_offsetof(struct umd_pgp_key, primary_index) == 44, "primary_index");
static_assert(__builtin_offsetof(struct umd_pgp_key, key_id) == 48, "key_id");
static_assert(__builtin_offsetof(struct umd_pgp_key, fingerprint) == 56, "fingerprint");
static_assert(__builtin_offsetof(struct umd_pgp_key, primary) == 88, "primary");
static_assert(__builtin_offsetof(struct umd_pgp_key, subject) == 96, "subject");
static_assert(__builtin_offsetof(struct umd_pgp_key, certified) == 104, "certified");
static_assert(__builtin_offsetof(struct umd_pgp_key, user_id) == 112, "user_id");
static_assert(__builtin_offsetof(struct umd_pgp_key, material) == 368, "material");
static_assert(__builtin_offsetof(struct umd_pgp_key, binding) == 912, "binding");
static_assert(__builtin_offsetof(struct umd_pgp_key, back) == 1584, "back");

static_assert(sizeof(struct umd_pgp_piece) == 16400, "umd_pgp_piece");
static_assert(__builtin_offsetof(struct umd_pgp_piece, total) == 0, "total");
static_assert(__builtin_offsetof(struct umd_pgp_piece, kind) == 4, "kind");
static_assert(__builtin_offsetof(struct umd_pgp_piece, len) == 8, "len");
static_assert(__builtin_offsetof(struct umd_pgp_piece, reserved) == 12, "reserved");
static_assert(__builtin_offsetof(struct umd_pgp_piece, bytes) == 16, "bytes");

#endif /* UMD_PGP_ABI_H */
