// SPDX-License-Identifier: GPL-2.0-only
/*
 * Links of trust: the signature by which a restricted keyring decides whether it takes
 * a key. A key carries one. Of a subkey, that is the binding by its primary key; of a
 * primary key, a certification by another key.
 */
#include <linux/err.h>
#include <linux/key.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "judge.h"

/**
 * pgp_target_get - find out what a keyring takes
 * @target: gets that, to be released with pgp_target_put()
 * @keyring: the keyring, of which the caller has a reference
 */
void pgp_target_get(struct pgp_target *target, struct key *keyring)
{
	memset(target, 0, sizeof(*target));
	target->keyring = keyring;
	down_read(&keyring->sem);
	if (keyring->restrict_link) {
		target->is_restricted = true;
		target->by = key_get(keyring->restrict_link->key);
	}
	up_read(&keyring->sem);
}

/**
 * pgp_target_put - release what pgp_target_get() has found
 * @target: the target
 */
void pgp_target_put(struct pgp_target *target)
{
	key_put(target->by);
	target->by = NULL;
}

/* A parser does not know whether a signature is asked for. */
bool pgp_wants_link(const struct pgp_target *target)
{
	return !target->keyring || target->is_restricted;
}

/* The key by which a keyring is restricted, if the signature names that. */
static struct key *pgp_get_named(struct key *key, const struct umd_pgp_item *sig)
{
	struct pgp_fingerprint own;
	int err;

	/* No other module needs the asymmetric key type itself. */
	if (strcmp(key->type->name, "asymmetric") || !pgp_key_is_ours(key))
		return ERR_PTR(-ENOKEY);
	own = pgp_key_fingerprint(key);
	if (!pgp_is_by(sig, &own))
		return ERR_PTR(-ENOKEY);
	err = key_validate(key);
	return err ? ERR_PTR(err) : key_get(key);
}

/* Whether a key may certify other keys: a primary key. */
static bool pgp_key_certifies(const struct key *key)
{
	struct pgp_fingerprint own = pgp_key_fingerprint(key);
	struct pgp_origin origin = pgp_key_origin(key);

	return origin.uses & PGP_MAY_CERTIFY &&
	       pgp_is_same_key(&own, &origin.primary);
}

/* The key that has made a certification, in the keyring or key @by that restricts. */
static struct key *pgp_find_trusted(const struct pgp_target *target,
				    const struct umd_pgp_item *sig)
{
	if (!target->by)
		return ERR_PTR(-ENOKEY);
	return target->by->type == &key_type_keyring ?
	       pgp_find_issuer(target->by, sig) :
	       pgp_get_named(target->by, sig);
}

/* Returns the key if it may certify. */
static struct key *pgp_get_certifier(struct key *key)
{
	if (IS_ERR(key) || pgp_key_certifies(key))
		return key;
	key_put(key);
	return ERR_PTR(-ENOKEY);
}

/*
 * The key that has made a certification. Only the kernel knows whether a restricted
 * keyring is a chain, in which its own keys count, too.
 */
static struct key *pgp_find_certifier(const struct pgp_target *target,
				      const struct umd_pgp_item *sig,
				      bool *is_trusted)
{
	struct key *key = pgp_get_certifier(pgp_find_trusted(target, sig));

	*is_trusted = !IS_ERR(key);
	if (!IS_ERR(key) || key == ERR_PTR(-ENOMEM))
		return key;
	key = pgp_get_certifier(pgp_find_issuer(target->keyring, sig));
	/* A key that has expired or was revoked there certifies nothing any more. */
	if (IS_ERR(key) && key != ERR_PTR(-ENOMEM))
		return ERR_PTR(-ENOKEY);
	return key;
}

/*
 * Whether a certification may link a key, as far as its issuer tells: 0, -ENOKEY if not,
 * or -ENOMEM. If the keyring is not known, only a fingerprint names an issuer well enough.
 */
