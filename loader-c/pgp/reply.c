// SPDX-License-Identifier: GPL-2.0-only
/*
 * Checks of the Handler's replies: all that the request's own bytes can
 * confirm, and the form of the rest.
 */
#ifdef __KERNEL__
#include <linux/string.h>
#else
#include <string.h>
#endif

#include "reply.h"

/* Version, type and two algorithms: the start of the hashed part. */
#define PGP_HASHED_HEAD 4
/* The head and the length of the subpackets, of 4 bytes in version 6. */
#define PGP_HASHED_MIN 8
/* Version, time and algorithm: the start of a key packet's body. */
#define PGP_BODY_HEAD 6
/* A hash of a key of version 4 has the length of the key in two bytes. */
#define PGP_BODY_MAX 0xffff
/* An expiry is the sum of a time and a duration, of 32 bits each. */
#define PGP_END_MAX (2 * 0xffffffffULL)

bool pgp_is_certification(__u8 kind)
{
	return kind >= PGP_CERTIFICATION && kind <= PGP_POSITIVE;
}

/**
 * pgp_fingerprint_len - the length of fingerprints
 * @version: 4 or 6, the version of a key or of a signature, which only a key
 *	of the same version makes
 *
 * Return: the length in bytes.
 */
__u32 pgp_fingerprint_len(__u8 version)
{
	return version == 4 ? 20 : 32;
}

static bool pgp_range_is_inside(struct umd_pgp_range range, __u32 len)
{
	return range.offset <= len && range.len <= len - range.offset;
}

/* The hashed part ends with the length of subpackets and the subpackets. */
static __u64 pgp_hashed_len(const struct umd_pgp_signature *sig, const __u8 *at)
{
	if (sig->version == 4)
		return PGP_HASHED_HEAD + 2 + pgp_be16(at);
	return (__u64)PGP_HASHED_HEAD + 4 + pgp_be32(at);
}

/*
 * In version 6, each hash has its length of salt (RFC 9580, section 9.5). With
 * another length, the start of a document could pass for salt, or the reverse.
 * The length does not matter for a hash that is not accepted.
 */
static bool pgp_salt_is_right(const struct umd_pgp_signature *sig)
{
	if (sig->version == 4)
		return !sig->salt_len;
	switch (sig->hash) {
	case PGP_SHA256:
		return sig->salt_len == 16;
	case PGP_SHA384:
		return sig->salt_len == 24;
	case PGP_SHA512:
		return sig->salt_len == 32;
	}
	return sig->salt_len <= sizeof(sig->salt);
}

/* Version, 0xff, length of the hashed part (RFC 9580, section 5.2.4). */
static bool pgp_trailer_is_right(const struct umd_pgp_signature *sig)
{
	return sig->trailer_len == 6 && sig->trailer[0] == sig->version &&
	       sig->trailer[1] == 0xff &&
	       pgp_be32(sig->trailer + 2) == sig->hashed.len;
}

static const char *
pgp_signature_check_hashed(const struct umd_pgp_signature *sig,
			   const __u8 *data, __u32 len)
{
	const __u8 *at;

	if (!pgp_range_is_inside(sig->hashed, len) ||
	    sig->hashed.len < PGP_HASHED_MIN)
		return "the hashed part is not in the request";
	at = data + sig->hashed.offset;
	if (at[0] != sig->version || at[1] != sig->kind ||
	    at[2] != sig->algorithm || at[3] != sig->hash)
		return "another signature than in the request";
	if (sig->hashed.len != pgp_hashed_len(sig, at + PGP_HASHED_HEAD))
		return "wrong length of the hashed part";
	if (!pgp_trailer_is_right(sig))
		return "wrong trailer";
	return NULL;
}

