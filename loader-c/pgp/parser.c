// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parser for the kernel's asymmetric key type, which takes the keys that
 * add_key() passes on and the keys that import.c has found already.
 *
 * The kernel locks the list of parsers for reading while a parser runs.
 * Loading and starting the Handler must therefore not register another parser.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/slab.h>

#include "pgp.h"

/* First octets of a public key packet (section 4.2). */
#define PGP_OLD_PUBLIC_KEY		0x98
#define PGP_OLD_LENGTH_TYPE		0x03
#define PGP_NEW_PUBLIC_KEY		0xc6

/*
 * A key on its way into a keyring. The parser knows the key by the address of
 * the payload, which nobody outside of the kernel can choose: no bytes can
 * make a user's own key pass for a checked one. The payload is the key's
 * packet, so that a measurement of keyrings covers the key; no other parser
 * accepts the packet.
 */
struct pgp_made {
	struct list_head node;
	const struct pgp_certificate *cert;
	/* Its kernel's form is the parser's, once that has taken it over. */
	struct pgp_key *key;
};

/* Most keys of one fingerprint in a keyring, under different descriptions. */
#define PGP_MAX_COPIES 32

static LIST_HEAD(pgp_all_made);
/* Protects the list, and the kernel's form of each entry. */
static DEFINE_MUTEX(pgp_made_lock);

/*
 * The user id in a key's description. In a restricted keyring, the fingerprint alone makes
 * one description of all copies of a key, and nobody has certified the user id.
 */
static const struct pgp_part *pgp_shown_user_id(const struct pgp_certificate *cert)
{
	return cert->target->is_restricted ? NULL : cert->user_id;
}

/* After success, @prep owns the key's form. */
static int pgp_fill(struct key_preparsed_payload *prep,
		    const struct pgp_certificate *cert, struct pgp_key *key)
{
	struct asymmetric_key_subtype *subtype;
	struct asymmetric_key_ids *ids;

	ids = pgp_key_ids_new(&key->fingerprint, &key->origin);
	if (IS_ERR(ids))
		return PTR_ERR(ids);
	prep->description = pgp_description_new(&key->fingerprint,
						pgp_shown_user_id(cert));
	if (!prep->description) {
		kfree(ids->id[0]);
		kfree(ids->id[1]);
		kfree(ids->id[2]);
		kfree(ids);
		return -ENOMEM;
	}
	subtype = pgp_public_key_subtype(key->pub);
	__module_get(subtype->owner);
	prep->payload.data[asym_subtype] = subtype;
	prep->payload.data[asym_key_ids] = ids;
	prep->payload.data[asym_crypto] = key->pub;
	prep->payload.data[asym_auth] = key->auth;
	/* The quota that other parsers charge. */
	prep->quotalen = 100;
	if (key->expires)
		prep->expiry = key->expires;
	key->pub = NULL;
	key->auth = NULL;
	return 0;
}

static bool pgp_fill_made(struct key_preparsed_payload *prep, int *err)
{
	struct pgp_made *made;
	bool found = false;

	mutex_lock(&pgp_made_lock);
	list_for_each_entry(made, &pgp_all_made, node) {
		if (prep->data != made->key->part->packet.body ||
		    !made->key->pub)
			continue;
		found = true;
		*err = pgp_fill(prep, made->cert, made->key);
		break;
	}
	mutex_unlock(&pgp_made_lock);
	return found;
}

/* A key that is added without import. */
struct pgp_adding {
	struct pgp_job job;
	struct key_preparsed_payload *prep;
	bool is_done;
	enum pgp_reason reason;
	/* Whose that is. */
	struct pgp_fingerprint fingerprint;
	/* As of the certificate. */
	struct pgp_fingerprint revoker;
};

static const struct pgp_target pgp_unknown_target;

/* Takes the primary key if that may sign, else the first subkey that may. */
static int pgp_add_first(struct pgp_adding *adding, struct pgp_certificate *cert)
{
	enum pgp_reason reason;
	struct pgp_key key;
	int err;
	u32 i;

	err = pgp_certificate_judge(cert, &adding->reason);
	if (err || adding->reason)
		return err;
	for (i = 0; i < cert->part_count; i++) {
		err = pgp_certificate_key(cert, i, &key, &reason);
		if (err)
			return err;
		if (!reason) {
			err = pgp_fill(adding->prep, cert, &key);
			pgp_key_free(&key);
			adding->reason = PGP_TAKEN;
			return err;
		}
		if (!adding->reason ||
		    adding->reason == PGP_NOT_FOR_SIGNING)
			adding->reason = reason;
	}
	return 0;
}

static int pgp_add_certificate(void *data, const u8 *bytes, u32 len,
			       enum pgp_reason reason)
{
	struct pgp_adding *adding = data;
	struct pgp_certificate cert;
	int err;

