// SPDX-License-Identifier: GPL-2.0-only
/*
 * ECDSA signatures in DER (X.690, section 10), as the kernel's own keys have
 * them: a SEQUENCE of two INTEGERs, which become two numbers of a fixed length.
 */
#ifdef __KERNEL__
#include <linux/string.h>
#else
#include <string.h>
#endif

#include "der.h"

#define VERIFY_DER_INTEGER	0x02
#define VERIFY_DER_SEQUENCE	0x30
/* Lengths below this one have one byte. */
#define VERIFY_DER_LONG		0x80
/* The length follows in one more byte. */
#define VERIFY_DER_LONG_1	0x81

/* The bytes that are left to be taken. */
struct verify_bytes {
	const __u8 *at;
	__u32 left;
};

/*
 * Takes an element of this tag, whose contents have fewer than 256 bytes: two
 * INTEGERs of any curve have fewer. Only the shortest form of a length is DER.
 */
static bool verify_der_take(struct verify_bytes *from, __u8 tag,
			    struct verify_bytes *contents)
{
	__u32 head = 2;
	__u32 len;

	if (from->left < head || from->at[0] != tag)
		return false;
	len = from->at[1];
	if (len == VERIFY_DER_LONG_1) {
		if (from->left < 3)
			return false;
		head = 3;
		len = from->at[2];
		if (len < VERIFY_DER_LONG)
			return false;
	} else if (len >= VERIFY_DER_LONG) {
		return false;
	}
	if (len > from->left - head)
		return false;
	contents->at = from->at + head;
	contents->left = len;
	from->at += head + len;
	from->left -= head + len;
	return true;
}

/* Takes an INTEGER that is not negative, and fills its @len bytes of @raw. */
static bool verify_der_take_number(struct verify_bytes *from, __u8 *raw,
				   __u32 len)
{
	struct verify_bytes number;

	if (!verify_der_take(from, VERIFY_DER_INTEGER, &number))
		return false;
	if (!number.left || number.at[0] & 0x80)
		return false;
	if (!number.at[0] && number.left > 1) {
		/* Only a bit that would be a sign has a zero before it. */
		if (!(number.at[1] & 0x80))
			return false;
		number.at++;
		number.left--;
	}
	if (number.left > len)
		return false;
	memset(raw, 0, len - number.left);
	memcpy(raw + len - number.left, number.at, number.left);
	return true;
}

/**
 * verify_der_size - find the end of an ECDSA signature in DER
 * @bytes: the signature, and maybe other bytes behind it
 * @len: length of @bytes
 *
 * Return: the length of the signature in bytes, or 0 if there is none.
 */
__u32 verify_der_size(const __u8 *bytes, __u32 len)
{
	struct verify_bytes all = { bytes, len };
	struct verify_bytes pair;

	if (!verify_der_take(&all, VERIFY_DER_SEQUENCE, &pair))
		return 0;
	return len - all.left;
}

/**
 * verify_der_to_raw - bring an ECDSA signature into its form of fixed length
 * @der: the signature in DER
 * @der_len: length of @der in bytes
 * @raw: gets r and s, of @len bytes each, the most significant byte first
 * @len: length of the curve's numbers in bytes
 *
 * No other bytes are accepted for the same two numbers. Zero and numbers that
 * are too large for the curve are left to the Handler.
 *
 * Return: true, or false if @der is anything else than a SEQUENCE of two
 * INTEGERs of 0 to 256^@len - 1 in DER.
 */
bool verify_der_to_raw(const __u8 *der, __u32 der_len, __u8 *raw, __u32 len)
{
	struct verify_bytes all = { der, der_len };
	struct verify_bytes pair;

	return verify_der_take(&all, VERIFY_DER_SEQUENCE, &pair) && !all.left &&
	       verify_der_take_number(&pair, raw, len) &&
	       verify_der_take_number(&pair, raw + len, len) && !pair.left;
}
