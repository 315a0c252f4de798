// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads a certificate: frames its packets, asks the Handler what is in each, and
 * keeps the keys, the user ids, the signatures that name the primary key, and some by
 * others. Copies of a key or user id are one.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "judge.h"

/* A certificate that is being read. */
struct pgp_reading {
	struct pgp_certificate *cert;
	struct pgp_batch *batch;
	/* The part of each packet of the batch. */
	u32 parts[UMD_PGP_MAX_PACKETS];
	/* The part that the next signatures are on. */
	u32 part;
	/* How many parts came, copies included. */
	u32 seen;
	enum pgp_reason reason;
};

static bool pgp_is_part(u8 tag)
{
	return tag == UMD_PGP_TAG_PRIMARY_KEY || tag == UMD_PGP_TAG_SUBKEY ||
	       tag == PGP_TAG_USER_ID || tag == PGP_TAG_ATTRIBUTE;
}

static bool pgp_is_key(u8 tag)
{
	return tag == UMD_PGP_TAG_PRIMARY_KEY || tag == UMD_PGP_TAG_SUBKEY;
}

/* Whether a signature was made by the primary key, as far as its issuer tells. */
static bool pgp_is_own(const struct pgp_certificate *cert,
		       const struct umd_pgp_item *sig)
{
	static const u8 nobody[8];

	if (pgp_fingerprint_len(sig->version) != cert->fingerprint.len)
		return false;
	return pgp_is_by(sig, &cert->fingerprint) ||
	       (!sig->issuer_len && !memcmp(sig->issuer_key_id, nobody, 8));
}

/* Whether a kind of signature says something on such a part. */
static bool pgp_kind_matters(u8 kind, u8 tag)
{
	switch (tag) {
	case UMD_PGP_TAG_PRIMARY_KEY:
		return kind == PGP_DIRECT_KEY || kind == PGP_CERT_REVOCATION;
	case UMD_PGP_TAG_SUBKEY:
		return kind == PGP_SUBKEY_BINDING ||
		       kind == PGP_SUBKEY_REVOCATION;
	case PGP_TAG_USER_ID:
		return pgp_is_certification(kind) ||
		       kind == PGP_CERT_REVOCATION;
	}
	return false;
}

static int pgp_keep_signature(struct pgp_reading *reading, u32 part,
			      const struct pgp_packet *sig)
{
	struct pgp_certificate *cert = reading->cert;
	struct pgp_statement *own;

	if (sig->item.verdict)
		return 0;
	if (!pgp_is_own(cert, &sig->item))
		return pgp_keep_other(cert, part, sig);
	/* A revocation of the primary key counts wherever it is. */
	if (sig->item.kind == PGP_KEY_REVOCATION)
		part = 0;
	else if (!pgp_kind_matters(sig->item.kind,
				   cert->parts[part].packet.tag))
		return 0;
	if (cert->own_count == PGP_MAX_OWN) {
		reading->reason = PGP_TOO_MANY_PARTS;
		return 0;
	}
	own = &cert->own[cert->own_count++];
	own->packet = *sig;
	own->part = part;
	own->is_tried = false;
	return 0;
}

/* Asks for the packets of the batch. */
static int pgp_reading_ask(struct pgp_reading *reading)
{
	struct pgp_batch *batch = reading->batch;
	struct pgp_packet packet;
	int err;
	u32 i;

	err = pgp_batch_ask(batch);
	for (i = 0; i < pgp_batch_count(batch) && !err; i++) {
		pgp_batch_get(batch, i, &packet);
		if (pgp_is_key(packet.tag))
			reading->cert->parts[reading->parts[i]].packet = packet;
		else
			err = pgp_keep_signature(reading, reading->parts[i],
						 &packet);
	}
	pgp_batch_clear(batch);
	return err;
}

/* Has the Handler look at a packet, sooner or later. */
static int pgp_reading_add(struct pgp_reading *reading, u8 tag, const u8 *body,
			   u32 len, u32 part)
{
	u32 number = pgp_batch_count(reading->batch);
	int err;

	if (!pgp_batch_add(reading->batch, tag, body, len)) {
		err = pgp_reading_ask(reading);
		if (err)
			return err;
		number = 0;
		pgp_batch_add(reading->batch, tag, body, len);
	}
	reading->parts[number] = part;
	return 0;
}

/* The number of the part that is a copy of this one, or the count of parts. */
static u32 pgp_find_copy(const struct pgp_certificate *cert, u8 tag,
			 const u8 *body, u32 len)
{
	const struct pgp_packet *packet;
	u32 i;

	for (i = 0; i < cert->part_count; i++) {
		packet = &cert->parts[i].packet;
		if (packet->tag == tag && packet->len == len &&
		    !memcmp(packet->body, body, len))
			break;
	}
	return i;
}

