// SPDX-License-Identifier: GPL-2.0-only
/* Asks the Handler, and checks all of a reply that the kernel can check. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "pgp.h"

/* Packets that are asked for together. */
struct pgp_batch {
	struct pgp_job *job;
	u32 count;
	/* Length of @request. */
	u32 len;
	struct {
		const u8 *body;
		u32 len;
		u8 tag;
	} packets[UMD_PGP_MAX_PACKETS];
	struct umd_pgp_item items[UMD_PGP_MAX_PACKETS];
	u8 request[UMD_PGP_MAX_REQUEST];
};

/* The Handler may answer with these statuses only. */
static int pgp_ask(struct pgp_job *job, struct umd_mgmt_call *call)
{
	unsigned long began = jiffies;
	int err;

	err = pgp_job_check(job);
	if (err)
		return err;
	call->holds_lock = job->holds_lock;
	err = umd_mgmt_call(&pgp_mgmt, call);
	pgp_job_spend(job, began);
	if (err)
		return err;
	switch (call->status) {
	case 0:
	case -EBADMSG:
		return call->status;
	}
	pr_err_ratelimited("wrong reply: status %d\n", call->status);
	return -EPROTO;
}

static int pgp_believe(const char *wrong)
{
	if (!wrong)
		return 0;
	pr_err_ratelimited("wrong reply: %s\n", wrong);
	return -EPROTO;
}

/**
 * pgp_batch_new - an empty batch of packets
 * @job: the operation
 *
 * Return: the batch, to be freed with pgp_batch_free(), or NULL.
 */
struct pgp_batch *pgp_batch_new(struct pgp_job *job)
{
	struct pgp_batch *batch;

	batch = kvmalloc(sizeof(*batch), GFP_KERNEL_ACCOUNT);
	if (!batch)
		return NULL;
	batch->job = job;
	pgp_batch_clear(batch);
	return batch;
}

void pgp_batch_free(struct pgp_batch *batch)
{
	kvfree(batch);
}

/**
 * pgp_batch_clear - begin the next batch
 * @batch: the batch
 */
void pgp_batch_clear(struct pgp_batch *batch)
{
	batch->count = 0;
	batch->len = 0;
}

/**
 * pgp_batch_add - add a packet to a batch
 * @batch: the batch
 * @tag: the packet's type
 * @body: its body, which must stay
 * @len: length of the body, at most %UMD_PGP_MAX_BODY
 *
 * Return: true; false if there is no room before the next pgp_batch_clear().
 */
bool pgp_batch_add(struct pgp_batch *batch, u8 tag, const u8 *body, u32 len)
{
	struct umd_pgp_packet head = { .tag = tag, .len = len };
	u8 *at = batch->request + batch->len;

	if (batch->count == UMD_PGP_MAX_PACKETS ||
	    len + sizeof(head) > sizeof(batch->request) - batch->len)
		return false;
	memcpy(at, &head, sizeof(head));
	memcpy(at + sizeof(head), body, len);
	batch->len += sizeof(head) + len;
	batch->packets[batch->count].tag = tag;
	batch->packets[batch->count].body = body;
	batch->packets[batch->count].len = len;
	batch->count++;
	return true;
}

/**
 * pgp_batch_ask - ask what the packets of a batch say
 * @batch: the batch
 *
 * Return: 0 or an error: -EPROTO if the reply is wrong, or one of umd_mgmt_call().
 */
int pgp_batch_ask(struct pgp_batch *batch)
{
	size_t size = batch->count * sizeof(*batch->items);
	struct umd_mgmt_call call = {
		.op = UMD_OP_PGP_PACKETS,
		.in = batch->request,
		.in_len = batch->len,
		.out = batch->items,
		.out_size = size,
		.out_min = size,
	};
	u32 i;
	int err;

	if (!batch->count)
		return 0;
	err = pgp_ask(batch->job, &call);
	/* A packet may be malformed, the request is not. */
	if (err == -EBADMSG)
		return pgp_believe("a status for all packets");
	for (i = 0; i < batch->count && !err; i++)
		err = pgp_believe(pgp_item_check(&batch->items[i],
						 batch->packets[i].tag,
						 batch->packets[i].body,
						 batch->packets[i].len));
	return err;
}

u32 pgp_batch_count(const struct pgp_batch *batch)
{
	return batch->count;
}

/**
 * pgp_batch_get - a packet of a batch that was asked
 * @batch: the batch
 * @number: number of the packet
 * @packet: gets the packet
 */
void pgp_batch_get(const struct pgp_batch *batch, u32 number,
		   struct pgp_packet *packet)
{
	packet->tag = batch->packets[number].tag;
	packet->body = batch->packets[number].body;
	packet->len = batch->packets[number].len;
	packet->item = batch->items[number];
}

/**
 * pgp_ask_one - ask what one packet says
 * @job: the operation
 * @tag: the packet's type
 * @body: its body
 * @len: length of the body
 * @packet: gets the packet
 *
 * Return: as pgp_batch_ask(), or -ENOMEM.
 */
int pgp_ask_one(struct pgp_job *job, u8 tag, const u8 *body, u32 len,
		struct pgp_packet *packet)
{
	struct pgp_batch *batch = pgp_batch_new(job);
	int err;

	if (!batch)
		return -ENOMEM;
	pgp_batch_add(batch, tag, body, len);
	err = pgp_batch_ask(batch);
	if (!err)
		pgp_batch_get(batch, 0, packet);
	pgp_batch_free(batch);
	return err;
}

/**
 * pgp_ask_text - ask for the structure of a chunk of text
 * @job: the operation
 * @state: the state before the chunk, and its flags
 * @text: the chunk
 * @len: its length, at most %UMD_PGP_MAX_TEXT
 * @reply: gets the reply
 *
 * Return: 0, -EBADMSG, -EPROTO, -ENOMEM or an error of umd_mgmt_call().
 */
int pgp_ask_text(struct pgp_job *job, struct umd_pgp_text *state,
		 const u8 *text, u32 len, struct umd_pgp_text_reply *reply)
{
	struct umd_mgmt_call call = {
		.op = UMD_OP_PGP_TEXT,
		.in_len = sizeof(*state) + len,
		.out = reply,
		.out_size = sizeof(*reply),
		.out_min = sizeof(*reply),
	};
	u8 *request;
	int err;

	request = kvmalloc(call.in_len, GFP_KERNEL_ACCOUNT);
	if (!request)
		return -ENOMEM;
	memcpy(request, state, sizeof(*state));
	memcpy(request + sizeof(*state), text, len);
	call.in = request;
	err = pgp_ask(job, &call);
	kvfree(request);
	return err ?: pgp_believe(pgp_text_check(reply, state, len));
}
