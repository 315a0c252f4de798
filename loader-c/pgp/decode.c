// SPDX-License-Identifier: GPL-2.0-only
/*
 * The Handler names ranges of a text. The kernel makes binary data of those of base64,
 * and the lines of a clearsigned text as they are signed.
 */
#include "pure.h"

#define PGP_NO_SYMBOL 0x40

static __u8 pgp_base64_symbol(__u8 byte)
{
	if (byte >= 'A' && byte <= 'Z')
		return byte - 'A';
	if (byte >= 'a' && byte <= 'z')
		return byte - 'a' + 26;
	if (byte >= '0' && byte <= '9')
		return byte - '0' + 52;
	if (byte == '+')
		return 62;
	return byte == '/' ? 63 : PGP_NO_SYMBOL;
}

static bool pgp_is_white(__u8 byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r';
}

/* Takes one symbol. Padding is only behind two or three symbols of the last four. */
static bool pgp_base64_take(struct pgp_base64 *base64, __u8 byte)
{
	__u8 symbol = pgp_base64_symbol(byte);

	if (byte == '=') {
		if (base64->symbols < 2)
			return false;
		base64->padding++;
		symbol = 0;
	} else if (base64->padding || symbol == PGP_NO_SYMBOL) {
		return false;
	}
	base64->bits = base64->bits << 6 | symbol;
	base64->symbols++;
	return true;
}

/**
 * pgp_base64_decode - decode base64 (section 6)
 * @base64: the state, which goes on from one piece to the next
 * @text: symbols, among white space and line ends
 * @len: length of @text
 * @bytes: gets the bytes; has room for @len of them and two more, as symbols from before
 *	may become bytes now
 * @count: how many bytes there are
 *
 * Unused bits must be zero, so that each content has only one form.
 *
 * Return: true; false if @text is not base64.
 */
bool pgp_base64_decode(struct pgp_base64 *base64, const __u8 *text, __u32 len,
		       __u8 *bytes, __u32 *count)
{
	__u32 at = 0, i;
	__u8 j, whole;

	for (i = 0; i < len; i++) {
		if (pgp_is_white(text[i]) || text[i] == '\n')
			continue;
		if (!pgp_base64_take(base64, text[i]))
			return false;
		if (base64->symbols < 4)
			continue;
		whole = 3 - base64->padding;
		for (j = 0; j < whole; j++)
			bytes[at++] = base64->bits >> (16 - 8 * j);
		if (base64->bits & ((1U << 8 * base64->padding) - 1))
			return false;
		base64->symbols = 0;
		base64->bits = 0;
	}
	*count = at;
	return true;
}

/**
 * pgp_base64_is_whole - whether base64 may end here
 * @base64: the state
 *
 * Return: true if so.
 */
bool pgp_base64_is_whole(const struct pgp_base64 *base64)
{
	return !base64->symbols;
}

/**
 * pgp_signed_line - take a line of a clearsigned text (section 7)
 * @text: lines as they are in the document
 * @len: length of @text
 * @at: where the line begins, less than @len; then, where the next one does
 *
 * Return: the line without its dash escape, without white space at its end, and
 * without its line end.
 */
struct pgp_number pgp_signed_line(const __u8 *text, __u32 len, __u32 *at)
{
	__u32 begin = *at, end = begin;

	while (end < len && text[end] != '\n')
		end++;
	*at = end < len ? end + 1 : end;
	if (end - begin >= 2 && text[begin] == '-' && text[begin + 1] == ' ')
		begin += 2;
	while (end > begin && pgp_is_white(text[end - 1]))
		end--;
	return (struct pgp_number){ text + begin, end - begin };
}
