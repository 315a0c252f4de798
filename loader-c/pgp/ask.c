// SPDX-License-Identifier: GPL-2.0-only
/* Asks the Handler, and checks all of a reply that the kernel can check. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "pgp.h"

/* All zero, of any length: a content may be longer than a request. */
static struct pgp_data *pgp_data_alloc(size_t len)
{
	struct pgp_data *data;

	data = kvzalloc(struct_size(data, bytes, len), GFP_KERNEL_ACCOUNT);
	if (!data)
		return ERR_PTR(-ENOMEM);
	data->len = len;
	return data;
}

/**
 * pgp_data_new - copy the data of a request
 * @bytes: the data
 * @len: length of @bytes
 *
 * Return: the copy, to be freed with pgp_data_free(), or an error:
 * -EMSGSIZE if @bytes are too long for a request, -EBADMSG if there are none.
 */
struct pgp_data *pgp_data_new(const void *bytes, size_t len)
{
	struct pgp_data *data;

	if (!len)
		return ERR_PTR(-EBADMSG);
	if (len > UMD_PGP_MAX_DATA)
		return ERR_PTR(-EMSGSIZE);
	data = pgp_data_alloc(len);
	if (!IS_ERR(data))
		memcpy(data->bytes, bytes, len);
	return data;
}

void pgp_data_free(struct pgp_data *data)
{
	kvfree(data);
}

/*
 * Each request has a deadline, but the replies of a slow Handler add up. An
 * operation therefore begins no request after two deadlines have passed. The
 * system may sleep during a request, which counts as one deadline at most.
 */
static int pgp_ask_once(struct pgp_data *data, struct umd_mgmt_call *call)
{
	unsigned long most = msecs_to_jiffies(pgp_mgmt.timeout_ms ?:
					      UMD_MGMT_TIMEOUT_MS);
	unsigned long began = jiffies;
	int err;

	if (data->asked >= 2 * most) {
		pr_err_ratelimited("too many slow replies\n");
		return -ETIMEDOUT;
	}
	call->holds_lock = data->holds_lock;
	err = umd_mgmt_call(&pgp_mgmt, call);
	data->asked += min(jiffies - began, most);
	return err;
}

