// SPDX-License-Identifier: GPL-2.0-only
/*
 * What other keys say of a certificate: certifications, which link.c chooses from, and
 * the revocations of designated revokers (section 5.2.3.23).
 */
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/key.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "judge.h"

static const u8 *pgp_issuer_key_id(const struct umd_pgp_item *sig)
{
	struct pgp_fingerprint issuer = { .len = sig->issuer_len };

	if (!issuer.len)
		return sig->issuer_key_id;
	return sig->issuer + (pgp_key_id(&issuer) - issuer.bytes);
}

bool pgp_has_same_issuer(const struct umd_pgp_item *one,
			 const struct umd_pgp_item *other)
{
	return !memcmp(pgp_issuer_key_id(one), pgp_issuer_key_id(other), 8);
}

/* Whether a signature names a key as its issuer. */
bool pgp_is_by(const struct umd_pgp_item *sig,
	       const struct pgp_fingerprint *of)
{
	if (sig->issuer_len)
		return sig->issuer_len == of->len &&
		       !memcmp(sig->issuer, of->bytes, of->len);
	return pgp_fingerprint_len(sig->version) == of->len &&
	       !memcmp(sig->issuer_key_id, pgp_key_id(of), 8);
}

/* Whether a kind of signature by another key matters on such a part. */
static bool pgp_is_of_use(const struct pgp_certificate *cert, u32 part,
			  const struct umd_pgp_item *sig)
{
	u8 tag = cert->parts[part].packet.tag;

	if (sig->kind == PGP_KEY_REVOCATION)
		return true;
	if (!pgp_wants_link(cert->target))
		return false;
	if (sig->kind == PGP_DIRECT_KEY)
		return tag == UMD_PGP_TAG_PRIMARY_KEY;
	if (pgp_is_certification(sig->kind))
		return tag == PGP_TAG_USER_ID;
	return sig->kind == PGP_CERT_REVOCATION &&
	       (tag == PGP_TAG_USER_ID || tag == UMD_PGP_TAG_PRIMARY_KEY);
}

/* A place for one more, or NULL if there are too many. */
static struct pgp_statement *pgp_next_other(struct pgp_certificate *cert,
					    bool revokes)
{
	/* Among so many that are false is a place for a true one. */
	if (revokes && cert->revocation_count > PGP_MAX_FALSE) {
		cert->has_more_revocations = true;
		return NULL;
	}
	if (!revokes &&
	    cert->other_count - cert->revocation_count == PGP_MAX_OTHERS) {
		cert->has_more_others = true;
		return NULL;
	}
	cert->revocation_count += revokes;
	return &cert->others[cert->other_count++];
}

/* Looks for the issuer in the keyrings, which takes time. */
static int pgp_look_for_issuer(struct pgp_certificate *cert,
			       const struct umd_pgp_item *sig, bool *is_trusted)
{
	unsigned long began = jiffies;
	int err;

	if (cert->has_more_others)
		return -ENOKEY;
	cond_resched();
	err = pgp_job_check(cert->job) ?:
	      pgp_may_link(cert->target, sig, is_trusted);
	pgp_job_spend(cert->job, began);
	return err;
}

/*
 * Keeps a signature that another key has made, if it may be of use. If the keyring is
 * known, certifications count only by keys that are there.
 */
int pgp_keep_other(struct pgp_certificate *cert, u32 part,
		   const struct pgp_packet *sig)
{
	bool revokes = sig->item.kind == PGP_KEY_REVOCATION;
	struct pgp_statement *other;
	bool is_trusted = false;
	int err;

	if (sig->item.version == 3 || !pgp_is_of_use(cert, part, &sig->item))
		return 0;
	err = revokes ? 0 : pgp_look_for_issuer(cert, &sig->item, &is_trusted);
	if (err)
		return err == -ENOKEY ? 0 : err;
	if (!cert->others)
		cert->others = kvmalloc_array(PGP_MAX_OTHERS + PGP_MAX_FALSE + 1,
					      sizeof(*cert->others),
					      GFP_KERNEL_ACCOUNT);
	if (!cert->others)
		return -ENOMEM;
	other = pgp_next_other(cert, revokes);
	if (!other)
		return 0;
	other->packet = *sig;
	other->part = revokes ? 0 : part;
	other->is_tried = false;
	other->is_trusted = is_trusted;
	return 0;
}

