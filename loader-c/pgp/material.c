// SPDX-License-Identifier: GPL-2.0-only
/*
 * Checks that the key material that the Handler has put into the kernel's form
 * is that of the request: the kernel then uses the key that has the
 * fingerprint. The only kernel service in use is memcmp().
 */
#ifdef __KERNEL__
#include <linux/kernel.h>
#include <linux/string.h>
#else
#include <string.h>
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#endif

#include "reply.h"

#define PGP_DER_INTEGER 0x02
#define PGP_DER_SEQUENCE 0x30

bool pgp_is_rsa(__u8 algorithm)
{
	return algorithm == PGP_RSA || algorithm == PGP_RSA_SIGN;
}

/* The bytes that are left to be taken. */
struct pgp_bytes {
	const __u8 *at;
	__u32 left;
};

static const __u8 *pgp_take(struct pgp_bytes *from, __u32 len)
{
	const __u8 *at = from->at;

	if (len > from->left)
		return NULL;
	from->at += len;
	from->left -= len;
	return at;
}

/* Takes a number (RFC 9580, section 3.2) and drops its leading zeros. */
static bool pgp_take_number(struct pgp_bytes *from, struct pgp_bytes *number)
{
	const __u8 *bits = pgp_take(from, 2);

	if (!bits)
		return false;
	number->left = (pgp_be16(bits) + 7) / 8;
	number->at = pgp_take(from, number->left);
	if (!number->at)
		return false;
	while (number->left && !*number->at) {
		number->at++;
		number->left--;
	}
	return number->left;
}

/* The material follows the version, time and algorithm of a key. */
static bool pgp_material_of(const struct umd_pgp_key *key, const __u8 *body,
			    struct pgp_bytes *material)
{
	/* Version 6 has the length of the material in four more bytes. */
	__u32 head = key->version == 4 ? 6 : 10;

	material->at = body;
	material->left = key->subject.len;
	return pgp_take(material, head);
}

/* Takes the header of a DER element, which must have this tag and length. */
static bool pgp_der_take_head(struct pgp_bytes *der, __u8 tag, __u32 len)
{
	const __u8 *at = pgp_take(der, len < 0x80 ? 2 : len < 0x100 ? 3 : 4);

	if (!at || at[0] != tag)
		return false;
	if (len < 0x80)
		return at[1] == len;
	if (len < 0x100)
		return at[1] == 0x81 && at[2] == len;
	return at[1] == 0x82 && pgp_be16(at + 2) == len;
}

static bool pgp_der_take_integer(struct pgp_bytes *der,
				 const struct pgp_bytes *number)
{
	/* A first bit that is set would be a sign: a zero precedes it. */
	__u32 zero = number->at[0] >> 7;
	const __u8 *at;

	if (!pgp_der_take_head(der, PGP_DER_INTEGER, number->left + zero))
		return false;
	at = pgp_take(der, number->left + zero);
	if (!at || (zero && at[0]))
		return false;
	return !memcmp(at + zero, number->at, number->left);
}

/* The number of bytes that a number has in DER. */
static __u32 pgp_der_integer_size(const struct pgp_bytes *number)
{
	__u32 len = number->left + (number->at[0] >> 7);

	return len + (len < 0x80 ? 2 : len < 0x100 ? 3 : 4);
}

static __u32 pgp_number_bits(const struct pgp_bytes *number)
{
	__u32 bits = 8 * (number->left - 1);
	__u8 first;

	for (first = number->at[0]; first; first >>= 1)
		bits++;
	return bits;
}

static const char *pgp_material_check_rsa(const struct umd_pgp_key *key,
					  struct pgp_bytes from)
{
	struct pgp_bytes der = { key->material, key->material_len };
	struct pgp_bytes modulus, exponent;

	if (!pgp_take_number(&from, &modulus) ||
	    !pgp_take_number(&from, &exponent) || from.left)
		return "malformed RSA key";
	if (key->bits != pgp_number_bits(&modulus))
		return "wrong length of an RSA key";
	/* A key that is too long for the kernel comes without material. */
	if (!key->material_len)
		return NULL;
	if (!pgp_der_take_head(&der, PGP_DER_SEQUENCE,
			       pgp_der_integer_size(&modulus) +
			       pgp_der_integer_size(&exponent)) ||
	    !pgp_der_take_integer(&der, &modulus) ||
	    !pgp_der_take_integer(&der, &exponent) || der.left)
		return "another RSA key than in the request";
	return NULL;
}

static const struct pgp_curve {
	__u8 number;
	__u8 oid_len;
	__u8 oid[8];
	__u16 bits;
} pgp_curves[] = {
	{ UMD_PGP_CURVE_P256, 8,
	  { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 }, 256 },
	{ UMD_PGP_CURVE_P384, 5, { 0x2b, 0x81, 0x04, 0x00, 0x22 }, 384 },
	{ UMD_PGP_CURVE_P521, 5, { 0x2b, 0x81, 0x04, 0x00, 0x23 }, 521 },
};

static const char *pgp_material_check_ecdsa(const struct umd_pgp_key *key,
					    struct pgp_bytes from)
{
	const struct pgp_curve *curve = NULL;
	const __u8 *len, *oid;
	struct pgp_bytes point;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(pgp_curves); i++)
		if (pgp_curves[i].number == key->curve)
			curve = &pgp_curves[i];
	/* The kernel has no other curve. */
	if (!curve)
		return NULL;
	len = pgp_take(&from, 1);
	oid = pgp_take(&from, curve->oid_len);
	if (!len || *len != curve->oid_len || !oid ||
	    memcmp(oid, curve->oid, curve->oid_len) || key->bits != curve->bits)
		return "another curve than in the request";
	if (!pgp_take_number(&from, &point) || from.left ||
	    point.left != 1 + 2 * ((curve->bits + 7U) / 8) ||
	    point.left != key->material_len ||
	    memcmp(point.at, key->material, point.left))
		return "another point than in the request";
	return NULL;
}

/**
 * pgp_material_check - check the key material that the Handler gives
 * @key: the Handler's reply, whose lengths and range of the key are checked
 * @body: the body of the key's packet in the request's data
 *
 * The material of an algorithm that the kernel lacks is not used.
 *
 * Return: NULL, or a message for the log that says what is wrong.
 */
const char *pgp_material_check(const struct umd_pgp_key *key, const __u8 *body)
{
	struct pgp_bytes from;

	if (!pgp_is_rsa(key->algorithm) && key->algorithm != PGP_ECDSA)
		return NULL;
	if (!pgp_material_of(key, body, &from))
		return "a key without material";
	if (pgp_is_rsa(key->algorithm))
		return pgp_material_check_rsa(key, from);
	return pgp_material_check_ecdsa(key, from);
}
