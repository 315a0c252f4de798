// SPDX-License-Identifier: GPL-2.0-only
/* The lines about keys and signatures that the files return. */
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "pgp.h"

/* A text of 16 MiB, and the lines of 64 signers. */
#define PGP_MAX_RESULT (17U << 20)
#define PGP_LINE_SIZE 640

/**
 * pgp_printable - make a byte safe for a terminal
 * @byte: the byte, which the maker of a key has chosen
 *
 * Return: @byte, or a question mark if @byte is not printable ASCII.
 */
char pgp_printable(u8 byte)
{
	return isascii(byte) && isprint(byte) ? byte : '?';
}

/* Makes room for @len more bytes. */
static int pgp_text_reserve(struct pgp_text *text, size_t len)
{
	size_t size = text->size ?: PAGE_SIZE;
	char *buf;

	if (len > PGP_MAX_RESULT - text->len)
		return -EFBIG;
	while (size - text->len < len)
		size *= 2;
	if (size == text->size)
		return 0;
	buf = kvmalloc(size, GFP_KERNEL_ACCOUNT);
	if (!buf)
		return -ENOMEM;
	if (text->len)
		memcpy(buf, text->buf, text->len);
	kvfree(text->buf);
	text->buf = buf;
	text->size = size;
	return 0;
}

/**
 * pgp_text_add - add bytes to a text
 * @text: the text
 * @bytes: the bytes
 * @len: how many there are
 *
 * Return: 0, -ENOMEM, or -EFBIG.
 */
int pgp_text_add(struct pgp_text *text, const void *bytes, size_t len)
{
	int err;

	err = pgp_text_reserve(text, len);
	if (err)
		return err;
	memcpy(text->buf + text->len, bytes, len);
	text->len += len;
	return 0;
}

/*
 * Adds a line. Users choose descriptions and user ids: each byte that is not printable
 * ASCII becomes a question mark, which keeps the line one line.
 */
static __printf(2, 3) int pgp_text_line(struct pgp_text *text,
					const char *format, ...)
{
	va_list arguments;
	char *line;
	int len, i;
	int err;

	err = pgp_text_reserve(text, PGP_LINE_SIZE);
	if (err)
		return err;
	line = text->buf + text->len;
	va_start(arguments, format);
	len = vscnprintf(line, PGP_LINE_SIZE - 1, format, arguments);
	va_end(arguments);
	for (i = 0; i < len; i++)
		line[i] = pgp_printable(line[i]);
	line[len] = '\n';
	text->len += len + 1;
	return 0;
}

#define PGP_HEX_SIZE (2 * 32 + 1)

/* A fingerprint as people read it. */
static const char *pgp_hex(const u8 *bytes, size_t len, char hex[PGP_HEX_SIZE])
{
	size_t i;

	for (i = 0; i < len && i < 32; i++)
		sprintf(hex + 2 * i, "%02X", bytes[i]);
	return hex;
}

/* The name of a key: its description without the fingerprint, which mostly begins that. */
static const char *pgp_key_name(const struct key *key, const char *fingerprint)
{
	size_t len = str_has_prefix(key->description, fingerprint);

	return skip_spaces(key->description + len);
}

/**
 * pgp_text_taken - add a line about a key that is in the keyring now
 * @text: the text
 * @key: a key of this module
 *
 * The line is the fingerprint, a space and the key's description. Most
 * descriptions begin with the fingerprint, which is not repeated.
 *
 * Return: as pgp_text_add().
 */
int pgp_text_taken(struct pgp_text *text, const struct key *key)
{
	struct pgp_fingerprint of = pgp_key_fingerprint(key);
	char hex[PGP_HEX_SIZE];

	pgp_hex(of.bytes, of.len, hex);
	return pgp_text_line(text, "%s %s", hex, pgp_key_name(key, hex));
}

/**
 * pgp_text_refused - add a line about a key that is not taken
 * @text: the text
 * @of: the key's fingerprint, of which the length is 0 if there is none
 * @reason: why
 *
 * Return: as pgp_text_add().
 */
int pgp_text_refused(struct pgp_text *text, const struct pgp_fingerprint *of,
		     enum pgp_reason reason)
{
	const char *why = pgp_reason_text(reason);
	char hex[PGP_HEX_SIZE];

	if (!of->len)
		return pgp_text_line(text, "refused a key: %s", why);
	return pgp_text_line(text, "refused %s: %s",
			     pgp_hex(of->bytes, of->len, hex), why);
}

/**
 * pgp_text_unverified - add a line about a revocation that was not verified
 * @text: the text
 * @of: the fingerprint of the key that may have been revoked
 * @revoker: that of the revoker's key
 *
 * Return: as pgp_text_add().
 */
int pgp_text_unverified(struct pgp_text *text, const struct pgp_fingerprint *of,
			const struct pgp_fingerprint *revoker)
{
	char hex[PGP_HEX_SIZE], by[PGP_HEX_SIZE];

	return pgp_text_line(text,
			     "unverified %s: a revocation by %s, which cannot be verified",
			     pgp_hex(of->bytes, of->len, hex),
			     pgp_hex(revoker->bytes, revoker->len, by));
}

/**
 * pgp_text_verified - add a line about a true signature
 * @text: the text
 * @key: the signer's key
 * @sig: the signature
 * @len: how many bytes it is on
 *
 * Return: as pgp_text_add().
 */
int pgp_text_verified(struct pgp_text *text, const struct key *key,
		      const struct umd_pgp_item *sig, u64 len)
{
	struct pgp_fingerprint of = pgp_key_fingerprint(key);
	char hex[PGP_HEX_SIZE];

	pgp_hex(of.bytes, of.len, hex);
	return pgp_text_line(text, "%s %u %s %llu %s", hex, sig->created,
			     pgp_hash_name(sig->hash), len,
			     pgp_key_name(key, hex));
}
