// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Contracts of the kernel's framing of packets, and a caller that passes any input, for
 * Frama-C: WP proves the contracts, Eva that no input causes undefined behaviour.
 */
#include "pure.h"

/*@
	requires \valid_read(at + (0 .. 1));
	assigns \result \from at[0 .. 1];
	ensures 0 <= \result <= 0xffff;
*/
static inline __u32 pgp_be16(const __u8 *at);

/*@
	requires \valid_read(at + (0 .. 3));
	assigns \result \from at[0 .. 3];
*/
static inline __u32 pgp_be32(const __u8 *at);

/*@
	requires left >= 1 && \valid_read(at + (0 .. left - 1));
	requires \valid(frame) && \separated(frame, at + (0 .. left - 1));
	assigns *frame \from at[0 .. left - 1], left;
	assigns \result \from at[0 .. left - 1], left;
	ensures \result == PGP_FRAME_DONE ==>
		2 <= frame->head <= left && frame->head <= PGP_FRAME_MAX_HEAD;
	ensures \result == PGP_FRAME_MORE ==> left < PGP_FRAME_MAX_HEAD;
*/
static enum pgp_framing pgp_frame_read_new(const __u8 *at, size_t left,
					   struct pgp_frame *frame);

/*@
	requires left >= 1 && \valid_read(at + (0 .. left - 1));
	requires \valid(frame) && \separated(frame, at + (0 .. left - 1));
	assigns *frame \from at[0 .. left - 1], left;
	assigns \result \from at[0 .. left - 1], left;
	ensures \result == PGP_FRAME_DONE ==>
		2 <= frame->head <= left && frame->head <= PGP_FRAME_MAX_HEAD;
	ensures \result == PGP_FRAME_MORE ==> left < PGP_FRAME_MAX_HEAD;
*/
static enum pgp_framing pgp_frame_read_old(const __u8 *at, size_t left,
					   struct pgp_frame *frame);

/*@
	requires \valid_read(at + (0 .. left - 1));
	requires \valid(frame) && \separated(frame, at + (0 .. left - 1));
	assigns *frame \from at[0 .. left - 1], left;
	assigns \result \from at[0 .. left - 1], left;
	ensures \result == PGP_FRAME_DONE ==>
		2 <= frame->head <= left && frame->head <= PGP_FRAME_MAX_HEAD;
	ensures \result == PGP_FRAME_MORE ==> left < PGP_FRAME_MAX_HEAD;
*/
enum pgp_framing pgp_frame_read(const __u8 *at, size_t left,
				struct pgp_frame *frame);

/*@
	requires \valid(at) && *at <= len;
	requires \valid_read(bytes + (0 .. len - 1));
	requires \valid(frame);
	requires \separated(frame, at, bytes + (0 .. len - 1));
	assigns *frame, *at \from bytes[0 .. len - 1], len, *at;
	assigns \result \from bytes[0 .. len - 1], len, *at;
	ensures \result ==> \old(*at) < *at <= len && frame->len <= len - *at;
	ensures !\result ==> *at == \old(*at);
*/
bool pgp_frame_next(const __u8 *bytes, __u32 len, __u32 *at,
		    struct pgp_frame *frame);

/* The file that the kernel compiles, or a copy with a planted bug. */
#include "pgp/frame.c"

#include "__fc_builtin.h"

/* Any bytes, which end at the end of the array. */
void anything(void)
{
	struct pgp_frame frame = {};
	__u8 bytes[8];
	__u32 len, at = 0;

	Frama_C_make_unknown((char *)bytes, sizeof(bytes));
	//@ loop unroll 9;
	for (len = 0; len <= sizeof(bytes); len++) {
		at = 0;
		pgp_frame_next(bytes + sizeof(bytes) - len, len, &at, &frame);
	}
}
