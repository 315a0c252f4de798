// SPDX-License-Identifier: GPL-2.0-only
/*
 * Checks of the Handler's replies: all that the packet's own bytes can confirm, and
 * the form of the rest.
 */
#ifdef __KERNEL__
#include <linux/string.h>
#else
#include <string.h>
#endif

#include "pure.h"

/* Version, type and two algorithms: the start of the hashed part. */
#define PGP_HASHED_HEAD 4

static bool pgp_range_is_inside(struct umd_pgp_range range, __u32 len)
{
	return range.offset <= len && range.len <= len - range.offset;
}

/* The hashed part ends with the length of subpackets and the subpackets. */
static __u64 pgp_hashed_len(__u8 version, const __u8 *body)
{
	if (version == 6)
		return PGP_HASHED_HEAD + 4 +
		       (__u64)pgp_be32(body + PGP_HASHED_HEAD);
	return PGP_HASHED_HEAD + 2 + pgp_be16(body + PGP_HASHED_HEAD);
}

static const char *pgp_check_hashed(const struct umd_pgp_item *sig,
				    const __u8 *body, __u32 len)
{
	__u32 least = sig->version == 6 ? 8 : 6;

	if (len < least || sig->hashed.offset ||
	    sig->hashed.len != pgp_hashed_len(sig->version, body))
		return "wrong length of the hashed part";
	if (body[0] != sig->version || body[1] != sig->kind ||
	    body[2] != sig->algorithm || body[3] != sig->hash)
		return "another signature than in the request";
	return NULL;
}

/* Version, 5, type, time, key id, algorithms (section 5.2.2). */
static const char *pgp_check_hashed_3(const struct umd_pgp_item *sig,
				      const __u8 *body, __u32 len)
{
	if (len < 17 || sig->hashed.offset != 2 || sig->hashed.len != 5)
		return "wrong length of the hashed part";
	if (body[0] != 3 || body[1] != 5 || body[2] != sig->kind ||
	    pgp_be32(body + 3) != sig->created || body[15] != sig->algorithm ||
	    body[16] != sig->hash)
		return "another signature than in the request";
	return NULL;
}

/*
 * In version 6, each hash has its length of salt (section 9.5). With another
 * length, the start of a document could pass for salt, or the reverse.
 */
static bool pgp_salt_is_right(const struct umd_pgp_item *sig)
{
	if (sig->version != 6)
		return !sig->salt.len;
	switch (sig->hash) {
	case PGP_SHA224:
	case PGP_SHA256:
	case PGP_SHA3_256:
		return sig->salt.len == 16;
	case PGP_SHA384:
		return sig->salt.len == 24;
	case PGP_SHA512:
	case PGP_SHA3_512:
		return sig->salt.len == 32;
	}
	return sig->salt.len <= 32;
}

static const char *pgp_check_signature(const struct umd_pgp_item *sig,
				       const __u8 *body, __u32 len)
{
	if (sig->version != 3 && sig->version != 4 && sig->version != 6)
		return "unknown version of a signature";
	if (!pgp_range_is_inside(sig->hashed, len) ||
	    !pgp_range_is_inside(sig->salt, len) ||
	    !pgp_range_is_inside(sig->left, len) || sig->left.len != 2 ||
	    !pgp_range_is_inside(sig->embedded, len) ||
	    !pgp_range_is_inside(sig->revoker, len))
		return "a part of a signature is not in it";
	if (sig->issuer_len &&
	    sig->issuer_len != pgp_fingerprint_len(sig->version))
		return "wrong length of an issuer";
	if (sig->revoker.len && sig->revoker.len != 20 &&
	    sig->revoker.len != 32)
		return "wrong length of a revoker";
	if (!pgp_salt_is_right(sig))
		return "wrong length of a salt";
	if (sig->curve)
		return "a signature with a curve";
	return sig->version == 3 ? pgp_check_hashed_3(sig, body, len) :
				   pgp_check_hashed(sig, body, len);
}

static const char *pgp_check_key(const struct umd_pgp_item *key,
				 const __u8 *body, __u32 len)
{
	if (key->version != 4 && key->version != 6)
		return "unknown version of a key";
	if (len < PGP_BODY_HEAD || len > PGP_BODY_MAX)
		return "wrong length of a key";
	if (body[0] != key->version || pgp_be32(body + 1) != key->created ||
	    body[5] != key->algorithm)
		return "another key than in the request";
	if (key->flags || key->kind || key->hash || key->issuer_len ||
	    key->hashed.len || key->salt.len || key->left.len ||
	    key->embedded.len || key->revoker.len)
		return "a key with what only signatures have";
	return pgp_material_check(key, body, len);
}

/**
 * pgp_item_check - check what the Handler says about a packet
 * @item: the reply
 * @tag: type of the packet: a signature or a key
 * @body: the packet's body
 * @len: its length
 *
 * What the subpackets of a signature say, and whether a packet is malformed, is the
 * Handler's word. All ranges of a packet that is not are inside @body then.
 *
 * Return: NULL, or a message for the log that says what is wrong.
 */
const char *pgp_item_check(const struct umd_pgp_item *item, __u32 tag,
			   const __u8 *body, __u32 len)
{
	if (item->verdict > UMD_PGP_UNSUPPORTED ||
	    (item->flags & ~UMD_PGP_ITEM_FLAGS))
		return "unknown flags of a packet";
	/* Nobody looks at the rest. */
	if (item->verdict)
		return NULL;
	if (!pgp_range_is_inside(item->values[0], len) ||
	    !pgp_range_is_inside(item->values[1], len))
		return "a number is not in its packet";
	return tag == UMD_PGP_TAG_SIGNATURE ? pgp_check_signature(item, body, len) :
					  pgp_check_key(item, body, len);
}

/**
 * pgp_text_check - check what the Handler says about a chunk of text
 * @reply: the reply
 * @request: the request
 * @len: length of the chunk
 *
 * Return: NULL, or a message for the log that says what is wrong.
 */
const char *pgp_text_check(const struct umd_pgp_text_reply *reply,
			   const struct umd_pgp_text *request, __u32 len)
{
	if (reply->state > UMD_PGP_TEXT_CLEAR_TEXT ||
	    reply->kind > UMD_PGP_ARMOR_SIGNATURE ||
	    reply->what > UMD_PGP_TEXT_END)
		return "unknown state of a text";
	if (reply->consumed > len ||
	    !pgp_range_is_inside(reply->range, reply->consumed))
		return "a text is not in the request";
	if (len && !reply->consumed &&
	    (reply->what != UMD_PGP_TEXT_NOTHING ||
	     reply->state != request->state ||
	     request->flags & UMD_PGP_TEXT_LAST))
		return "nothing of a text";
	return NULL;
}
