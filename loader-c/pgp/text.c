// SPDX-License-Identifier: GPL-2.0-only
/* The lines about keys that the files return. */
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "pgp.h"

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

/**
 * pgp_text_key - add a line about a key
 * @text: the text, or NULL to add nothing
 * @key: a key of this module
 *
 * The line is the fingerprint, a space and the key's description. Most
 * descriptions begin with the fingerprint, which is not repeated. The user who
 * adds a key may choose the description: each byte that is not printable ASCII
 * becomes a question mark, which keeps the line one line. A line for which
 * there is no room is left out.
 */
void pgp_text_key(struct pgp_text *text, const struct key *key)
{
	const struct asymmetric_key_ids *ids = asymmetric_key_ids(key);
	const struct asymmetric_key_id *id = ids->id[0];
	char fingerprint[2 * 32 + 1];
	const char *rest = key->description;
	char *at = fingerprint;
	size_t len, i;
	char *line;

	if (!text)
		return;
	for (i = 0; i < id->len && i < 32; i++)
		at += sprintf(at, "%02X", id->data[i]);
	len = str_has_prefix(rest, fingerprint);
	if (len)
		rest = skip_spaces(rest + len);
	line = text->buf + text->len;
	len = snprintf(line, text->size - text->len, "%s %s\n", fingerprint,
		       rest);
	if (len >= text->size - text->len)
		return;
	text->len += len;
	for (; --len; line++)
		*line = pgp_printable(*line);
}
