/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */
/* Generated from handler/drivers/pgp/ by cargo header, do not edit. */
#ifndef UMD_PGP_ABI_H
#define UMD_PGP_ABI_H

#include "umd_abi.h"

/* The start of each packet in a request; the body follows. */
struct umd_pgp_packet {
	/* The packet type: a UMD_PGP_TAG_ constant. */
	__u32 tag;
	/* Length of the body, at most UMD_PGP_MAX_BODY. */
	__u32 len;
};

/* A range of bytes in a packet's body or in a chunk of text, always inside. */
struct umd_pgp_range {
	/* Offset from the start of the body or chunk; zero if len is. */
	__u32 offset;
	/* Number of bytes; zero for none. */
	__u32 len;
};

/*
 * What is in one packet. Every byte has a value; what the packet does not have
 * is zero.
 */
struct umd_pgp_item {
	/* UMD_PGP_PARSED, UMD_PGP_MALFORMED or UMD_PGP_UNSUPPORTED. */
	__u32 verdict;
	/* UMD_PGP_ITEM_ flags; zero for keys. */
	__u32 flags;
	/*
	 * Creation time in seconds since 1970. A signature's is from the hashed
	 * subpackets, or, in version 3, from the packet.
	 */
	__u32 created;
	/* The signature's lifetime in seconds (section 5.2.3.18); zero for ever. */
	__u32 expires_in;
	/*
	 * The key's lifetime in seconds (section 5.2.3.13), with
	 * UMD_PGP_ITEM_KEY_EXPIRES; zero for ever.
	 */
	__u32 key_expires_in;
	/* Of a key 4 or 6, of a signature 3, 4 or 6. */
	__u8 version;
	/* The public key algorithm (section 9.1). */
	__u8 algorithm;
	/* The signature type (section 5.2.1). */
	__u8 kind;
	/* The signature's hash algorithm (section 9.5). */
	__u8 hash;
	/* The key's curve, a UMD_PGP_CURVE_ constant. */
	__u8 curve;
	/*
	 * Length of issuer: 20 in version 4, 32 in version 6, or 0 if the
	 * signature does not name a fingerprint.
	 */
	__u8 issuer_len;
	/*
	 * First byte of the key flags (section 5.2.3.29), with
	 * UMD_PGP_ITEM_KEY_FLAGS.
	 */
	__u8 key_flags;
	/*
	 * Reason for a revocation (section 5.2.3.31), with
	 * UMD_PGP_ITEM_REASON.
	 */
	__u8 reason;
	/*
	 * The part of a signature that is hashed: from the version to the end of
	 * the hashed subpackets; in version 3, the 5 bytes of type and time.
	 */
	struct umd_pgp_range hashed;
	/*
	 * The bytes that are hashed first, in version 6: 16, 24 or 32, as hash
	 * requires.
	 */
	struct umd_pgp_range salt;
	/* The first two bytes of the hash, according to the signature. */
	struct umd_pgp_range left;
	/*
	 * The values of the algorithm. Numbers are without length and leading
	 * zeros, so that zero is no bytes. Both ranges are zero if there is no
	 * form for the algorithm.
	 *
	 * Keys: RSA has the modulus and the exponent, neither of them zero. ECDSA
	 * and legacy EdDSA (algorithm 22, not in version 6) have the point, with
	 * its first byte, 0x04 or 0x40, and the curve's object identifier, without
	 * its length; both ranges are zero for a curve without a number here, or
	 * another form or length of the point. Ed25519, Ed448, X25519 and X448
	 * have the key of 32, 57, 32 or 56 bytes. Both ranges are also zero if the
	 * values of a key that cannot sign are malformed.
	 *
	 * Signatures: RSA has one number. ECDSA, DSA and legacy EdDSA have r and
	 * s, of any length. Ed25519 and Ed448 have R and S, each of full length,
	 * 32 or 57.
	 */
	struct umd_pgp_range values[2];
	/*
	 * The body of an embedded signature (section 5.2.3.34), which can be the
	 * body of a packet of its own in another request.
	 */
	struct umd_pgp_range embedded;
	/*
	 * The fingerprint of a designated revoker, 20 bytes, from the hashed
	 * subpackets (section 5.2.3.23).
	 */
	struct umd_pgp_range revoker;
	/*
	 * Key id of the key that made the signature: that of issuer, if there
	 * is one. Zero if the signature names neither.
	 */
	__u8 issuer_key_id[8];
	/* Fingerprint of the key that made the signature. */
	__u8 issuer[32];
};

