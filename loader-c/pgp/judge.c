// SPDX-License-Identifier: GPL-2.0-only
/*
 * Decides what the signatures of a certificate say: only signatures that are true
 * count, of the candidates for a key or user id the newest, and each revocation.
 */
#include <linux/err.h>
#include <linux/jhash.h>
#include <linux/jiffies.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "judge.h"

/* Notes the self-signature of a user id, by which the certificate is known. */
static void pgp_note_user_id(struct pgp_certificate *cert,
			     const struct pgp_statement *own)
{
	const struct pgp_packet *id = &cert->parts[own->part].packet;

	cert->said.user_id = own->packet.item.created;
	cert->said.id = jhash(id->body, id->len, 0);
}

/*
 * The state of a certificate, from one user id to the next: @best is the newest
 * self-signature, of primary user ids if there are such.
 */
struct pgp_judging {
	struct pgp_certificate *cert;
	const struct pgp_statement *direct;
	const struct pgp_statement *best;
	/* Why there is none. */
	enum pgp_reason reason;
};

static bool pgp_is_better(const struct pgp_statement *one, const struct pgp_statement *other)
{
	u32 one_is = one->packet.item.flags & UMD_PGP_ITEM_PRIMARY_USER_ID;
	u32 other_is = other->packet.item.flags & UMD_PGP_ITEM_PRIMARY_USER_ID;

	if (one_is != other_is)
		return one_is;
	return one->packet.item.created > other->packet.item.created;
}

/* Takes in a user id, which counts only if its newest self-signature does. */
static int pgp_judge_user_id(struct pgp_judging *judging, u32 number)
{
	struct pgp_certificate *cert = judging->cert;
	enum pgp_reason reason = PGP_TAKEN;
	const struct umd_pgp_item *item;
	const struct pgp_statement *own;
	int err;

	err = pgp_choose(cert, number, &pgp_certifications, &own, &reason);
	if (err)
		return err;
	if (own) {
		item = &own->packet.item;
		if (pgp_is_over(pgp_signature_end(item)))
			reason = PGP_EXPIRED;
		else
			err = pgp_is_revoked(cert, number,
					     &pgp_user_id_revocations,
					     item->created, &reason);
	}
	if (err)
		return err;
	/* The key itself was not revoked. */
	if (reason == PGP_REVOKED)
		reason = PGP_USER_ID_REVOKED;
	cert->parts[number].is_bound = reason == PGP_TAKEN;
	if (reason == PGP_TAKEN) {
		if (!judging->best || pgp_is_better(own, judging->best)) {
			judging->best = own;
			cert->user_id = &cert->parts[number];
		}
	} else if (reason == PGP_TOO_MANY_FALSE || !judging->reason) {
		judging->reason = reason;
		/* If no other user id is better, that is the one that has expired. */
		if (own)
			pgp_note_user_id(cert, own);
	}
	return 0;
}

/* Takes flags and expiry of the primary key from the signatures that count. */
static void pgp_apply(struct pgp_judging *judging)
{
	const struct pgp_statement *from[2] = { judging->best, judging->direct };
	struct pgp_certificate *cert = judging->cert;
	bool has_flags = false, has_end = false;
	const struct umd_pgp_item *item;
	size_t i;

	cert->said = (struct pgp_said){};
	if (judging->best)
		pgp_note_user_id(cert, judging->best);
	if (judging->direct)
		cert->said.direct = judging->direct->packet.item.created;
	/* Without flags, a key may do all that its algorithm can. */
	cert->key_flags = PGP_MAY_SIGN | PGP_MAY_CERTIFY;
	for (i = 0; i < ARRAY_SIZE(from); i++) {
		if (!from[i])
			continue;
		item = &from[i]->packet.item;
		if (!has_flags && item->flags & UMD_PGP_ITEM_KEY_FLAGS) {
			cert->key_flags = item->key_flags;
			has_flags = true;
		}
		if (!has_end && item->flags & UMD_PGP_ITEM_KEY_EXPIRES) {
			cert->expires =
				pgp_earlier(cert->expires,
					    pgp_end(pgp_primary(cert)->item.created,
						    item->key_expires_in));
			has_end = true;
		}
		cert->expires = pgp_earlier(cert->expires,
					    pgp_signature_end(item));
	}
}

/* Direct-key signature and user ids. A key of version 6 is bound by the former alone. */
static int pgp_judge_bindings(struct pgp_judging *judging)
{
	struct pgp_certificate *cert = judging->cert;
	bool is_6 = pgp_primary(cert)->item.version == 6;
	enum pgp_reason reason = PGP_TAKEN;
	int err;
	u32 i;

	err = pgp_choose(cert, 0, &pgp_direct, &judging->direct, &reason);
	if (!err && judging->direct)
		err = pgp_is_revoked(cert, 0, &pgp_user_id_revocations,
				     judging->direct->packet.item.created,
				     &reason);
	if (reason == PGP_REVOKED)
		reason = PGP_USER_ID_REVOKED;
	else if (judging->direct && !is_6 &&
		 pgp_is_over(pgp_signature_end(&judging->direct->packet.item)))
		reason = PGP_EXPIRED;
	if (reason)
		judging->direct = NULL;
	if (is_6 || reason == PGP_TOO_MANY_FALSE)
		judging->reason = reason;
	for (i = 1; i < cert->part_count && !err && !is_6; i++)
		if (cert->parts[i].packet.tag == PGP_TAG_USER_ID)
			err = pgp_judge_user_id(judging, i);
	return err;
}

