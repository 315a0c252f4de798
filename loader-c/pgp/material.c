// SPDX-License-Identifier: GPL-2.0-only
/*
 * The numbers of a key: that they are those of the packet that has the fingerprint,
 * and the kernel's forms of numbers.
 */
#ifdef __KERNEL__
#include <linux/kernel.h>
#include <linux/string.h>
#else
#include <string.h>
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#endif

#include "pure.h"

#define PGP_DER_INTEGER 0x02
#define PGP_DER_SEQUENCE 0x30

/**
 * pgp_number_bits - the length of a number in bits
 * @number: big-endian, without leading zeros, not empty
 *
 * Return: the length.
 */
__u32 pgp_number_bits(struct pgp_number number)
{
	__u32 bits = 8 * (number.len - 1);
	__u8 first;

	for (first = number.at[0]; first; first >>= 1)
		bits++;
	return bits;
}

/*
 * Takes the number at @at, at most @len (section 3.2), which the Handler says to be in
 * @range, which is inside of @body: without leading zeros, and not zero. Returns where
 * it ends, or 0.
 */
static __u32 pgp_number_is(const __u8 *body, __u32 len, __u32 at,
			   struct umd_pgp_range range)
{
	__u32 end, i;

	if (len - at < 2)
		return 0;
	end = at + 2 + (pgp_be16(body + at) + 7) / 8;
	at += 2;
	if (!range.len || range.offset < at ||
	    range.offset + range.len != end || !body[range.offset])
		return 0;
	for (i = at; i < range.offset; i++)
		if (body[i])
			return 0;
	return end;
}

static const char *pgp_check_rsa(const struct umd_pgp_item *key,
				 const __u8 *body, __u32 len, __u32 at)
{
	at = pgp_number_is(body, len, at, key->values[0]);
	if (at)
		at = pgp_number_is(body, len, at, key->values[1]);
	return at == len && !key->curve ? NULL :
		"another RSA key than in the request";
}

static const struct pgp_curve {
	__u8 number;
	__u8 algorithm;
	__u8 oid_len;
	__u8 oid[10];
	/* The first byte of a point, and the point's length. */
	__u8 first;
	__u8 point_len;
} pgp_curves[] = {
	{ UMD_PGP_CURVE_P256, PGP_ECDSA, 8,
	  { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 }, 0x04, 65 },
	{ UMD_PGP_CURVE_P384, PGP_ECDSA, 5,
	  { 0x2b, 0x81, 0x04, 0x00, 0x22 }, 0x04, 97 },
	{ UMD_PGP_CURVE_P521, PGP_ECDSA, 5,
	  { 0x2b, 0x81, 0x04, 0x00, 0x23 }, 0x04, 133 },
	{ UMD_PGP_CURVE_ED25519, PGP_EDDSA_LEGACY, 9,
	  { 0x2b, 0x06, 0x01, 0x04, 0x01, 0xda, 0x47, 0x0f, 0x01 }, 0x40, 33 },
	{ UMD_PGP_CURVE_BRAINPOOL_P256, PGP_ECDSA, 9,
	  { 0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x07 }, 0x04, 65 },
	{ UMD_PGP_CURVE_BRAINPOOL_P384, PGP_ECDSA, 9,
	  { 0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x0b }, 0x04, 97 },
	{ UMD_PGP_CURVE_BRAINPOOL_P512, PGP_ECDSA, 9,
	  { 0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x0d }, 0x04, 129 },
};

/* The curve's identifier, a byte before for its length, then the point. */
static const char *pgp_check_point(const struct umd_pgp_item *key,
				   const __u8 *body, __u32 len, __u32 at)
{
	const struct pgp_curve *curve = NULL;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(pgp_curves); i++)
		if (pgp_curves[i].number == key->curve &&
		    pgp_curves[i].algorithm == key->algorithm)
			curve = &pgp_curves[i];
	if (!curve)
		return "a curve that has no point";
	if (len - at <= curve->oid_len || body[at] != curve->oid_len ||
	    memcmp(body + at + 1, curve->oid, curve->oid_len))
		return "another curve than in the request";
	at = pgp_number_is(body, len, at + 1 + curve->oid_len, key->values[0]);
	if (at != len || key->values[0].len != curve->point_len ||
	    body[key->values[0].offset] != curve->first)
		return "another point than in the request";
	return NULL;
}