/*
 * The start of the payload of a request of UMD_OP_PGP_TEXT; the text
 * follows.
 *
 * The first request of a text has UMD_PGP_TEXT_OUTSIDE and
 * UMD_PGP_ARMOR_NONE; each other request has state and kind of the
 * reply before, and begins after the bytes that it consumed.
 */
struct umd_pgp_text {
	/*
	 * Where the chunk begins: one of the constants from
	 * UMD_PGP_TEXT_OUTSIDE to UMD_PGP_TEXT_CLEAR_TEXT.
	 */
	__u32 state;
	/*
	 * A UMD_PGP_ARMOR_ constant: the kind of the armor that state is in;
	 * else UMD_PGP_ARMOR_NONE.
	 */
	__u32 kind;
	/* UMD_PGP_TEXT_LAST and UMD_PGP_TEXT_LOOSE. */
	__u32 flags;
	/* Zero. */
	__u32 reserved;
};

/*
 * Payload of a reply of UMD_OP_PGP_TEXT with status zero: what there is up
 * to the end of the first lines of content or of signed text, or up to the
 * first END.
 */
struct umd_pgp_text_reply {
	/*
	 * Like the request's, after the bytes that are consumed.
	 * UMD_PGP_TEXT_ARMOR_BODY with UMD_PGP_TEXT_CONTENT,
	 * UMD_PGP_TEXT_CLEAR_TEXT with UMD_PGP_TEXT_SIGNED,
	 * UMD_PGP_TEXT_OUTSIDE with UMD_PGP_TEXT_END.
	 */
	__u32 state;
	/*
	 * Like the request's, after the bytes that are consumed: with
	 * UMD_PGP_TEXT_CONTENT, the kind of the content.
	 */
	__u32 kind;
	/*
	 * One of the constants from UMD_PGP_TEXT_NOTHING to
	 * UMD_PGP_TEXT_END.
	 */
	__u32 what;
	/*
	 * Number of bytes from the start of the chunk that need not be sent again:
	 * whole lines, or, with UMD_PGP_TEXT_LAST, up to the end. Zero only
	 * with UMD_PGP_TEXT_NOTHING: the chunk has no whole line, and more
	 * text is needed.
	 */
	__u32 consumed;
	/*
	 * Bytes of the chunk, with UMD_PGP_TEXT_CONTENT or
	 * UMD_PGP_TEXT_SIGNED: not empty, and the last bytes that are
	 * consumed.
	 */
	struct umd_pgp_range range;
};

/*
 * OpenPGP operation: the contents of single packets, each on its own. A
 * malformed packet changes nothing for the others.
 */
#define UMD_OP_PGP_PACKETS 256

/*
 * OpenPGP operation: the structure of a chunk of text, which is armor (section
 * 6) or a clearsigned document (section 7).
 */
#define UMD_OP_PGP_TEXT 257

/* Most packets in a request. */
#define UMD_PGP_MAX_PACKETS 256

/* Most bytes in the body of a packet. */
#define UMD_PGP_MAX_BODY 65536

/* Most bytes of all packets in a request, with a struct umd_pgp_packet for each. */
#define UMD_PGP_MAX_DATA 67584

/* Most bytes of text in a request, after the struct umd_pgp_text. */
#define UMD_PGP_MAX_TEXT 65536

/* Largest payload of an OpenPGP request in bytes. */
#define UMD_PGP_MAX_REQUEST 67584

/* Largest payload of an OpenPGP reply in bytes. */
#define UMD_PGP_MAX_REPLY 31744

/* tag of a struct umd_pgp_packet: a signature (section 5.2). */
#define UMD_PGP_TAG_SIGNATURE 2

/* tag of a struct umd_pgp_packet: a primary key (section 5.5.1.1). */
#define UMD_PGP_TAG_PRIMARY_KEY 6

/* tag of a struct umd_pgp_packet: a subkey (section 5.5.1.2). */
#define UMD_PGP_TAG_SUBKEY 14

/* verdict of a struct umd_pgp_item: the other fields tell what is in the packet. */
#define UMD_PGP_PARSED 0

/*
 * verdict of a struct umd_pgp_item: the packet is not of the form that its version
 * and algorithm require. All other fields are zero.
 */
#define UMD_PGP_MALFORMED 1

/*
 * verdict of a struct umd_pgp_item: a version without a meaning here, or a signature
 * of version 6 with a hash for which RFC 9580 has no length of the salt. All
 * other fields are zero.
 */
