// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cuts a ring of any length into certificates, of which one at a time is in memory.
 * A certificate that is too long is reported by its primary key alone.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "pgp.h"

/* Enough for most certificates. */
#define PGP_STREAM_ROOM (64U << 10)

struct pgp_stream {
	pgp_certificate_fn fn;
	void *data;
	/* The header of the packet that begins. */
	u8 head[PGP_FRAME_MAX_HEAD];
	u8 head_len;
	/* The packet whose body is being read, and how much of that is to come. */
	u8 tag;
	u32 left;
	bool is_dropped;
	/* Where that packet begins in @bytes. */
	u32 begin;
	/* The certificate so far: its primary key first. */
	u8 *bytes;
	u32 len;
	u32 room;
	u32 primary_len;
	bool is_too_long;
};

/**
 * pgp_stream_new - begin to read a ring
 * @fn: called for each certificate
 * @data: passed to @fn
 *
 * Return: the stream, to be freed with pgp_stream_free(), or NULL.
 */
struct pgp_stream *pgp_stream_new(pgp_certificate_fn fn, void *data)
{
	struct pgp_stream *stream = kzalloc(sizeof(*stream), GFP_KERNEL);

	if (!stream)
		return NULL;
	stream->fn = fn;
	stream->data = data;
	return stream;
}

void pgp_stream_free(struct pgp_stream *stream)
{
	kvfree(stream->bytes);
	kfree(stream);
}

/* Makes room for @more bytes. Returns 1 if there may be none. */
static int pgp_stream_reserve(struct pgp_stream *stream, u32 more)
{
	u32 room = stream->room ?: PGP_STREAM_ROOM;
	u8 *bytes;

	if (more > PGP_MAX_CERTIFICATE - stream->len)
		return 1;
	while (room - stream->len < more)
		room *= 4;
	if (room == stream->room)
		return 0;
	bytes = kvmalloc(room, GFP_KERNEL_ACCOUNT);
	if (!bytes)
		return -ENOMEM;
	if (stream->bytes)
		memcpy(bytes, stream->bytes, stream->len);
	kvfree(stream->bytes);
	stream->bytes = bytes;
	stream->room = room;
	return 0;
}

/* Passes on the certificate that ends at @end. */
static int pgp_stream_pass(struct pgp_stream *stream, u32 end)
{
	if (!end)
		return 0;
	return stream->fn(stream->data, stream->bytes, end,
			  stream->is_too_long ? PGP_TOO_LONG : PGP_TAKEN);
}

/* Whether the primary key that was just read is a copy of the certificate's. */
static bool pgp_stream_is_copy(const struct pgp_stream *stream)
{
	u32 len = stream->len - stream->begin;

	return len == stream->primary_len &&
	       !memcmp(stream->bytes, stream->bytes + stream->begin, len);
}

/* The body of a packet is complete. */
static int pgp_stream_end_packet(struct pgp_stream *stream)
{
	u32 begin = stream->begin, len = stream->len - begin;
	int err;

	if (stream->is_dropped || stream->tag != UMD_PGP_TAG_PRIMARY_KEY)
		return 0;
	if (begin && pgp_stream_is_copy(stream)) {
		/* The packets that follow are the certificate's, too. */
		return 0;
	}
	err = pgp_stream_pass(stream, begin);
	if (err)
		return err;
	memmove(stream->bytes, stream->bytes + begin, len);
	stream->len = len;
	stream->primary_len = len;
	stream->is_too_long = false;
	return 0;
}

static bool pgp_is_skipped(u8 tag)
{
	return tag >= PGP_TAG_NOT_CRITICAL || tag == PGP_TAG_MARKER ||
	       tag == PGP_TAG_TRUST || tag == PGP_TAG_PADDING;
}

/* From here on, only the primary key of the certificate counts. */
static void pgp_stream_give_up(struct pgp_stream *stream)
{
	stream->is_too_long = true;
	stream->len = stream->primary_len;
}

/* Begins a packet whose header is complete. */
static int pgp_stream_begin_packet(struct pgp_stream *stream,
				   const struct pgp_frame *frame)
{
	bool is_primary = frame->tag == UMD_PGP_TAG_PRIMARY_KEY;
	int err;

	stream->tag = frame->tag;
	stream->left = frame->len;
	stream->is_dropped = pgp_is_skipped(frame->tag);
	if (is_primary && frame->len > PGP_BODY_MAX)
		return -EBADMSG;
	if (!stream->len && !is_primary)
		return stream->is_dropped ? 0 : -EBADMSG;
	if (stream->is_too_long && !is_primary)
		stream->is_dropped = true;
	if (stream->is_dropped)
		return 0;
	err = frame->len > PGP_MAX_CERTIFICATE ? 1 :
	      pgp_stream_reserve(stream, frame->head + frame->len);
	if (err < 0)
		return err;
	if (err) {
		pgp_stream_give_up(stream);
		/* There is room for two primary keys. */
		if (!is_primary) {
			stream->is_dropped = true;
			return 0;
		}
	}
	stream->begin = stream->len;
	memcpy(stream->bytes + stream->len, stream->head, frame->head);
	stream->len += frame->head;
	return 0;
}

/* Takes one byte of a header. */
static int pgp_stream_add_head(struct pgp_stream *stream, u8 byte)
{
	struct pgp_frame frame;
	int err;

	stream->head[stream->head_len++] = byte;
	switch (pgp_frame_read(stream->head, stream->head_len, &frame)) {
	case PGP_FRAME_MORE:
		return 0;
	case PGP_FRAME_BAD:
		return -EBADMSG;
	case PGP_FRAME_DONE:
		break;
	}
	stream->head_len = 0;
	err = pgp_stream_begin_packet(stream, &frame);
	if (err || stream->left)
		return err;
	return pgp_stream_end_packet(stream);
}

/**
 * pgp_stream_add - read more of a ring
 * @stream: the stream
 * @bytes: the bytes
 * @len: how many there are
 *
 * Return: 0; -EBADMSG if the ring is malformed, after which nothing of the rest can be
 * read; -ENOMEM; or an error of the stream's function.
 */
int pgp_stream_add(struct pgp_stream *stream, const u8 *bytes, size_t len)
{
	int err = 0;
	u32 piece;

	while (len && !err) {
		if (!stream->left) {
			err = pgp_stream_add_head(stream, *bytes);
			bytes++;
			len--;
			continue;
		}
		piece = min_t(size_t, len, stream->left);
		if (!stream->is_dropped) {
			memcpy(stream->bytes + stream->len, bytes, piece);
			stream->len += piece;
		}
		bytes += piece;
		len -= piece;
		stream->left -= piece;
		if (!stream->left)
			err = pgp_stream_end_packet(stream);
	}
	return err;
}

/**
 * pgp_stream_end - end a ring
 * @stream: the stream
 *
 * The last certificate counts only if it is whole.
 *
 * Return: as pgp_stream_add().
 */
int pgp_stream_end(struct pgp_stream *stream)
{
	if (stream->left || stream->head_len || !stream->len)
		return -EBADMSG;
	return pgp_stream_pass(stream, stream->len);
}
