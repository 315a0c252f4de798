// SPDX-License-Identifier: GPL-2.0-only
/* Adds the usable keys of a ring to a keyring, as the ring comes in. */
#include <linux/err.h>
#include <linux/hashtable.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "pgp.h"

/* The most revoked primary keys of one import. */
#define PGP_MAX_SEEN 65536

/* A primary key that was revoked: other copies in the ring do not count. */
struct pgp_seen {
	struct hlist_node node;
	struct pgp_fingerprint fingerprint;
};

struct pgp_import {
	/* Of the certificate that is being read. */
	struct pgp_job job;
	struct pgp_target target;
	bool keeps_certifiers;
	key_ref_t keyring;
	struct pgp_text *text;
	struct pgp_stream *stream;
	/* NULL for a binary ring. */
	struct pgp_armor *armor;
	bool has_begun;
	/* There was no answer in time for the last certificate. */
	bool had_no_answer;
	/* Keys that were taken, and that were refused. */
	unsigned int taken;
	unsigned int refused;
	/* Why the first key that was refused was. */
	enum pgp_reason reason;
	unsigned int seen_count;
	DECLARE_HASHTABLE(seen, 10);
};

static bool pgp_import_is_revoked(struct pgp_import *import,
				  const struct pgp_fingerprint *fingerprint)
{
	struct pgp_seen *seen;

	hash_for_each_possible(import->seen, seen, node,
			       pgp_be32(fingerprint->bytes))
		if (pgp_is_same_key(&seen->fingerprint, fingerprint))
			return true;
	return false;
}

static int pgp_import_note_revoked(struct pgp_import *import,
				   const struct pgp_fingerprint *fingerprint)
{
	struct pgp_seen *seen;

	if (import->seen_count == PGP_MAX_SEEN)
		return -E2BIG;
	seen = kmalloc(sizeof(*seen), GFP_KERNEL_ACCOUNT);
	if (!seen)
		return -ENOMEM;
	seen->fingerprint = *fingerprint;
	hash_add(import->seen, &seen->node, pgp_be32(fingerprint->bytes));
	import->seen_count++;
	return 0;
}

static int pgp_import_refused(struct pgp_import *import,
			      const struct pgp_fingerprint *of,
			      enum pgp_reason reason)
{
	if (!import->reason)
		import->reason = reason;
	import->refused++;
	return pgp_text_refused(import->text, of, reason);
}

/*
 * A key that was revoked is taken out of the keyring. So is a key that has expired, or that
 * may not sign any more, unless the certificate is older than what is known there, or
 * known by another user id: anybody can leave out user ids.
 */
static int pgp_import_end_key(struct pgp_import *import,
			      const struct pgp_certificate *cert,
			      const struct pgp_fingerprint *of,
			      enum pgp_reason reason,
			      const struct pgp_said *said)
{
	bool certifies = cert->key_flags & PGP_MAY_CERTIFY;

	if (reason == PGP_REVOKED)
		said = NULL;
	else if (reason != PGP_EXPIRED && reason != PGP_NOT_FOR_SIGNING)
		return 0;
	/* A key that only certifies is there for chains. */
	return pgp_key_remove(import->keyring, of, &cert->fingerprint, said,
			      reason == PGP_NOT_FOR_SIGNING && certifies);
}

/* The errors by which restrictions of keyrings refuse a key. */
static bool pgp_is_untrusted(int err)
{
	return err == -ENOKEY || err == -ENOPKG || err == -EPERM ||
	       err == -EKEYREJECTED || err == -EKEYEXPIRED ||
	       err == -EKEYREVOKED;
}

static int pgp_import_key(struct pgp_import *import,
			  struct pgp_certificate *cert, u32 number)
{
	enum pgp_reason reason;
	struct pgp_key key;
	key_ref_t ref;
	int err;

	err = pgp_certificate_key(cert, number, &key, &reason);
	if (err || !key.fingerprint.len)
		return err;
	err = pgp_import_end_key(import, cert, &key.fingerprint, reason,
				 &key.origin.said);
	if (err < 0)
		return err;
	if (reason == PGP_NOT_FOR_SIGNING)
		return 0;
	if (reason)
		return pgp_import_refused(import, &key.fingerprint, reason);
	err = pgp_key_create(import->keyring, cert, &key, &ref);
	if (err > 0)
		return pgp_import_refused(import, &key.fingerprint, PGP_OLDER);
	if (import->target.is_restricted && pgp_is_untrusted(err))
		return pgp_import_refused(import, &key.fingerprint,
					  PGP_UNTRUSTED);
	if (err)
		return err;
	err = pgp_text_taken(import->text, key_ref_to_ptr(ref));
	key_ref_put(ref);
	import->taken++;
	return err;
}

/* As pgp_import_end_key(), for all keys of a certificate. */
static int pgp_import_end_keys(struct pgp_import *import,
			       const struct pgp_certificate *cert,
			       enum pgp_reason reason)
{
	struct pgp_said said = cert->said;
	struct pgp_fingerprint fingerprint;
	int err = 0;
	u32 i;

	/* Whatever the bindings of subkeys say. */
	said.binding = U32_MAX;

	for (i = 0; i < cert->part_count && err >= 0; i++) {
		const struct pgp_packet *packet = &cert->parts[i].packet;

		if (packet->item.verdict ||
		    (packet->tag != UMD_PGP_TAG_PRIMARY_KEY &&
		     packet->tag != UMD_PGP_TAG_SUBKEY))
			continue;
		err = pgp_fingerprint(packet->body, packet->len, &fingerprint);
		if (!err)
			err = pgp_import_end_key(import, cert, &fingerprint,
						 reason, &said);
	}
	return min(err, 0);
}