#define UMD_PGP_UNSUPPORTED 2

/*
 * Flag of a struct umd_pgp_item: the signature must not be taken for valid. A critical
 * subpacket or notation is unknown to the Handler (section 5.2.3.7), the named
 * issuer is of another version (5.2.3.35), or the signature belongs to an
 * encrypted message (5.2.3.36).
 */
#define UMD_PGP_ITEM_UNUSABLE 1

/* Flag of a struct umd_pgp_item: key_flags is present. */
#define UMD_PGP_ITEM_KEY_FLAGS 2

/*
 * Flag of a struct umd_pgp_item: the certified user id is the primary one (section
 * 5.2.3.27).
 */
#define UMD_PGP_ITEM_PRIMARY_USER_ID 4

/* Flag of a struct umd_pgp_item: key_expires_in is present. */
#define UMD_PGP_ITEM_KEY_EXPIRES 8

/* Flag of a struct umd_pgp_item: reason is present. */
#define UMD_PGP_ITEM_REASON 16

/* All flags of a struct umd_pgp_item. */
#define UMD_PGP_ITEM_FLAGS 31

/* curve of a struct umd_pgp_item: none, or a curve without a number here. */
#define UMD_PGP_CURVE_NONE 0

/* curve of a struct umd_pgp_item: NIST P-256. */
#define UMD_PGP_CURVE_P256 1

/* curve of a struct umd_pgp_item: NIST P-384. */
#define UMD_PGP_CURVE_P384 2

/* curve of a struct umd_pgp_item: NIST P-521. */
#define UMD_PGP_CURVE_P521 3

/* curve of a struct umd_pgp_item: Ed25519, of algorithms 22 and 27. */
#define UMD_PGP_CURVE_ED25519 4

/* curve of a struct umd_pgp_item: Ed448. */
#define UMD_PGP_CURVE_ED448 5

/*
 * curve of a struct umd_pgp_item: Curve25519, of algorithms 18 and 25; encrypts
 * only.
 */
#define UMD_PGP_CURVE_X25519 6

/* curve of a struct umd_pgp_item: X448; encrypts only. */
#define UMD_PGP_CURVE_X448 7

/* curve of a struct umd_pgp_item: brainpoolP256r1. */
#define UMD_PGP_CURVE_BRAINPOOL_P256 8

/* curve of a struct umd_pgp_item: brainpoolP384r1. */
#define UMD_PGP_CURVE_BRAINPOOL_P384 9

/* curve of a struct umd_pgp_item: brainpoolP512r1. */
#define UMD_PGP_CURVE_BRAINPOOL_P512 10

/* kind of a text: no armor. */
#define UMD_PGP_ARMOR_NONE 0

/* kind of a text: armor from BEGIN PGP PUBLIC KEY BLOCK. */
#define UMD_PGP_ARMOR_PUBLIC_KEY 1

/* kind of a text: armor from BEGIN PGP SIGNATURE. */
#define UMD_PGP_ARMOR_SIGNATURE 2

/* state of a text: outside of any armor and document. The start of a text. */
#define UMD_PGP_TEXT_OUTSIDE 0

/* state of a text: after an armor's BEGIN line. */
#define UMD_PGP_TEXT_ARMOR_HEADERS 1

/* state of a text: after the empty line that ends an armor's headers. */
#define UMD_PGP_TEXT_ARMOR_BODY 2

/* state of a text: after an armor's checksum. */
#define UMD_PGP_TEXT_ARMOR_END 3

/* state of a text: after BEGIN PGP SIGNED MESSAGE. */
#define UMD_PGP_TEXT_CLEAR_HEADERS 4

/* state of a text: after the empty line that ends a document's headers. */
#define UMD_PGP_TEXT_CLEAR_TEXT 5

/* Flag of a struct umd_pgp_text: nothing follows the chunk. */
#define UMD_PGP_TEXT_LAST 1

/*
 * Flag of a struct umd_pgp_text: other text outside of armor is ignored, and a
 * clearsigned document is malformed. Without the flag, only empty lines may be
 * outside.
 */
#define UMD_PGP_TEXT_LOOSE 2

/* All flags of a struct umd_pgp_text. */
#define UMD_PGP_TEXT_FLAGS 3

/* what of a struct umd_pgp_text_reply: nothing to report; range is zero. */
#define UMD_PGP_TEXT_NOTHING 0

/*
 * what of a struct umd_pgp_text_reply: range is base64, in whole lines, with their
 * line ends and any white space. The Handler does not look at the symbols,
 * except that no line begins with = or -.
 */
