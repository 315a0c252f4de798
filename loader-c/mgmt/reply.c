// SPDX-License-Identifier: GPL-2.0-only
/* The checks of a Handler's answer: the library believes nothing else of it. */
#include "reply.h"

/* The longest payload of an answer; the core operations have their own. */
static __u32 umd_reply_max(__u16 op, __u32 max_reply)
{
	switch (op) {
	case UMD_OP_HELLO:
		return sizeof(struct umd_hello);
	case UMD_OP_PING:
		return 0;
	}
	return max_reply;
}

/**
 * umd_reply_check - check the header of a reply
 * @sent: header of the request that was sent
 * @reply: header that the Handler wrote, copied out of its memory
 * @payload: bytes that it wrote behind the header
 * @max_reply: largest payload in bytes that the driver allows
 *
 * The version of an answer to HELLO is left to umd_hello_check().
 *
 * Return: NULL, or what is wrong, for the log.
 */
const char *umd_reply_check(const struct umd_frame_header *sent,
			    const struct umd_frame_header *reply,
			    size_t payload, __u32 max_reply)
{
	if (reply->magic != UMD_MAGIC)
		return "wrong magic";
	if (reply->version != UMD_ABI_VERSION && sent->op != UMD_OP_HELLO)
		return "another ABI version";
	if (reply->len != payload)
		return "not one whole frame";
	if (reply->len > umd_reply_max(sent->op, max_reply))
		return "longer than the driver allows";
	if (reply->op != sent->op)
		return "another operation than asked";
	if (reply->id != sent->id)
		return "another id than asked";
	if (reply->status > 0 || reply->status < UMD_STATUS_MIN)
		return "status out of range";
	if (reply->status && reply->len)
		return "a payload beside a status";
	if (reply->flags || reply->reserved)
		return "reserved fields are set";
	return NULL;
}

/**
 * umd_hello_check - check a Handler's answer to HELLO
 * @ours: what was sent
 * @theirs: the answer
 *
 * Return: NULL, or what is wrong, for the log.
 */
const char *umd_hello_check(const struct umd_hello *ours,
			    const struct umd_hello *theirs)
{
	if (theirs->version != ours->version)
		return "speaks another ABI version";
	if (theirs->max_request < ours->max_request)
		return "has no room for the largest request";
	if (theirs->max_reply > ours->max_reply)
		return "may reply more than the driver allows";
	if (theirs->reserved)
		return "sets reserved fields";
	return NULL;
}