static int pgp_import_keys(struct pgp_import *import,
			   struct pgp_certificate *cert)
{
	unsigned int seen = import->taken + import->refused;
	enum pgp_reason reason;
	int err;
	u32 i;

	err = pgp_certificate_judge(cert, &reason);
	if (!err && cert->revoker.len)
		err = pgp_text_unverified(import->text, &cert->fingerprint,
					  &cert->revoker);
	if (!err)
		err = pgp_import_end_keys(import, cert, reason);
	if (!err && reason == PGP_REVOKED)
		err = pgp_import_note_revoked(import, &cert->fingerprint);
	if (err)
		return err;
	if (reason)
		return pgp_import_refused(import, &cert->fingerprint, reason);
	for (i = 0; i < cert->part_count && !err; i++)
		err = pgp_import_key(import, cert, i);
	if (!err && import->taken + import->refused == seen)
		err = pgp_import_refused(import, &cert->fingerprint,
					 PGP_NOT_FOR_SIGNING);
	return err;
}

/*
 * The reason that an error is for a certificate alone. A second one for which there is no
 * answer in time is none: nobody may be there who answers.
 */
static enum pgp_reason pgp_import_own_error(struct pgp_import *import, int err)
{
	bool again = import->had_no_answer;

	import->had_no_answer = err == -ETIMEDOUT && !import->job.is_over;
	return again && import->had_no_answer ? PGP_TAKEN : pgp_reason_of(err);
}

static int pgp_import_certificate(void *data, const u8 *bytes, u32 len,
				  enum pgp_reason too_long)
{
	struct pgp_import *import = data;
	enum pgp_reason reason;
	struct pgp_certificate cert;
	int err;

	memset(&import->job, 0, sizeof(import->job));
	pgp_target_get(&import->target, key_ref_to_ptr(import->keyring));
	import->target.keeps_certifiers = import->keeps_certifiers ||
					  import->target.is_restricted;
	err = pgp_certificate_read(&cert, &import->job, &import->target, bytes,
				   len, &reason);
	if (err)
		goto out;
	reason = too_long ?: reason;
	if (!reason && pgp_import_is_revoked(import, &cert.fingerprint))
		reason = PGP_REVOKED;
	if (reason)
		err = pgp_import_refused(import, &cert.fingerprint, reason);
	else
		err = pgp_import_keys(import, &cert);
out:
	reason = pgp_import_own_error(import, err);
	/* Those behind it in the ring may be good. */
	if (reason)
		err = pgp_import_refused(import, &cert.fingerprint, reason);
	pgp_certificate_free(&cert);
	pgp_target_put(&import->target);
	return err;
}

static int pgp_import_content(void *data, const u8 *bytes, u32 len)
{
	struct pgp_import *import = data;

	return pgp_stream_add(import->stream, bytes, len);
}

static const struct pgp_armor_sink pgp_import_sink = {
	.kind = UMD_PGP_ARMOR_PUBLIC_KEY,
	.content = pgp_import_content,
};

/**
 * pgp_import_new - begin an import
 * @text: gets a line for each key
 * @keeps_certifiers: take primary keys that only certify; a restricted keyring gets
 *	them anyway
 *
 * Return: the import, to be freed with pgp_import_free(), or NULL.
 */
struct pgp_import *pgp_import_new(struct pgp_text *text, bool keeps_certifiers)
{
	struct pgp_import *import = kvzalloc(sizeof(*import),
					     GFP_KERNEL_ACCOUNT);

	if (!import)
		return NULL;
	import->text = text;
	import->keeps_certifiers = keeps_certifiers;
	hash_init(import->seen);
	import->stream = pgp_stream_new(pgp_import_certificate, import);
	if (import->stream)
		return import;
	kvfree(import);
	return NULL;
}

void pgp_import_free(struct pgp_import *import)
{
	struct hlist_node *next;
	struct pgp_seen *seen;
	int bucket;

	if (!import)
		return;
	hash_for_each_safe(import->seen, bucket, next, seen, node)
		kfree(seen);
	pgp_armor_free(import->armor);
	pgp_stream_free(import->stream);
	kvfree(import);
}

/**
 * pgp_import_add - import more of a ring
 * @import: the import
 * @keyring: the keyring, which the caller may write
 * @bytes: the bytes: binary, if the first bit of the first is set, else text
 * @len: how many there are
 *
 * A key that cannot be used is passed over. After an error, the keys that were added
 * remain in the keyring.
 *
 * Return: 0, -EBADMSG if the ring is malformed, or another error.
 */
int pgp_import_add(struct pgp_import *import, key_ref_t keyring,
		   const u8 *bytes, size_t len)
{
	if (!len)
		return 0;
	import->keyring = keyring;
	/* A text of any length may precede the first certificate. */
	memset(&import->job, 0, sizeof(import->job));
	/* The first bit of each packet is set (section 4.2). */
	if (!import->has_begun && !(bytes[0] & 0x80)) {
		import->armor = pgp_armor_new(&import->job, &pgp_import_sink,
					      import);
		if (!import->armor)
			return -ENOMEM;
	}
	import->has_begun = true;
	if (import->armor)
		return pgp_armor_add(import->armor, bytes, len);
	return pgp_stream_add(import->stream, bytes, len);
}

/**
 * pgp_import_end - end an import
 * @import: the import
 * @keyring: as of pgp_import_add()
 *
 * Return: 0, or an error: if no key was taken, that of the first key.
 */
int pgp_import_end(struct pgp_import *import, key_ref_t keyring)
{
	int err = 0;

	import->keyring = keyring;
	if (import->armor)
		err = pgp_armor_end(import->armor);
	if (!err)
		err = pgp_stream_end(import->stream);
	if (err || import->taken)
		return err;
	return pgp_reason_errno(import->reason);
}