#define UMD_PGP_TEXT_CONTENT 1

/*
 * what of a struct umd_pgp_text_reply: range is lines of a document's text as they
 * are, with dash escapes and line ends. Each line that begins with - begins
 * with a dash escape. The last line end of a document is not part of the text
 * (section 7.1), but is in the range.
 */
#define UMD_PGP_TEXT_SIGNED 2

/*
 * what of a struct umd_pgp_text_reply: the last consumed line is an armor's END;
 * range is zero.
 */
#define UMD_PGP_TEXT_END 3

static_assert(sizeof(struct umd_pgp_packet) == 8, "umd_pgp_packet");
static_assert(__builtin_offsetof(struct umd_pgp_packet, tag) == 0, "tag");
static_assert(__builtin_offsetof(struct umd_pgp_packet, len) == 4, "len");

static_assert(sizeof(struct umd_pgp_range) == 8, "umd_pgp_range");
static_assert(__builtin_offsetof(struct umd_pgp_range, offset) == 0, "offset");
static_assert(__builtin_offsetof(struct umd_pgp_range, len) == 4, "len");

static_assert(sizeof(struct umd_pgp_item) == 124, "umd_pgp_item");
static_assert(__builtin_offsetof(struct umd_pgp_item, verdict) == 0, "verdict");
static_assert(__builtin_offsetof(struct umd_pgp_item, flags) == 4, "flags");
static_assert(__builtin_offsetof(struct umd_pgp_item, created) == 8, "created");
static_assert(__builtin_offsetof(struct umd_pgp_item, expires_in) == 12, "expires_in");
static_assert(__builtin_offsetof(struct umd_pgp_item, key_expires_in) == 16, "key_expires_in");
static_assert(__builtin_offsetof(struct umd_pgp_item, version) == 20, "version");
static_assert(__builtin_offsetof(struct umd_pgp_item, algorithm) == 21, "algorithm");
static_assert(__builtin_offsetof(struct umd_pgp_item, kind) == 22, "kind");
static_assert(__builtin_offsetof(struct umd_pgp_item, hash) == 23, "hash");
static_assert(__builtin_offsetof(struct umd_pgp_item, curve) == 24, "curve");
static_assert(__builtin_offsetof(struct umd_pgp_item, issuer_len) == 25, "issuer_len");
static_assert(__builtin_offsetof(struct umd_pgp_item, key_flags) == 26, "key_flags");
static_assert(__builtin_offsetof(struct umd_pgp_item, reason) == 27, "reason");
static_assert(__builtin_offsetof(struct umd_pgp_item, hashed) == 28, "hashed");
static_assert(__builtin_offsetof(struct umd_pgp_item, salt) == 36, "salt");
static_assert(__builtin_offsetof(struct umd_pgp_item, left) == 44, "left");
static_assert(__builtin_offsetof(struct umd_pgp_item, values) == 52, "values");
static_assert(__builtin_offsetof(struct umd_pgp_item, embedded) == 68, "embedded");
static_assert(__builtin_offsetof(struct umd_pgp_item, revoker) == 76, "revoker");
static_assert(__builtin_offsetof(struct umd_pgp_item, issuer_key_id) == 84, "issuer_key_id");
static_assert(__builtin_offsetof(struct umd_pgp_item, issuer) == 92, "issuer");

static_assert(sizeof(struct umd_pgp_text) == 16, "umd_pgp_text");
static_assert(__builtin_offsetof(struct umd_pgp_text, state) == 0, "state");
static_assert(__builtin_offsetof(struct umd_pgp_text, kind) == 4, "kind");
static_assert(__builtin_offsetof(struct umd_pgp_text, flags) == 8, "flags");
static_assert(__builtin_offsetof(struct umd_pgp_text, reserved) == 12, "reserved");

static_assert(sizeof(struct umd_pgp_text_reply) == 24, "umd_pgp_text_reply");
static_assert(__builtin_offsetof(struct umd_pgp_text_reply, state) == 0, "state");
static_assert(__builtin_offsetof(struct umd_pgp_text_reply, kind) == 4, "kind");
static_assert(__builtin_offsetof(struct umd_pgp_text_reply, what) == 8, "what");
static_assert(__builtin_offsetof(struct umd_pgp_text_reply, consumed) == 12, "consumed");
static_assert(__builtin_offsetof(struct umd_pgp_text_reply, range) == 16, "range");

#endif /* UMD_PGP_ABI_H */
