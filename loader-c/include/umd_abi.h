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

/*
 * Sample operation: set one byte. Request: struct umd_sample_request; reply:
 * struct umd_sample_reply, or status -ERANGE and no payload.
 */
#define UMD_OP_SAMPLE_SET 256

/* Length of a sample reply in bytes; offsets run from zero to one less. */
#define UMD_SAMPLE_SIZE 131072

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

static_assert(sizeof(struct umd_sample_request) == 4, "umd_sample_request");
static_assert(__builtin_offsetof(struct umd_sample_request, offset) == 0, "offset");

static_assert(sizeof(struct umd_sample_reply) == 131072, "umd_sample_reply");
static_assert(__builtin_offsetof(struct umd_sample_reply, bytes) == 0, "bytes");

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

#endif /* UMD_ABI_H */