static int pgp_reading_begin_part(struct pgp_reading *reading, u8 tag,
				  const u8 *body, u32 len)
{
	struct pgp_certificate *cert = reading->cert;
	struct pgp_part *part;

	if (++reading->seen > 4 * PGP_MAX_PARTS) {
		reading->reason = PGP_TOO_MANY_PARTS;
		return 0;
	}
	cond_resched();
	reading->part = pgp_find_copy(cert, tag, body, len);
	if (reading->part < cert->part_count)
		return 0;
	if (cert->part_count == PGP_MAX_PARTS) {
		reading->reason = PGP_TOO_MANY_PARTS;
		return 0;
	}
	part = &cert->parts[cert->part_count++];
	part->false_signatures = 0;
	part->false_links = 0;
	part->is_bound = false;
	part->packet.tag = tag;
	part->packet.body = body;
	part->packet.len = len;
	/* Until the Handler has said so; a user id has nothing to say. */
	part->packet.item.verdict = UMD_PGP_UNSUPPORTED;
	if (!pgp_is_key(tag) || len > PGP_BODY_MAX)
		return 0;
	return pgp_reading_add(reading, tag, body, len, reading->part);
}

/* Takes in a packet. An unknown one that is critical spoils the certificate. */
static int pgp_reading_take(struct pgp_reading *reading, u8 tag,
			    const u8 *body, u32 len)
{
	if (pgp_is_part(tag))
		return pgp_reading_begin_part(reading, tag, body, len);
	if (tag == UMD_PGP_TAG_SIGNATURE) {
		if (len > UMD_PGP_MAX_BODY)
			return 0;
		return pgp_reading_add(reading, tag, body, len, reading->part);
	}
	if (tag < PGP_TAG_NOT_CRITICAL && tag != PGP_TAG_MARKER &&
	    tag != PGP_TAG_TRUST && tag != PGP_TAG_PADDING)
		reading->reason = PGP_MALFORMED;
	return 0;
}

static int pgp_reading_run(struct pgp_reading *reading, const u8 *bytes,
			   u32 len)
{
	struct pgp_frame frame;
	u32 at = 0;
	int err = 0;

	while (!err && !reading->reason &&
	       pgp_frame_next(bytes, len, &at, &frame)) {
		err = pgp_reading_take(reading, frame.tag, bytes + at,
				       frame.len);
		at += frame.len;
	}
	if (!err && !reading->reason)
		err = pgp_reading_ask(reading);
	return err;
}

/* The primary key tells which signatures are its own. */
static int pgp_certificate_begin(struct pgp_certificate *cert, const u8 *bytes,
				 u32 len, enum pgp_reason *reason)
{
	struct pgp_frame frame;
	u32 at = 0;

	if (!pgp_frame_next(bytes, len, &at, &frame) ||
	    frame.tag != UMD_PGP_TAG_PRIMARY_KEY || frame.len < PGP_BODY_HEAD ||
	    frame.len > PGP_BODY_MAX) {
		*reason = PGP_MALFORMED;
		return 0;
	}
	cert->parts = kvmalloc_array(PGP_MAX_PARTS, sizeof(*cert->parts),
				     GFP_KERNEL_ACCOUNT);
	cert->own = kvmalloc_array(PGP_MAX_OWN, sizeof(*cert->own),
				   GFP_KERNEL_ACCOUNT);
	if (!cert->parts || !cert->own)
		return -ENOMEM;
	return pgp_fingerprint(bytes + at, frame.len, &cert->fingerprint);
}

/**
 * pgp_certificate_read - read a certificate
 * @cert: gets the certificate, to be freed with pgp_certificate_free() in any case
 * @job: the operation
 * @target: the keyring that keys go to; must stay
 * @bytes: whole packets, of which the first is a primary key and others may be copies
 *	of that; they must stay
 * @len: length of @bytes
 * @reason: gets %PGP_TAKEN, or why the certificate is of no use
 *
 * Return: 0, or an error that is none of the certificate: -ENOMEM, -EPROTO,
 * -ETIMEDOUT or another error of umd_mgmt_call().
 */
int pgp_certificate_read(struct pgp_certificate *cert, struct pgp_job *job,
			 const struct pgp_target *target, const u8 *bytes,
			 u32 len, enum pgp_reason *reason)
{
	struct pgp_reading *reading;
	int err;

	memset(cert, 0, sizeof(*cert));
	cert->job = job;
	cert->target = target;
	*reason = PGP_TAKEN;
	err = pgp_certificate_begin(cert, bytes, len, reason);
	if (err || *reason)
		return err;
	reading = kzalloc(sizeof(*reading), GFP_KERNEL);
	if (!reading)
		return -ENOMEM;
	reading->cert = cert;
	reading->batch = pgp_batch_new(job);
	err = reading->batch ? pgp_reading_run(reading, bytes, len) : -ENOMEM;
	*reason = reading->reason;
	pgp_batch_free(reading->batch);
	kfree(reading);
	return err;
}

/**
 * pgp_certificate_free - free what belongs to a certificate
 * @cert: a certificate of pgp_certificate_read()
 */
void pgp_certificate_free(struct pgp_certificate *cert)
{
	pgp_public_key_free(cert->pub);
	kvfree(cert->others);
	kvfree(cert->own);
	kvfree(cert->parts);
}
