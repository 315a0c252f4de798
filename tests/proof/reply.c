// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Contracts of the kernel's checks of replies, and a caller that passes any
 * input, for Frama-C: WP proves the contracts, Eva that no input causes
 * undefined behaviour.
 */
#include "reply.h"

/*@
	predicate in_range(integer status) = UMD_STATUS_MIN <= status <= 0;

	logic integer longest(integer op, integer max_reply) =
		op == UMD_OP_HELLO ? sizeof(struct umd_hello) :
		op == UMD_OP_PING ? 0 : max_reply;

	predicate valid_reply(struct umd_frame_header *sent,
			      struct umd_frame_header *reply,
			      integer payload, integer max_reply) =
		reply->magic == UMD_MAGIC &&
		(reply->version == UMD_ABI_VERSION ||
		 sent->op == UMD_OP_HELLO) &&
		reply->len == payload &&
		payload <= longest(sent->op, max_reply) &&
		reply->op == sent->op &&
		reply->id == sent->id &&
		in_range(reply->status) &&
		(reply->status == 0 || reply->len == 0) &&
		reply->flags == 0 && reply->reserved == 0;

	predicate valid_hello(struct umd_hello *ours,
			      struct umd_hello *theirs) =
		theirs->version == ours->version &&
		theirs->max_request >= ours->max_request &&
		theirs->max_reply <= ours->max_reply &&
		theirs->reserved == 0;
*/

/*@
	assigns \result \from op, max_reply;
	ensures \result == longest(op, max_reply);
*/
static __u32 umd_reply_max(__u16 op, __u32 max_reply);

/*@
	requires \valid_read(sent) && \valid_read(reply);
	assigns \result \from *sent, *reply, payload, max_reply;
	ensures \result == \null <==>
		valid_reply(sent, reply, payload, max_reply);
	ensures \result == \null ==> payload <= \max(16, max_reply);
*/
const char *umd_reply_check(const struct umd_frame_header *sent,
			    const struct umd_frame_header *reply,
			    size_t payload, __u32 max_reply);

/*@
	requires \valid_read(ours) && \valid_read(theirs);
	assigns \result \from *ours, *theirs;
	ensures \result == \null <==> valid_hello(ours, theirs);
*/
const char *umd_hello_check(const struct umd_hello *ours,
			    const struct umd_hello *theirs);

/* The file that the kernel compiles, or a copy with a planted bug. */
#include "mgmt/reply.c"

#include "__fc_builtin.h"

/* Any bytes from a Handler, in reply to any request. */
void anything(void)
{
	struct umd_frame_header sent, reply;
	struct umd_hello ours, theirs;
	size_t payload = Frama_C_unsigned_long_interval(0, (size_t)-1);
	__u32 max_reply = Frama_C_unsigned_int_interval(0, UMD_MAX_PAYLOAD);

	Frama_C_make_unknown((char *)&sent, sizeof(sent));
	Frama_C_make_unknown((char *)&reply, sizeof(reply));
	Frama_C_make_unknown((char *)&ours, sizeof(ours));
	Frama_C_make_unknown((char *)&theirs, sizeof(theirs));
	umd_reply_check(&sent, &reply, payload, max_reply);
	umd_hello_check(&ours, &theirs);
}