int pgp_may_link(const struct pgp_target *target,
		 const struct umd_pgp_item *sig, bool *is_trusted)
{
	struct key *key;

	if (!target->keyring)
		return sig->issuer_len || sig->kind == PGP_CERT_REVOCATION ?
		       0 : -ENOKEY;
	key = pgp_find_certifier(target, sig, is_trusted);
	if (IS_ERR(key))
		return PTR_ERR(key);
	key_put(key);
	return 0;
}

/* Whether a certification counts, whoever has made it. */
static bool pgp_is_good_link(const struct pgp_certificate *cert,
			     const struct pgp_statement *link)
{
	const struct pgp_part *part = &cert->parts[link->part];
	const struct umd_pgp_item *item = &link->packet.item;

	if (item->kind != PGP_DIRECT_KEY &&
	    !(pgp_is_certification(item->kind) && part->is_bound))
		return false;
	return !pgp_candidate_reason(cert, item, part);
}

/* Keys that restrict the keyring come first, then what is newer, or stands behind. */
static bool pgp_is_better_link(const struct pgp_statement *one,
			       const struct pgp_statement *other)
{
	if (one->is_trusted != other->is_trusted)
		return one->is_trusted;
	return one->packet.item.created >= other->packet.item.created;
}

/* The best certification that was not looked at, or NULL. */
static struct pgp_statement *pgp_next_link(struct pgp_certificate *cert)
{
	struct pgp_statement *best = NULL, *other;
	u32 i;

	for (i = 0; i < cert->other_count; i++) {
		other = &cert->others[i];
		if (!other->is_tried && pgp_is_good_link(cert, other) &&
		    (!best || pgp_is_better_link(other, best)))
			best = other;
	}
	if (best)
		best->is_tried = true;
	return best;
}

/* A certification that has expired ends the older ones by the same key. */
static void pgp_pass_over_older(struct pgp_certificate *cert,
				const struct pgp_statement *link)
{
	struct pgp_statement *other;
	u32 i;

	for (i = 0; i < cert->other_count; i++) {
		other = &cert->others[i];
		if (other->part == link->part &&
		    pgp_has_same_issuer(&other->packet.item,
					&link->packet.item))
			other->is_tried = true;
	}
}

/*
 * Whether the issuer has taken a certification back. A revocation by a key that is not
 * known is believed. Returns -EKEYREVOKED if so.
 */
static int pgp_link_is_revoked(struct pgp_certificate *cert,
			       const struct pgp_statement *link,
			       const struct key *by)
{
	const struct pgp_statement *other;
	int err;
	u32 i;

	for (i = 0; i < cert->other_count; i++) {
		other = &cert->others[i];
		if (other->part != link->part ||
		    other->packet.item.kind != PGP_CERT_REVOCATION ||
		    other->packet.item.created < link->packet.item.created ||
		    !pgp_has_same_issuer(&other->packet.item,
					 &link->packet.item))
			continue;
		cond_resched();
		err = by ? pgp_statement_verify(cert, &cert->parts[link->part].packet,
					  &other->packet,
					  asymmetric_key_public_key(by)) : 0;
		if (!err)
			return -EKEYREVOKED;
		if (err != -EKEYREJECTED && err != -ENOPKG)
			return err;
	}
	return 0;
}

/* Whether a key that is known has truly made a certification. */
static int pgp_link_verify(struct pgp_certificate *cert,
			   const struct pgp_statement *link,
			   const struct key *by)
{
	const struct umd_pgp_item *item = &link->packet.item;

	if (pgp_key_fingerprint(by).len != pgp_fingerprint_len(item->version) ||
	    item->created < pgp_key_origin(by).created)
		return -EKEYREJECTED;
	return pgp_statement_verify(cert, &cert->parts[link->part].packet,
			      &link->packet, asymmetric_key_public_key(by)) ?:
	       pgp_link_is_revoked(cert, link, by);
}

/* The signature in the kernel's form, with the ids of the key that has made it. */
static int pgp_link_make(struct pgp_certificate *cert,
			 const struct pgp_packet *part,
			 const struct pgp_packet *sig,
			 const struct public_key *by,
			 const struct pgp_fingerprint *issuer,
			 struct public_key_signature **auth)
{
	u8 digest[PGP_DIGEST_SIZE];
	int err;