static const char *
pgp_signature_check_fields(const struct umd_pgp_signature *sig,
			   const __u8 *data, __u32 len)
{
	if (sig->version != 4 && sig->version != 6)
		return "unknown version of a signature";
	if (sig->issuer_len &&
	    sig->issuer_len != pgp_fingerprint_len(sig->version))
		return "wrong length of an issuer";
	if (!pgp_salt_is_right(sig))
		return "wrong length of a salt";
	if (sig->value_len > sizeof(sig->value))
		return "signature too long";
	if (sig->expires > PGP_END_MAX)
		return "impossible expiry of a signature";
	if ((sig->flags & ~UMD_PGP_SIGNATURE_FLAGS) || sig->reserved)
		return "unknown flags of a signature";
	return pgp_signature_check_hashed(sig, data, len);
}

/* Checks the number of the key, its primary key and its flags. */
static const char *pgp_key_check_flags(const struct umd_pgp_key *key,
				       __u32 index, __u32 len)
{
	bool is_primary = key->primary_index == index;
	__u32 flags = key->flags;

	if (key->index != index || index >= key->count || key->count > len)
		return "another key than asked";
	if (flags & ~UMD_PGP_KEY_FLAGS)
		return "unknown flags of a key";
	if (key->primary_index > index ||
	    is_primary != !!(flags & UMD_PGP_KEY_PRIMARY))
		return "wrong primary key";
	if ((flags & UMD_PGP_KEY_BACK) &&
	    (!(flags & UMD_PGP_KEY_BOUND) || is_primary))
		return "unexpected back signature";
	if ((flags & UMD_PGP_KEY_SIGNS) &&
	    !(flags & (is_primary ? UMD_PGP_KEY_BOUND : UMD_PGP_KEY_BACK)))
		return "a key may sign without a binding";
	return NULL;
}

static const char *pgp_key_check_names(const struct umd_pgp_key *key)
{
	const __u8 *id = key->fingerprint;

	if (key->version != 4 && key->version != 6)
		return "unknown version of a key";
	if (key->fingerprint_len != pgp_fingerprint_len(key->version))
		return "wrong length of a fingerprint";
	if (key->version == 4)
		id += key->fingerprint_len - sizeof(key->key_id);
	if (memcmp(id, key->key_id, sizeof(key->key_id)))
		return "key id and fingerprint differ";
	if (key->user_id_len > sizeof(key->user_id))
		return "user id too long";
	if (key->material_len > sizeof(key->material))
		return "key too long";
	/* The kernel's timer for expired keys cannot take every number. */
	if (key->expires > PGP_END_MAX)
		return "impossible expiry of a key";
	return NULL;
}

static bool pgp_range_is_body(struct umd_pgp_range range, __u32 len)
{
	return pgp_range_is_inside(range, len) && range.len >= PGP_BODY_HEAD &&
	       range.len <= PGP_BODY_MAX;
}

static const char *pgp_key_check_bodies(const struct umd_pgp_key *key,
					const __u8 *data, __u32 len)
{
	const __u8 *body;

	if (!pgp_range_is_body(key->primary, len) ||
	    !pgp_range_is_body(key->subject, len))
		return "a key is not in the request";
	if ((key->flags & UMD_PGP_KEY_PRIMARY) &&
	    (key->primary.offset != key->subject.offset ||
	     key->primary.len != key->subject.len))
		return "another primary key than the key itself";
	body = data + key->subject.offset;
	if (body[0] != key->version || pgp_be32(body + 1) != key->created ||
	    body[5] != key->algorithm)
		return "another key than in the request";
	return pgp_material_check(key, body);
}

/* The user id of a reply must be the certified user id. */
static const char *pgp_key_check_certified(const struct umd_pgp_key *key,
					   const __u8 *data, __u32 len)
{
	__u32 told = key->certified.len;

	if (!pgp_range_is_inside(key->certified, len))
		return "a user id is not in the request";
	if (told > sizeof(key->user_id))
		told = sizeof(key->user_id);
	if (key->user_id_len != told ||
	    memcmp(key->user_id, data + key->certified.offset, told))
		return "another user id than certified";
	return NULL;
}

/*
 * The self-signature of a primary key covers a user id or the key alone. In
 * version 6, it covers the key alone, whatever else there is (RFC 9580,
 * section 10.1.1). A reply has a user id only if the self-signature covers it.
 */
