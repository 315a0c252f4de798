// SPDX-License-Identifier: GPL-2.0-only
/*
 * Selects the keys of a ring that are used: a key must be allowed to sign, be
 * neither revoked nor expired, and have bindings that the kernel has verified.
 */
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/mm.h>

#include "pgp.h"

static int pgp_binding_verify(const struct umd_pgp_signature *sig,
			      const struct umd_pgp_key *key, const u8 *data,
			      const struct public_key *by)
{
	u8 digest[64];
	int err;

	err = pgp_binding_hash(sig, key, data, digest);
	return err ?: pgp_signature_verify(sig, digest, by, NULL);
}

/*
 * A primary key signs itself and its subkeys. A subkey that may sign confirms
 * the primary key by a back signature: else the subkey could be another
 * user's.
 */
static int pgp_key_verify_bindings(const struct umd_pgp_key *key,
				   const u8 *data,
				   const struct public_key *primary,
				   const struct public_key *own)
{
	int err;

	if (!(key->flags & UMD_PGP_KEY_BOUND))
		return -EKEYREJECTED;
	err = pgp_binding_verify(&key->binding, key, data, primary);
	if (err || key->flags & UMD_PGP_KEY_PRIMARY)
		return err;
	if (!(key->flags & UMD_PGP_KEY_BACK))
		return -EKEYREJECTED;
	return pgp_binding_verify(&key->back, key, data, own);
}

static int pgp_key_check_lifetime(const struct umd_pgp_key *key)
{
	if (key->flags & UMD_PGP_KEY_REVOKED)
		return -EKEYREVOKED;
	if (key->expires && key->expires <= ktime_get_real_seconds())
		return -EKEYEXPIRED;
	return 0;
}

/* All keys of a certificate depend on its primary key. */
static int pgp_ring_begin_certificate(struct pgp_ring *ring)
{
	struct public_key *pub;
	int err;

	public_key_free(ring->primary_pub);
	ring->primary_pub = NULL;
	ring->primary = ring->key;
	err = pgp_key_check_lifetime(&ring->primary);
	if (err)
		return err;
	pub = pgp_public_key_new(&ring->primary);
	if (IS_ERR(pub))
		return PTR_ERR(pub);
	ring->primary_pub = pub;
	return pgp_key_verify_bindings(&ring->primary, ring->data->bytes, pub,
				       NULL);
}

/* Makes the kernel's form of the ring's key, if the key can be used. */
static int pgp_ring_use_key(struct pgp_ring *ring, struct public_key **pub)
{
	const struct umd_pgp_key *key = &ring->key;
	bool is_primary = key->flags & UMD_PGP_KEY_PRIMARY;
	int err;

	if (is_primary)
		ring->primary_err = pgp_ring_begin_certificate(ring);
	if (ring->primary_err)
		return ring->primary_err;
	if (!(key->flags & UMD_PGP_KEY_SIGNS))
		return -ENOKEY;
	err = pgp_key_check_lifetime(key);
	if (err)
		return err;
	*pub = pgp_public_key_new(key);
	if (IS_ERR(*pub))
		return PTR_ERR(*pub);
	if (is_primary)
		return 0;
	err = pgp_key_verify_bindings(key, ring->data->bytes, ring->primary_pub,
				      *pub);
	if (err)
		public_key_free(*pub);
	return err;
}

/* These errors pass over a key; success and any other error end the search. */
static bool pgp_key_is_passed_over(int err)
{
	return err == -ENOKEY || err == -EKEYREVOKED || err == -EKEYEXPIRED ||
	       err == -EKEYREJECTED || err == -ENOPKG;
}

/**
 * pgp_ring_new - begin a search for the keys of a ring
 * @data: the ring
 *
 * Return: the search, for pgp_ring_next(), to be freed with pgp_ring_free()
 * before @data, or an error.
 */
struct pgp_ring *pgp_ring_new(struct pgp_data *data)
{
	struct pgp_ring *ring = kvzalloc(sizeof(*ring), GFP_KERNEL);

	if (!ring)
		return ERR_PTR(-ENOMEM);
	ring->data = data;
	return ring;
}

void pgp_ring_free(struct pgp_ring *ring)
{
	public_key_free(ring->primary_pub);
	kvfree(ring);
}

/**
 * pgp_ring_next - find the next key of a ring that can be used
 * @ring: the search; has the key and the primary key after success
 * @first_only: look at the first certificate only
 * @pub: set to the kernel's form of the key, to be freed with
 *	public_key_free()
 *
 * Return: 0, -ENOKEY if there is no such key, or an error: -E2BIG if the ring
 * has more than %PGP_MAX_KEYS keys, or an error of pgp_ask_key(). @ring has
 * the first error but -ENOKEY for which a key was passed over.
 */
int pgp_ring_next(struct pgp_ring *ring, bool first_only,
		  struct public_key **pub)
{
	struct umd_pgp_key *key = &ring->key;
	int err;

	for (;;) {
		if (ring->next && ring->next >= ring->count)
			return -ENOKEY;
		if (ring->next >= PGP_MAX_KEYS)
			return -E2BIG;
		err = pgp_ask_key(ring->data, ring->next, key);
		if (err)
			return err;
		ring->count = key->count;
		if (ring->count > PGP_MAX_KEYS && !first_only)
			return -E2BIG;
		/* A subkey must follow its primary key. */
		if (!(key->flags & UMD_PGP_KEY_PRIMARY) &&
		    (!ring->next || key->primary_index != ring->primary.index ||
		     key->primary.offset != ring->primary.subject.offset ||
		     key->primary.len != ring->primary.subject.len))
			return -EPROTO;
		if (first_only && key->primary_index)
			return -ENOKEY;
		ring->next++;
		err = pgp_ring_use_key(ring, pub);
		if (!pgp_key_is_passed_over(err))
			return err;
		if (!ring->err && err != -ENOKEY)
			ring->err = err;
	}
}