/* Makes the kernel's form of a key. A Handler looks at some of them, which takes time. */
static int pgp_make_key(struct pgp_job *job, const struct pgp_packet *key,
			struct public_key **pub, enum pgp_reason *reason)
{
	unsigned long began = jiffies;
	int err;

	*reason = PGP_TOO_MANY_PARTS;
	if (job->verifications >= PGP_MAX_VERIFICATIONS)
		return 0;
	err = pgp_job_check(job);
	if (err)
		return err;
	err = pgp_public_key_new(key, job->holds_lock, pub, reason);
	job->verifications++;
	pgp_job_spend(job, began);
	return err;
}

/**
 * pgp_certificate_judge - decide whether a certificate's primary key is valid
 * @cert: a certificate of pgp_certificate_read()
 * @reason: gets %PGP_TAKEN, or why not: then no key of the certificate is
 *
 * Return: 0, or an error that is none of the certificate.
 */
int pgp_certificate_judge(struct pgp_certificate *cert, enum pgp_reason *reason)
{
	struct pgp_judging judging = { .cert = cert };
	int err;

	*reason = PGP_MALFORMED;
	if (pgp_primary(cert)->item.verdict == UMD_PGP_UNSUPPORTED)
		*reason = PGP_ALGORITHM;
	if (pgp_primary(cert)->item.verdict)
		return 0;
	err = pgp_make_key(cert->job, pgp_primary(cert), &cert->pub, reason);
	if (err || *reason)
		return err;
	err = pgp_is_revoked(cert, 0, &pgp_key_revocations, 0, reason);
	if (!err && !*reason)
		err = pgp_judge_revokers(cert, reason);
	if (err || *reason)
		return err;
	err = pgp_judge_bindings(&judging);
	if (err)
		return err;
	if (judging.reason == PGP_TOO_MANY_FALSE ||
	    (!judging.best && !judging.direct)) {
		*reason = judging.reason ?: PGP_UNBOUND;
		return 0;
	}
	pgp_apply(&judging);
	if (pgp_is_over(cert->expires))
		*reason = PGP_EXPIRED;
	return 0;
}

/* Verifies the signature @back of a subkey on its primary key. */
static int pgp_confirm_by(struct pgp_certificate *cert,
			  const struct pgp_key *key,
			  const struct pgp_packet *back,
			  enum pgp_reason *reason)
{
	int err;

	*reason = PGP_UNCONFIRMED;
	if (back->item.verdict || back->item.kind != PGP_PRIMARY_BINDING ||
	    back->item.version == 3 ||
	    pgp_fingerprint_len(back->item.version) != key->fingerprint.len ||
	    pgp_is_over(pgp_signature_end(&back->item)))
		return 0;
	*reason = pgp_candidate_reason(cert, &back->item, key->part);
	if (*reason)
		return 0;
	err = pgp_statement_verify(cert, &key->part->packet, back, key->pub);
	if (err == -ENOPKG)
		*reason = PGP_WEAK_HASH;
	else if (err == -E2BIG ||
		 (err == -EKEYREJECTED && pgp_is_too_false(key->part)))
		*reason = PGP_TOO_MANY_FALSE;
	else if (err == -EKEYREJECTED)
		*reason = PGP_UNCONFIRMED;
	else
		return err;
	return 0;
}

/* A subkey that signs confirms its primary key: else it could be another user's. */
static int pgp_confirm(struct pgp_certificate *cert, const struct pgp_key *key,
		       const struct pgp_packet *binding, enum pgp_reason *reason)
{
	struct umd_pgp_range embedded = binding->item.embedded;
	struct pgp_packet back;
	int err;

	*reason = PGP_UNCONFIRMED;
	if (!embedded.len || embedded.len > UMD_PGP_MAX_BODY)
		return 0;
	err = pgp_ask_one(cert->job, UMD_PGP_TAG_SIGNATURE,
			  binding->body + embedded.offset, embedded.len, &back);
	return err ?: pgp_confirm_by(cert, key, &back, reason);
}

/* Takes time, flags and expiry of a subkey from its binding. */
static enum pgp_reason pgp_apply_binding(const struct pgp_certificate *cert,
					 const struct umd_pgp_item *item,
					 struct pgp_key *key)
{
	key->origin.said.binding = item->created;
	if (item->flags & UMD_PGP_ITEM_KEY_FLAGS &&
	    !(item->key_flags & PGP_MAY_SIGN))
		return PGP_NOT_FOR_SIGNING;
	key->expires = pgp_signature_end(item);
	if (item->flags & UMD_PGP_ITEM_KEY_EXPIRES)
		key->expires = pgp_earlier(key->expires,
					   pgp_end(key->part->packet.item.created,
						   item->key_expires_in));
	key->expires = pgp_earlier(key->expires, cert->expires);
	return pgp_is_over(key->expires) ? PGP_EXPIRED : PGP_TAKEN;
}

