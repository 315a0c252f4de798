// SPDX-License-Identifier: GPL-2.0-only
/*
 * Chooses among the signatures on a key or user id: of the candidates of a kind, the
 * newest that is true.
 */
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "judge.h"

static int pgp_hash_part(const struct pgp_certificate *cert,
			 const struct pgp_packet *part,
			 const struct pgp_packet *sig, u8 *digest)
{
	const struct pgp_packet *primary = pgp_primary(cert);
	struct pgp_hash hash;
	int err;

	err = pgp_hash_begin(&hash, sig);
	if (err)
		return err;
	err = pgp_hash_key(&hash, primary->body, primary->len);
	if (!err && part->tag == UMD_PGP_TAG_SUBKEY)
		err = pgp_hash_key(&hash, part->body, part->len);
	else if (!err && part->tag != UMD_PGP_TAG_PRIMARY_KEY)
		err = pgp_hash_user_id(&hash, part);
	return pgp_hash_end(&hash, sig, err, digest);
}

/* Hashes what a signature of a certificate is on, which takes time. */
int pgp_statement_hash(const struct pgp_certificate *cert,
		       const struct pgp_packet *part,
		       const struct pgp_packet *sig, u8 *digest)
{
	unsigned long began = jiffies;
	int err;

	if (!pgp_can_verify(sig->item.algorithm))
		return -ENOPKG;
	err = pgp_job_check(cert->job) ?: pgp_hash_part(cert, part, sig, digest);
	pgp_job_spend(cert->job, began);
	return err;
}

int pgp_statement_verify(const struct pgp_certificate *cert,
			 const struct pgp_packet *part,
			 const struct pgp_packet *sig,
			 const struct public_key *by)
{
	u8 digest[PGP_DIGEST_SIZE];

	if (!pgp_signature_fits(&sig->item, by))
		return -ENOPKG;
	return pgp_statement_hash(cert, part, sig, digest) ?:
	       pgp_signature_verify(cert->job, sig, digest, by);
}

const struct pgp_wanted pgp_key_revocations = {
	PGP_KEY_REVOCATION, PGP_KEY_REVOCATION, true,
};

const struct pgp_wanted pgp_subkey_revocations = {
	PGP_SUBKEY_REVOCATION, PGP_SUBKEY_REVOCATION, true,
};

const struct pgp_wanted pgp_user_id_revocations = {
	PGP_CERT_REVOCATION, PGP_CERT_REVOCATION, true,
};

const struct pgp_wanted pgp_direct = {
	PGP_DIRECT_KEY, PGP_DIRECT_KEY, false,
};

const struct pgp_wanted pgp_certifications = {
	PGP_CERTIFICATION, PGP_POSITIVE, false,
};

const struct pgp_wanted pgp_bindings = {
	PGP_SUBKEY_BINDING, PGP_SUBKEY_BINDING, false,
};

/* The newest such signature that was not looked at, of the same age the last. */
static struct pgp_statement *
pgp_next_candidate(struct pgp_certificate *cert, u32 part,
		   const struct pgp_wanted *wanted)
{
	struct pgp_statement *newest = NULL, *own;
	u32 i;

	for (i = 0; i < cert->own_count; i++) {
		own = &cert->own[i];
		if (own->part == part && !own->is_tried &&
		    own->packet.item.kind >= wanted->first &&
		    own->packet.item.kind <= wanted->last &&
		    (!newest || own->packet.item.created >=
				newest->packet.item.created))
			newest = own;
	}
	if (newest)
		newest->is_tried = true;
	return newest;
}

/* SHA-1 binds only what was made before the administrator's date. */
static bool pgp_hash_may_bind(const struct umd_pgp_item *sig)
{
	return pgp_hash_is_strong(sig->hash) ||
	       (sig->hash == PGP_SHA1 && sig->created < pgp_sha1_until);
}

/*
 * Why a signature does not count, whether true or false. In doubt, a signature that
 * forbids something counts, but none that allows something.
 */
enum pgp_reason pgp_candidate_reason(const struct pgp_certificate *cert,
				     const struct umd_pgp_item *sig,
				     const struct pgp_part *part)
{
	const struct umd_pgp_item *primary = &pgp_primary(cert)->item;

	if (sig->flags & UMD_PGP_ITEM_UNUSABLE)
		return PGP_CRITICAL;
	/* None of version 3 binds. */
	if (!pgp_hash_may_bind(sig) || sig->version == 3)
		return PGP_WEAK_HASH;
	if (sig->created > ktime_get_real_seconds() + PGP_CLOCK_SLACK ||
	    sig->created < primary->created ||
	    (part->packet.tag == UMD_PGP_TAG_SUBKEY &&
	     sig->created < part->packet.item.created))
		return PGP_BAD_TIME;
	return PGP_TAKEN;
}

/* Counts a false signature. Returns true if there are too many. */
bool pgp_is_too_false(struct pgp_part *part)
{
	return ++part->false_signatures > PGP_MAX_FALSE;
}

/* Finds the newest true signature. Sets @reason if there is none. */
int pgp_choose(struct pgp_certificate *cert, u32 number,
	       const struct pgp_wanted *wanted, const struct pgp_statement **chosen,
	       enum pgp_reason *reason)
{
	struct pgp_part *part = &cert->parts[number];
	enum pgp_reason why;
	struct pgp_statement *own;
	int err;

	*chosen = NULL;
	while ((own = pgp_next_candidate(cert, number, wanted))) {
		cond_resched();
		why = wanted->revokes ? PGP_TAKEN :
		      pgp_candidate_reason(cert, &own->packet.item, part);
		err = why ? 0 : pgp_statement_verify(cert, &part->packet,
						     &own->packet, cert->pub);
		if (!why && !err) {
			*chosen = own;
			*reason = PGP_TAKEN;
			return 0;
		}
		if (err == -ENOPKG)
			why = PGP_WEAK_HASH;
		else if (err == -E2BIG ||
			 (err == -EKEYREJECTED && pgp_is_too_false(part)))
			*reason = PGP_TOO_MANY_FALSE;
		else if (err && err != -EKEYREJECTED)
			return err;
		if (*reason == PGP_TOO_MANY_FALSE)
			return 0;
		/* The first reason is that of the newest. */
		if (why && !*reason)
			*reason = why;
	}
	if (!*reason)
		*reason = PGP_UNBOUND;
	return 0;
}

/* Whether a key or user id was revoked; a user id, after @since. */
int pgp_is_revoked(struct pgp_certificate *cert, u32 number,
		   const struct pgp_wanted *wanted, u32 since,
		   enum pgp_reason *reason)
{
	enum pgp_reason why = PGP_TAKEN;
	const struct pgp_statement *own;
	int err;

	err = pgp_choose(cert, number, wanted, &own, &why);
	if (err)
		return err;
	if (own && own->packet.item.created >= since)
		*reason = PGP_REVOKED;
	else if (why == PGP_TOO_MANY_FALSE)
		*reason = why;
	return 0;
}