static const char *pgp_check_fixed(const struct umd_pgp_item *key, __u32 len,
				   __u32 at, __u8 curve, __u32 size)
{
	if (key->curve != curve || key->values[0].offset != at ||
	    key->values[0].len != size || len - at != size)
		return "another key of a curve than in the request";
	return NULL;
}

/**
 * pgp_material_check - check where the numbers of a key are
 * @key: the Handler's reply, whose ranges are inside of @body
 * @body: the body of the key's packet
 * @len: its length, at least %PGP_BODY_HEAD
 *
 * A key without numbers is of no use, and need not be checked.
 *
 * Return: NULL, or a message for the log that says what is wrong.
 */
const char *pgp_material_check(const struct umd_pgp_item *key,
			       const __u8 *body, __u32 len)
{
	/* Version 6 has the length of the numbers in four more bytes. */
	__u32 at = key->version == 6 ? PGP_BODY_HEAD + 4 : PGP_BODY_HEAD;

	if (!key->values[0].len)
		return NULL;
	if (len < at)
		return "a key without numbers";
	if (pgp_is_rsa(key->algorithm))
		return pgp_check_rsa(key, body, len, at);
	switch (key->algorithm) {
	case PGP_ECDSA:
	case PGP_EDDSA_LEGACY:
		return pgp_check_point(key, body, len, at);
	case PGP_ED25519:
		return pgp_check_fixed(key, len, at, UMD_PGP_CURVE_ED25519, 32);
	case PGP_ED448:
		return pgp_check_fixed(key, len, at, UMD_PGP_CURVE_ED448, 57);
	}
	/* No key of another algorithm is used. */
	return NULL;
}

static __u32 pgp_der_head_size(__u32 len)
{
	return len < 0x80 ? 2 : len < 0x100 ? 3 : 4;
}

static __u8 *pgp_der_head(__u8 *der, __u8 tag, __u32 len)
{
	*der++ = tag;
	if (len >= 0x100) {
		*der++ = 0x82;
		*der++ = len >> 8;
	} else if (len >= 0x80) {
		*der++ = 0x81;
	}
	*der++ = len;
	return der;
}

/* A first bit that is set would be a sign: a zero precedes it, or is all. */
static __u32 pgp_der_len(struct pgp_number number)
{
	return number.len + (!number.len || number.at[0] >> 7);
}

static __u8 *pgp_der_integer(__u8 *der, struct pgp_number number)
{
	__u32 len = pgp_der_len(number);

	der = pgp_der_head(der, PGP_DER_INTEGER, len);
	if (len > number.len)
		*der++ = 0;
	memcpy(der, number.at, number.len);
	return der + number.len;
}

/**
 * pgp_der_pair - a SEQUENCE of two INTEGERs: an RSAPublicKey, an ECDSA signature
 * @first: a number, big-endian without leading zeros, of less than 64 KiB
 * @second: another one
 * @der: gets the sequence
 * @room: length of @der, less than 64 KiB
 *
 * Return: the length of the sequence, or 0 if there is too little room.
 */
__u32 pgp_der_pair(struct pgp_number first, struct pgp_number second,
		   __u8 *der, __u32 room)
{
	__u32 first_len = pgp_der_len(first), second_len = pgp_der_len(second);
	__u32 len;

	len = pgp_der_head_size(first_len) + first_len +
	      pgp_der_head_size(second_len) + second_len;
	if (pgp_der_head_size(len) + len > room)
		return 0;
	der = pgp_der_head(der, PGP_DER_SEQUENCE, len);
	der = pgp_der_integer(der, first);
	pgp_der_integer(der, second);
	return pgp_der_head_size(len) + len;
}
