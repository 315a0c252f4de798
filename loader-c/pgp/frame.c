// SPDX-License-Identifier: GPL-2.0-only
/* Where packets begin and end (section 4.2). */
#include "pure.h"

/* Partial lengths are for packets of data only, which have no place here. */
static enum pgp_framing pgp_frame_read_new(const __u8 *at, size_t left,
					   struct pgp_frame *frame)
{
	if (left < 2)
		return PGP_FRAME_MORE;
	frame->tag = at[0] & 0x3f;
	if (at[1] < 192) {
		frame->head = 2;
		frame->len = at[1];
		return PGP_FRAME_DONE;
	}
	if (at[1] < 224) {
		if (left < 3)
			return PGP_FRAME_MORE;
		frame->head = 3;
		frame->len = ((at[1] - 192U) << 8) + at[2] + 192;
		return PGP_FRAME_DONE;
	}
	if (at[1] < 255)
		return PGP_FRAME_BAD;
	if (left < 6)
		return PGP_FRAME_MORE;
	frame->head = 6;
	frame->len = pgp_be32(at + 2);
	return PGP_FRAME_DONE;
}

/* Nor has a length that only the end of the data tells. */
static enum pgp_framing pgp_frame_read_old(const __u8 *at, size_t left,
					   struct pgp_frame *frame)
{
	__u8 size = at[0] & 3;

	if (size == 3)
		return PGP_FRAME_BAD;
	frame->tag = at[0] >> 2 & 0xf;
	frame->head = size == 0 ? 2 : size == 1 ? 3 : 5;
	if (left < frame->head)
		return PGP_FRAME_MORE;
	frame->len = size == 0 ? at[1] : size == 1 ? pgp_be16(at + 1) :
						     pgp_be32(at + 1);
	return PGP_FRAME_DONE;
}

/**
 * pgp_frame_read - read the header of a packet
 * @at: where the packet begins
 * @left: how many bytes there are
 * @frame: the header, once it is there
 *
 * Return: %PGP_FRAME_DONE; %PGP_FRAME_MORE when there is only a part of the header,
 * for which %PGP_FRAME_MAX_HEAD bytes are always enough; or %PGP_FRAME_BAD.
 */
enum pgp_framing pgp_frame_read(const __u8 *at, size_t left,
				struct pgp_frame *frame)
{
	if (!left)
		return PGP_FRAME_MORE;
	if (!(at[0] & 0x80))
		return PGP_FRAME_BAD;
	if (at[0] & 0x40)
		return pgp_frame_read_new(at, left, frame);
	return pgp_frame_read_old(at, left, frame);
}

/**
 * pgp_frame_next - take the next packet
 * @bytes: whole packets
 * @len: length of @bytes
 * @at: where the next packet begins, at most @len; then, where its body does
 * @frame: the packet's header
 *
 * The caller adds @frame->len to @at for the packet after that.
 *
 * Return: true; or false when there is no further packet, or a malformed one.
 */
bool pgp_frame_next(const __u8 *bytes, __u32 len, __u32 *at,
		    struct pgp_frame *frame)
{
	if (pgp_frame_read(bytes + *at, len - *at, frame) != PGP_FRAME_DONE ||
	    frame->len > len - *at - frame->head)
		return false;
	*at += frame->head;
	return true;
}