	/* One key is added. */
	if (adding->is_done)
		return 0;
	adding->is_done = true;
	adding->reason = reason;
	if (reason)
		return 0;
	err = pgp_certificate_read(&cert, &adding->job, &pgp_unknown_target,
				   bytes, len, &adding->reason);
	if (!err && !adding->reason)
		err = pgp_add_first(adding, &cert);
	adding->fingerprint = cert.fingerprint;
	adding->revoker = cert.revoker;
	pgp_certificate_free(&cert);
	return err;
}

static int pgp_add(struct key_preparsed_payload *prep)
{
	struct pgp_adding adding = {
		/* A frozen caller would keep everybody's keys waiting. */
		.job = { .holds_lock = true },
		.prep = prep,
	};
	struct pgp_stream *stream;
	int err;

	stream = pgp_stream_new(pgp_add_certificate, &adding);
	if (!stream)
		return -ENOMEM;
	err = pgp_stream_add(stream, prep->data, prep->datalen) ?:
	      pgp_stream_end(stream);
	pgp_stream_free(stream);
	if (!err && adding.revoker.len)
		pr_info_ratelimited("key %*phN may be revoked: by %*phN, which add_key() cannot verify\n",
				    adding.fingerprint.len,
				    adding.fingerprint.bytes,
				    adding.revoker.len, adding.revoker.bytes);
	if (err || !adding.reason)
		return err;
	pr_info_ratelimited("key %*phN refused: %s\n", adding.fingerprint.len,
			    adding.fingerprint.bytes,
			    pgp_reason_text(adding.reason));
	return pgp_reason_errno(adding.reason);
}

/* -EBADMSG lets the kernel try the next parser. */
static int pgp_parse(struct key_preparsed_payload *prep)
{
	u8 first;
	int err;

	if (pgp_fill_made(prep, &err))
		return err;
	if (!prep->datalen)
		return -EBADMSG;
	first = *(const u8 *)prep->data;
	if ((first & ~PGP_OLD_LENGTH_TYPE) != PGP_OLD_PUBLIC_KEY &&
	    first != PGP_NEW_PUBLIC_KEY)
		return -EBADMSG;
	return pgp_add(prep);
}

static struct asymmetric_key_parser pgp_parser = {
	.owner = THIS_MODULE,
	.name = "pgp",
	.parse = pgp_parse,
};

int pgp_parser_register(void)
{
	return register_asymmetric_key_parser(&pgp_parser);
}

/* Waits until no call of the parser runs any more. */
void pgp_parser_unregister(void)
{
	unregister_asymmetric_key_parser(&pgp_parser);
}

/* Whether no signature by which an old key is known is newer than the new ones. */
static bool pgp_said_is_older(const struct pgp_said *old,
			      const struct pgp_said *new)
{
	return old->user_id <= new->user_id && old->direct <= new->direct &&
	       old->binding <= new->binding;
}

/* Whether @new may take the place of @old. */
static bool pgp_key_is_older(const struct key *old,
			     const struct pgp_origin *new)
{
	struct pgp_origin origin = pgp_key_origin(old);

	return pgp_is_same_key(&origin.primary, &new->primary) &&
	       pgp_said_is_older(&origin.said, &new->said);
}

/* Held while the keys of a fingerprint are looked for, taken out and replaced. */
static DEFINE_MUTEX(pgp_keyring_lock);

/* Keys of one fingerprint that were taken out of a keyring. */
struct pgp_removed {
	struct key *keys[PGP_MAX_COPIES];
	u32 count;
};

static void pgp_removed_put(struct pgp_removed *removed)
{
	while (removed->count)
		key_put(removed->keys[--removed->count]);
}

/* Puts the keys back. */
static void pgp_removed_restore(key_ref_t keyring, struct pgp_removed *removed)
{
	u32 i;

	for (i = 0; i < removed->count; i++)
		if (key_link(key_ref_to_ptr(keyring), removed->keys[i]))
			pr_err_ratelimited("a key could not be put back\n");
	pgp_removed_put(removed);
}

/*
 * Takes out the keys of a fingerprint: a search finds one of them, whatever they are
 * called. Returns 1 when one must stay; then, and after an error, all are put back.
 */
static int pgp_key_take_out(key_ref_t keyring, const struct pgp_key *new,
			    struct pgp_removed *removed)
{
	struct key *old;
	int err = 0;

	lockdep_assert_held(&pgp_keyring_lock);
	while (!err) {
		old = pgp_find_key(key_ref_to_ptr(keyring),
				   &new->fingerprint);
		if (!old)
			return 0;
		if (IS_ERR(old)) {
			err = PTR_ERR(old);
			break;
		}
		err = 1;
		if (pgp_key_is_older(old, &new->origin) &&
		    removed->count < PGP_MAX_COPIES)
			err = key_unlink(key_ref_to_ptr(keyring), old);
		if (!err)
			removed->keys[removed->count++] = old;
		else
			key_put(old);
		/* The key may be in a keyring that is in this one. */
		if (err == -ENOENT)
			return 0;
	}
	pgp_removed_restore(keyring, removed);
	return err;
}