/*
 * The subkey's own signature may be among what its binding does not hash. Anybody can
 * append a copy of the binding with another one there, or none, which changes nothing:
 * of all true bindings of the newest time, one has to have it.
 */
static int pgp_judge_subkey(struct pgp_certificate *cert, u32 number,
			    struct pgp_key *key, enum pgp_reason *reason)
{
	const struct pgp_statement *binding, *first = NULL;
	enum pgp_reason why = PGP_TAKEN, unconfirmed;
	int err;

	err = pgp_is_revoked(cert, number, &pgp_subkey_revocations, 0, reason);
	if (err || *reason)
		return err;
	for (;;) {
		err = pgp_choose(cert, number, &pgp_bindings, &binding, &why);
		if (err)
			return err;
		if (!binding || (first && binding->packet.item.created !=
					  first->packet.item.created)) {
			*reason = why == PGP_TOO_MANY_FALSE || !*reason ? why :
									  *reason;
			return 0;
		}
		why = pgp_apply_binding(cert, &binding->packet.item, key);
		if (!why)
			err = pgp_confirm(cert, key, &binding->packet,
					  &unconfirmed);
		key->binding = &binding->packet;
		if (err || why || !unconfirmed ||
		    unconfirmed == PGP_TOO_MANY_FALSE) {
			*reason = why ?: unconfirmed;
			return err;
		}
		first = first ?: binding;
		/* The first reason is that of the newest. */
		*reason = *reason ?: unconfirmed;
	}
}

static bool pgp_can_sign(u8 algorithm)
{
	return pgp_is_rsa(algorithm) || algorithm == PGP_DSA ||
	       algorithm == PGP_ECDSA || algorithm == PGP_EDDSA_LEGACY ||
	       algorithm == PGP_ED25519 || algorithm == PGP_ED448;
}

static bool pgp_is_wanted(const struct pgp_certificate *cert)
{
	u8 uses = PGP_MAY_SIGN;

	if (cert->target->keeps_certifiers)
		uses |= PGP_MAY_CERTIFY;
	return cert->key_flags & uses;
}

static int pgp_judge_key(struct pgp_certificate *cert, u32 number,
			 struct pgp_key *key, enum pgp_reason *reason)
{
	const struct pgp_packet *packet = &key->part->packet;
	int err;

	*reason = PGP_MALFORMED;
	if (packet->item.verdict == UMD_PGP_UNSUPPORTED)
		*reason = PGP_NOT_FOR_SIGNING;
	if (packet->item.verdict)
		return 0;
	*reason = PGP_NOT_FOR_SIGNING;
	/* Versions do not mix (section 10.1.1). */
	if (!pgp_can_sign(packet->item.algorithm) ||
	    packet->item.version != pgp_primary(cert)->item.version)
		return 0;
	err = pgp_fingerprint(packet->body, packet->len, &key->fingerprint);
	if (err)
		return err;
	key->origin.created = packet->item.created;
	key->origin.said = cert->said;
	key->origin.primary = cert->fingerprint;
	key->expires = cert->expires;
	if (!number && !pgp_is_wanted(cert))
		return 0;
	key->origin.uses = PGP_MAY_SIGN;
	if (!number)
		key->origin.uses = cert->key_flags &
				   (PGP_MAY_SIGN | PGP_MAY_CERTIFY);
	err = pgp_make_key(cert->job, packet, &key->pub, reason);
	if (err || *reason)
		return err;
	return number ? pgp_judge_subkey(cert, number, key, reason) : 0;
}

/**
 * pgp_certificate_key - decide whether a key of a certificate is taken
 * @cert: a certificate whose primary key is valid
 * @number: number of a part of @cert, each at most once
 * @key: gets the key, to be freed with pgp_key_free(); only if taken, its kernel's
 *	form; the fingerprint is empty if the key can never sign
 * @reason: gets %PGP_TAKEN, or why not
 *
 * Return: 0, or an error that is none of the key.
 */
int pgp_certificate_key(struct pgp_certificate *cert, u32 number,
			struct pgp_key *key, enum pgp_reason *reason)
{
	u8 tag = cert->parts[number].packet.tag;
	int err = 0;

	memset(key, 0, sizeof(*key));
	key->part = &cert->parts[number];
	*reason = PGP_NOT_FOR_SIGNING;
	if (tag == UMD_PGP_TAG_PRIMARY_KEY || tag == UMD_PGP_TAG_SUBKEY)
		err = pgp_judge_key(cert, number, key, reason);
	if (!err && !*reason && pgp_wants_link(cert->target))
		err = pgp_link(cert, key, reason);
	if (err || *reason)
		pgp_key_free(key);
	return err;
}

/**
 * pgp_key_free - free what belongs to a key
 * @key: a key of pgp_certificate_key()
 */
void pgp_key_free(struct pgp_key *key)
{
	pgp_public_key_free(key->pub);
	key->pub = NULL;
	public_key_signature_free(key->auth);
	key->auth = NULL;
}