/* The Handler may answer with these statuses only. */
static int pgp_ask(struct pgp_data *data, struct umd_mgmt_call *call, u32 index,
		   u32 part)
{
	int err;

	data->request.index = index;
	data->request.part = part;
	call->in = &data->request;
	call->in_len = sizeof(data->request) + data->len;
	err = pgp_ask_once(data, call);
	if (err)
		return err;
	switch (call->status) {
	case 0:
	case -EBADMSG:
	case -ENOPKG:
		return call->status;
	}
	pr_err_ratelimited("unexpected status %d\n", call->status);
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
 * pgp_ask_key - ask for one key of a ring
 * @data: the ring
 * @index: number of the key
 * @key: gets the reply
 *
 * Return: 0, or an error: -EBADMSG or -ENOPKG of the Handler, -EPROTO if the
 * reply is wrong, or an error of umd_mgmt_call().
 */
int pgp_ask_key(struct pgp_data *data, u32 index, struct umd_pgp_key *key)
{
	struct umd_mgmt_call call = {
		.op = UMD_OP_PGP_KEY,
		.out = key,
		.out_size = sizeof(*key),
		.out_min = sizeof(*key),
	};
	int err;

	err = pgp_ask(data, &call, index, 0);
	if (err)
		return err;
	err = pgp_believe(pgp_key_check(key, index, data->bytes, data->len));
	if (err)
		return err;
	return pgp_fingerprint_check(key, data->bytes + key->subject.offset);
}

/**
 * pgp_ask_signature - ask for one of several signatures
 * @data: the packets of the signatures
 * @index: number of the signature
 * @reply: gets the reply
 *
 * Return: see pgp_ask_key().
 */
int pgp_ask_signature(struct pgp_data *data, u32 index,
		      struct umd_pgp_signature_reply *reply)
{
	struct umd_mgmt_call call = {
		.op = UMD_OP_PGP_SIGNATURE,
		.out = reply,
		.out_size = sizeof(*reply),
		.out_min = sizeof(*reply),
	};
	int err;

	err = pgp_ask(data, &call, index, 0);
	if (err)
		return err;
	return pgp_believe(pgp_signature_check(reply, index, data->bytes,
					       data->len));
}

static int pgp_ask_piece(struct pgp_data *text, u16 op, u32 index, u32 part,
			 struct umd_pgp_piece *piece)
{
	struct umd_mgmt_call call = {
		.op = op,
		.out = piece,
		.out_size = sizeof(*piece),
		.out_min = UMD_PGP_PIECE_HEADER_SIZE,
	};
	int err;

	err = pgp_ask(text, &call, index, part);
	if (err)
		return err;
	return pgp_believe(pgp_piece_check(piece, call.out_len, index,
					   text->len));
}

/* Joins all pieces of a content, which must be of this kind. */
static struct pgp_data *pgp_ask_content(struct pgp_data *text, u16 op, u32 part,
					u32 kind)
{
	struct pgp_data *content = NULL;
	struct umd_pgp_piece *piece;
	u32 index = 0;
	int err;

	piece = kvmalloc(sizeof(*piece), GFP_KERNEL_ACCOUNT);
	if (!piece)
		return ERR_PTR(-ENOMEM);
	do {
		err = pgp_ask_piece(text, op, index, part, piece);
		if (err)
			goto err_free;
		err = -EBADMSG;
		if (piece->kind != kind)
			goto err_free;
		if (!content)
			content = pgp_data_alloc(piece->total);
		if (IS_ERR(content)) {
			err = PTR_ERR(content);
			content = NULL;
			goto err_free;
		}
		/* The Handler may give another length in each reply. */
		err = pgp_believe(piece->total == content->len ?
				  NULL : "two lengths of one content");
		if (err)
			goto err_free;
		memcpy(content->bytes + index, piece->bytes, piece->len);
		index += piece->len;
	} while (index < content->len);
	kvfree(piece);
	content->asked = text->asked;
	return content;

err_free:
	pgp_data_free(content);
	kvfree(piece);
	return ERR_PTR(err);
}

/**
 * pgp_ask_binary - remove armor, if there is any
 * @bytes: keys or signatures, binary or armored
 * @len: length of @bytes
 * @kind: %UMD_PGP_ARMOR_PUBLIC_KEY or %UMD_PGP_ARMOR_SIGNATURE, which armor
 *	must have
 *
 * Return: the binary form, to be freed with pgp_data_free(), or an error.
 */
struct pgp_data *pgp_ask_binary(const void *bytes, size_t len, u32 kind)
{
	struct pgp_data *data = pgp_data_new(bytes, len);
	struct pgp_data *content;

	/* The first bit of each packet is set (RFC 9580, section 4.2). */
	if (IS_ERR(data) || data->bytes[0] & 0x80)
		return data;
	content = pgp_ask_content(data, UMD_OP_PGP_DEARMOR, 0, kind);
	pgp_data_free(data);
	return content;
}

/**
 * pgp_ask_cleartext - ask for a part of a clearsigned document
 * @document: the document
 * @part: %UMD_PGP_PART_TEXT or %UMD_PGP_PART_SIGNATURES
 *
 * Return: the part, to be freed with pgp_data_free(), or an error.
 */
struct pgp_data *pgp_ask_cleartext(struct pgp_data *document, u32 part)
{
	return pgp_ask_content(document, UMD_OP_PGP_CLEARTEXT, part,
			       part == UMD_PGP_PART_TEXT ?
			       UMD_PGP_ARMOR_NONE : UMD_PGP_ARMOR_SIGNATURE);
}