	err = pgp_statement_hash(cert, part, sig, digest) ?:
	      pgp_auth_new(sig, digest, by, auth);
	if (err)
		return err;
	err = pgp_auth_name(*auth, issuer);
	if (err) {
		public_key_signature_free(*auth);
		*auth = NULL;
	}
	return err;
}

/* Links a primary key by a certification, if that counts. */
static int pgp_link_by(struct pgp_certificate *cert,
		       const struct pgp_statement *link, const struct key *by,
		       const struct pgp_fingerprint *issuer,
		       struct public_key_signature **auth)
{
	int err;

	err = by ? pgp_link_verify(cert, link, by) :
		   pgp_link_is_revoked(cert, link, NULL);
	if (!err && pgp_is_over(pgp_signature_end(&link->packet.item)))
		err = -EKEYEXPIRED;
	return err ?: pgp_link_make(cert, &cert->parts[link->part].packet,
				    &link->packet,
				    by ? asymmetric_key_public_key(by) : NULL,
				    issuer, auth);
}

/* Finds the issuer of a certification, if the keyring is known, and links the key. */
static int pgp_link_try(struct pgp_certificate *cert,
			const struct pgp_statement *link,
			struct public_key_signature **auth)
{
	const struct umd_pgp_item *item = &link->packet.item;
	struct pgp_fingerprint issuer = { .len = item->issuer_len };
	struct key *by = NULL;
	bool is_trusted;
	int err;

	memcpy(issuer.bytes, item->issuer, issuer.len);
	if (cert->target->keyring) {
		by = pgp_find_certifier(cert->target, item, &is_trusted);
		if (IS_ERR(by))
			return PTR_ERR(by);
		issuer = pgp_key_fingerprint(by);
	}
	err = pgp_link_by(cert, link, by, &issuer, auth);
	key_put(by);
	/* No keyring that is not restricted cares. */
	if (!err && cert->target->keyring)
		cert->link_expires = pgp_signature_end(item);
	return err;
}

/* Counts a certification that is false. Returns true if there are too many. */
static bool pgp_is_too_false_link(struct pgp_certificate *cert,
				  const struct pgp_statement *link)
{
	return ++cert->parts[link->part].false_links > PGP_MAX_FALSE;
}

/*
 * Links a primary key by the best certification that counts, if there is one. A parser
 * does not know whether anybody asks for a link: without one, the key may be taken.
 */
static int pgp_link_primary(struct pgp_certificate *cert,
			    struct public_key_signature **auth,
			    enum pgp_reason *reason)
{
	enum pgp_reason too_many = cert->target->keyring ? PGP_TOO_MANY_FALSE :
							   PGP_TAKEN;
	struct pgp_statement *link;
	int err;

	/* Among those that were not kept may be what takes one back. */
	if (cert->has_more_others) {
		*reason = too_many;
		return 0;
	}
	while ((link = pgp_next_link(cert))) {
		cond_resched();
		err = pgp_link_try(cert, link, auth);
		if (err == -EKEYEXPIRED) {
			pgp_pass_over_older(cert, link);
		} else if (err == -E2BIG || (err == -EKEYREJECTED &&
					     pgp_is_too_false_link(cert, link))) {
			*reason = too_many;
			return 0;
		} else if (err != -EKEYREJECTED && err != -EKEYREVOKED &&
			   err != -ENOPKG && err != -ENOKEY) {
			return err;
		}
	}
	return 0;
}

/*
 * Gives a key the signature by which a restricted keyring takes the key. Without one, the
 * kernel refuses the key there.
 */
int pgp_link(struct pgp_certificate *cert, struct pgp_key *key,
	     enum pgp_reason *reason)
{
	int err = 0;

	if (!key->binding)
		err = pgp_link_primary(cert, &key->auth, reason);
	else
		err = pgp_link_make(cert, &key->part->packet, key->binding,
				    cert->pub, &cert->fingerprint, &key->auth);
	key->expires = pgp_earlier(key->expires, cert->link_expires);
	return err == -ENOPKG ? 0 : err;
}