/* Returns 1 when a key that is there is more recent than a new one, or an error. */
static int pgp_key_must_stay(struct key *keyring, const struct pgp_key *new)
{
	struct key *old = pgp_find_key(keyring, &new->fingerprint);
	bool is_older;

	if (IS_ERR_OR_NULL(old))
		return PTR_ERR_OR_ZERO(old);
	is_older = pgp_key_is_older(old, &new->origin);
	key_put(old);
	return !is_older;
}

/* Whether a key has to go. */
static bool pgp_key_has_ended(const struct key *old,
			      const struct pgp_fingerprint *primary,
			      const struct pgp_said *said, bool only_signers)
{
	struct pgp_origin origin = pgp_key_origin(old);

	if (only_signers && !(origin.uses & PGP_MAY_SIGN))
		return false;
	return pgp_is_same_key(&origin.primary, primary) &&
	       (!said || (pgp_said_is_older(&origin.said, said) &&
			  origin.said.id == said->id));
}

/**
 * pgp_key_remove - remove the keys of a fingerprint from a keyring
 * @keyring: the keyring
 * @of: the fingerprint
 * @primary: only if the key came with this primary key: the certificate of another
 *	one says nothing of it
 * @said: only if what is known of the key is not newer than this, and by the same user
 *	id; NULL for any
 * @only_signers: only if the key may sign
 *
 * Return: 0, also when there is no such key; 1 when a key must stay; -ENOMEM or
 * another error of find_asymmetric_key() or key_unlink().
 */
int pgp_key_remove(key_ref_t keyring, const struct pgp_fingerprint *of,
		   const struct pgp_fingerprint *primary,
		   const struct pgp_said *said, bool only_signers)
{
	struct key *old;
	int err = 0;

	mutex_lock(&pgp_keyring_lock);
	while (!err) {
		old = pgp_find_key(key_ref_to_ptr(keyring), of);
		if (IS_ERR_OR_NULL(old)) {
			err = PTR_ERR_OR_ZERO(old);
			break;
		}
		err = 1;
		if (pgp_key_has_ended(old, primary, said, only_signers))
			err = key_unlink(key_ref_to_ptr(keyring), old);
		key_put(old);
	}
	mutex_unlock(&pgp_keyring_lock);
	/* The key may be in a keyring that is in this one. */
	return err == -ENOENT ? 0 : err;
}

static int pgp_key_make(key_ref_t keyring, const struct pgp_certificate *cert,
			struct pgp_key *key, key_ref_t *ref)
{
	struct pgp_made made = { .cert = cert, .key = key };

	mutex_lock(&pgp_made_lock);
	list_add(&made.node, &pgp_all_made);
	mutex_unlock(&pgp_made_lock);
	*ref = key_create_or_update(keyring, "asymmetric", NULL,
				    key->part->packet.body,
				    key->part->packet.len, KEY_PERM_UNDEF,
				    KEY_ALLOC_IN_QUOTA);
	mutex_lock(&pgp_made_lock);
	list_del(&made.node);
	mutex_unlock(&pgp_made_lock);
	return PTR_ERR_OR_ZERO(*ref);
}

/**
 * pgp_key_create - put a key into a keyring
 * @keyring: the keyring
 * @cert: the certificate
 * @key: a key of pgp_certificate_key(), which is freed in any case
 * @ref: set to the new key
 *
 * The new key replaces all keys of the same fingerprint, which are absent for a moment;
 * if the new one cannot be made, they are put back. A restricted keyring may refuse the
 * new one, and might not take back the old ones: there, the new key replaces the one that
 * has its description, the fingerprint.
 *
 * Return: 0; 1 when the key that is there is more recent, and stays; -EBUSY when the
 * keyring was restricted just now; or an error of key_create_or_update() or key_unlink().
 */
int pgp_key_create(key_ref_t keyring, struct pgp_certificate *cert,
		   struct pgp_key *key, key_ref_t *ref)
{
	struct pgp_removed removed = {};
	int err = 0;

	mutex_lock(&pgp_keyring_lock);
	if (cert->target->is_restricted)
		err = pgp_key_must_stay(key_ref_to_ptr(keyring), key);
	else if (READ_ONCE(key_ref_to_ptr(keyring)->restrict_link))
		err = -EBUSY;
	else
		err = pgp_key_take_out(keyring, key, &removed);
	if (err)
		goto out_unlock;
	err = pgp_key_make(keyring, cert, key, ref);
	if (err)
		pgp_removed_restore(keyring, &removed);
	else
		pgp_removed_put(&removed);
out_unlock:
	mutex_unlock(&pgp_keyring_lock);
	pgp_key_free(key);
	return err;
}