static const char *pgp_key_check_self_signature(const struct umd_pgp_key *key,
						const __u8 *data, __u32 len)
{
	if (key->version == 4 && pgp_is_certification(key->binding.kind))
		return pgp_key_check_certified(key, data, len);
	if (key->binding.kind != PGP_DIRECT_KEY)
		return "no self-signature";
	return key->user_id_len ? "a user id that is not signed" : NULL;
}

static const char *pgp_key_check_bindings(const struct umd_pgp_key *key,
					  const __u8 *data, __u32 len)
{
	const char *wrong;

	if (!(key->flags & UMD_PGP_KEY_BOUND))
		return NULL;
	if (key->binding.version != key->version)
		return "a binding of another version";
	wrong = pgp_signature_check_fields(&key->binding, data, len);
	if (wrong)
		return wrong;
	if (key->flags & UMD_PGP_KEY_PRIMARY)
		return pgp_key_check_self_signature(key, data, len);
	if (key->binding.kind != PGP_SUBKEY_BINDING)
		return "no binding signature";
	if (!(key->flags & UMD_PGP_KEY_BACK))
		return NULL;
	if (key->back.version != key->version)
		return "a back signature of another version";
	if (key->back.kind != PGP_PRIMARY_BINDING)
		return "no back signature";
	return pgp_signature_check_fields(&key->back, data, len);
}

/**
 * pgp_key_check - check the Handler's reply on a key
 * @key: the reply
 * @index: number of the key that was asked for
 * @data: the request's data
 * @data_len: length of @data in bytes
 *
 * pgp_fingerprint_check() verifies the fingerprint, and the function
 * pgp_key_verify_bindings() of certificate.c the signatures. The origin of
 * @data alone is known: expiry, revocation and use are the Handler's word.
 *
 * Return: NULL, or a message for the log that says what is wrong.
 */
const char *pgp_key_check(const struct umd_pgp_key *key, __u32 index,
			  const __u8 *data, __u32 data_len)
{
	const char *wrong;

	wrong = pgp_key_check_flags(key, index, data_len);
	if (!wrong)
		wrong = pgp_key_check_names(key);
	if (!wrong)
		wrong = pgp_key_check_bodies(key, data, data_len);
	if (!wrong)
		wrong = pgp_key_check_bindings(key, data, data_len);
	return wrong;
}

/**
 * pgp_signature_check - check the Handler's reply on a signature
 * @reply: the reply
 * @index: number of the signature that was asked for
 * @data: the request's data
 * @data_len: length of @data in bytes
 *
 * Return: NULL, or a message for the log that says what is wrong.
 */
const char *pgp_signature_check(const struct umd_pgp_signature_reply *reply,
				__u32 index, const __u8 *data, __u32 data_len)
{
	if (reply->index != index || index >= reply->count ||
	    reply->count > data_len)
		return "another signature than asked";
	return pgp_signature_check_fields(&reply->signature, data, data_len);
}

/**
 * pgp_piece_check - check a piece of the content of armored text
 * @piece: the Handler's reply
 * @reply_len: length of the reply, at least %UMD_PGP_PIECE_HEADER_SIZE
 * @index: offset of the byte of the content that was asked for
 * @data_len: length of the text: the content may be twice as long, because
 *	each end of a line is hashed as two bytes
 *
 * Return: NULL, or a message for the log that says what is wrong.
 */
const char *pgp_piece_check(const struct umd_pgp_piece *piece, size_t reply_len,
			    __u32 index, __u32 data_len)
{
	__u32 left = piece->total - index;

	if (piece->total > 2 * data_len || piece->total < index)
		return "wrong length of a content";
	if (piece->len != (left < UMD_PGP_PIECE ? left : UMD_PGP_PIECE) ||
	    reply_len != (size_t)UMD_PGP_PIECE_HEADER_SIZE + piece->len)
		return "wrong length of a piece";
	if (piece->kind > UMD_PGP_ARMOR_SIGNATURE || piece->reserved)
		return "unknown kind of a content";
	return NULL;
}
