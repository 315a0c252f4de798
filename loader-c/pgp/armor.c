// SPDX-License-Identifier: GPL-2.0-only
/*
 * Text of any length: the Handler says which lines are base64 and which are signed,
 * and the kernel decodes the one and passes on the other.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "pgp.h"

struct pgp_armor {
	struct pgp_job *job;
	const struct pgp_armor_sink *sink;
	void *data;
	struct umd_pgp_text state;
	struct pgp_base64 base64;
	bool has_content;
	/* A block has ended. */
	bool has_ended;
	/* The Handler has consumed @chunk up to @at, of @len bytes. */
	u32 at;
	u32 len;
	u8 chunk[UMD_PGP_MAX_TEXT];
	u8 decoded[UMD_PGP_MAX_TEXT];
};

/**
 * pgp_armor_new - begin to read a text
 * @job: the operation
 * @sink: what is done with its parts
 * @data: passed to the functions of @sink
 *
 * Return: the text, to be freed with pgp_armor_free(), or NULL.
 */
struct pgp_armor *pgp_armor_new(struct pgp_job *job,
				const struct pgp_armor_sink *sink, void *data)
{
	struct pgp_armor *armor = kvzalloc(sizeof(*armor), GFP_KERNEL_ACCOUNT);

	if (!armor)
		return NULL;
	armor->job = job;
	armor->sink = sink;
	armor->data = data;
	/* Beside a clearsigned text, other text would look as if it were signed. */
	if (!sink->text)
		armor->state.flags = UMD_PGP_TEXT_LOOSE;
	return armor;
}

void pgp_armor_free(struct pgp_armor *armor)
{
	kvfree(armor);
}

static int pgp_armor_content(struct pgp_armor *armor, const u8 *text, u32 len)
{
	u32 count;

	if (armor->state.kind != armor->sink->kind ||
	    !pgp_base64_decode(&armor->base64, text, len, armor->decoded,
			       &count))
		return -EBADMSG;
	armor->has_content = true;
	return armor->sink->content(armor->data, armor->decoded, count);
}

static int pgp_armor_take(struct pgp_armor *armor,
			  const struct umd_pgp_text_reply *reply)
{
	const u8 *at = armor->chunk + armor->at + reply->range.offset;

	switch (reply->what) {
	case UMD_PGP_TEXT_CONTENT:
		return pgp_armor_content(armor, at, reply->range.len);
	case UMD_PGP_TEXT_SIGNED:
		/* One text, then its signatures (section 7). */
		if (!armor->sink->text || armor->has_content ||
		    armor->has_ended)
			return -EBADMSG;
		return armor->sink->text(armor->data, at, reply->range.len);
	case UMD_PGP_TEXT_END:
		if (!pgp_base64_is_whole(&armor->base64))
			return -EBADMSG;
		memset(&armor->base64, 0, sizeof(armor->base64));
		armor->has_ended = true;
	}
	return 0;
}

/* Has the Handler look at the chunk, as far as that goes. */
static int pgp_armor_ask(struct pgp_armor *armor)
{
	struct umd_pgp_text_reply reply;
	int err;

	while (armor->at < armor->len) {
		err = pgp_ask_text(armor->job, &armor->state,
				   armor->chunk + armor->at,
				   armor->len - armor->at, &reply);
		if (err)
			return err;
		armor->state.state = reply.state;
		armor->state.kind = reply.kind;
		err = pgp_armor_take(armor, &reply);
		if (err)
			return err;
		if (!reply.consumed)
			break;
		armor->at += reply.consumed;
	}
	return 0;
}

/* Makes room behind the bytes that the Handler has not consumed. */
static void pgp_armor_move(struct pgp_armor *armor)
{
	armor->len -= armor->at;
	memmove(armor->chunk, armor->chunk + armor->at, armor->len);
	armor->at = 0;
}

/**
 * pgp_armor_add - read more of a text
 * @armor: the text
 * @bytes: the bytes
 * @len: how many there are
 *
 * Return: 0, -EBADMSG, -EMSGSIZE for a line of %UMD_PGP_MAX_TEXT bytes or more, an error
 * of pgp_ask_text() or of the sink.
 */
int pgp_armor_add(struct pgp_armor *armor, const u8 *bytes, size_t len)
{
	u32 piece;
	int err;

	while (len) {
		piece = min_t(size_t, len, sizeof(armor->chunk) - armor->len);
		memcpy(armor->chunk + armor->len, bytes, piece);
		armor->len += piece;
		bytes += piece;
		len -= piece;
		if (armor->len < sizeof(armor->chunk))
			break;
		err = pgp_armor_ask(armor);
		if (err)
			return err;
		/* A line that is longer than a request. */
		if (!armor->at)
			return -EMSGSIZE;
		pgp_armor_move(armor);
	}
	return 0;
}

/**
 * pgp_armor_end - end a text
 * @armor: the text
 *
 * Return: as pgp_armor_add(); -EBADMSG, too, when there was no armor in it.
 */
int pgp_armor_end(struct pgp_armor *armor)
{
	int err;

	armor->state.flags |= UMD_PGP_TEXT_LAST;
	err = pgp_armor_ask(armor);
	if (err)
		return err;
	if (armor->at < armor->len || !armor->has_content ||
	    armor->state.state != UMD_PGP_TEXT_OUTSIDE)
		return -EBADMSG;
	return 0;
}