/* The next revocation of the primary key by another key, or NULL. */
static struct pgp_statement *pgp_next_revocation(struct pgp_certificate *cert,
						 const struct pgp_fingerprint *by)
{
	struct pgp_statement *other;
	u32 i;

	for (i = 0; i < cert->other_count; i++) {
		other = &cert->others[i];
		if (!other->is_tried && pgp_is_by(&other->packet.item, by) &&
		    other->packet.item.kind == PGP_KEY_REVOCATION)
			return other;
	}
	return NULL;
}

/* The key of a revoker, or NULL if it is not at hand. */
static struct key *pgp_revoker_key(const struct pgp_certificate *cert,
				   const struct pgp_fingerprint *revoker)
{
	return cert->target->keyring ?
	       pgp_find_key(cert->target->keyring, revoker) : NULL;
}

static int pgp_verify_by(struct pgp_certificate *cert,
			 const struct pgp_packet *sig, const struct key *key)
{
	const struct public_key *by;

	if (!key)
		return -ENOPKG;
	by = asymmetric_key_public_key(key);
	if (!pgp_may_be_by(&sig->item, by))
		return -EKEYREJECTED;
	return pgp_statement_verify(cert, pgp_primary(cert), sig, by);
}

/* Looks at the revocations of a revoker who was truly designated. */
static int pgp_judge_revoker(struct pgp_certificate *cert,
			     const struct pgp_fingerprint *revoker,
			     enum pgp_reason *reason)
{
	struct key *key = pgp_revoker_key(cert, revoker);
	struct pgp_statement *other;
	int err = 0;

	if (IS_ERR(key))
		return PTR_ERR(key);
	while (!*reason && (other = pgp_next_revocation(cert, revoker))) {
		other->is_tried = true;
		err = pgp_verify_by(cert, &other->packet, key);
		if (!err)
			*reason = PGP_REVOKED;
		else if (err == -ENOPKG)
			cert->revoker = *revoker;
		else if (err == -E2BIG)
			*reason = PGP_TOO_MANY_FALSE;
		else if (err != -EKEYREJECTED)
			break;
		err = 0;
	}
	key_put(key);
	return err;
}

/*
 * Verifies a self-signature that designates a revoker. One that is false is not looked at
 * again.
 */
static int pgp_verify_designation(struct pgp_certificate *cert,
				  struct pgp_statement *own,
				  enum pgp_reason *reason)
{
	struct pgp_part *part = &cert->parts[own->part];
	int err;

	err = pgp_statement_verify(cert, &part->packet, &own->packet, cert->pub);
	if (err == -EKEYREJECTED)
		own->is_tried = true;
	if (err == -E2BIG || (err == -EKEYREJECTED && pgp_is_too_false(part)))
		*reason = PGP_TOO_MANY_FALSE;
	return err;
}

/* Looks at the revocations of all revokers whom true self-signatures designate. */
static int pgp_look_at_revokers(struct pgp_certificate *cert, bool *has_one,
				enum pgp_reason *reason)
{
	struct pgp_fingerprint revoker = { .len = 20 };
	const struct pgp_packet *sig;
	int err = 0;
	u32 i;

	for (i = 0; i < cert->own_count && !err && !*reason; i++) {
		sig = &cert->own[i].packet;
		if (sig->item.revoker.len != revoker.len ||
		    sig->item.flags & UMD_PGP_ITEM_UNUSABLE)
			continue;
		memcpy(revoker.bytes, sig->body + sig->item.revoker.offset,
		       revoker.len);
		/* The revoker's may be among those that were not kept. */
		if (!cert->has_more_revocations &&
		    !pgp_next_revocation(cert, &revoker))
			continue;
		cond_resched();
		err = pgp_verify_designation(cert, &cert->own[i], reason);
		if (!err) {
			*has_one = true;
			err = pgp_judge_revoker(cert, &revoker, reason);
		}
		if (err == -EKEYREJECTED || err == -ENOPKG || err == -E2BIG)
			err = 0;
	}
	return err;
}

/*
 * Decides whether a designated revoker has revoked the primary key. Any true
 * self-signature designates one, whatever its age. A true revocation counts before all
 * that may be one.
 */
int pgp_judge_revokers(struct pgp_certificate *cert, enum pgp_reason *reason)
{
	bool has_one = false;
	int err;

	err = pgp_look_at_revokers(cert, &has_one, reason);
	if (err || *reason)
		return err;
	/* The revoker's may be among those that were not kept. */
	if (has_one && cert->has_more_revocations)
		*reason = PGP_TOO_MANY_FALSE;
	else if (cert->revoker.len && pgp_refuse_unverified)
		*reason = PGP_REVOKER_UNKNOWN;
	return 0;
}
