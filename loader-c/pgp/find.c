// SPDX-License-Identifier: GPL-2.0-only
/* Finds keys of this module in keyrings. */
#include <linux/err.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "pgp.h"

/* Another kind of key may have an equal id. */
static struct key *pgp_find(struct key *keyring, const u8 *bytes, size_t len)
{
	struct asymmetric_key_id *id;
	struct key *key;

	id = asymmetric_key_generate_id(bytes, len, "", 0);
	if (IS_ERR(id))
		return ERR_CAST(id);
	key = find_asymmetric_key(keyring, id, NULL, NULL, false);
	kfree(id);
	if (IS_ERR(key) || pgp_key_is_ours(key))
		return key;
	key_put(key);
	return ERR_PTR(-ENOKEY);
}

/**
 * pgp_find_issuer - find the key that a signature names, if possible by its fingerprint
 * @keyring: the keyring
 * @sig: the signature
 *
 * Return: the key, with a reference, or an error of find_asymmetric_key().
 */
struct key *pgp_find_issuer(struct key *keyring, const struct umd_pgp_item *sig)
{
	return sig->issuer_len ?
	       pgp_find(keyring, sig->issuer, sig->issuer_len) :
	       pgp_find(keyring, sig->issuer_key_id, sizeof(sig->issuer_key_id));
}

/**
 * pgp_find_key - find the key of a fingerprint
 * @keyring: the keyring
 * @of: the fingerprint
 *
 * Return: the key, with a reference; NULL if there is none, or it has expired or was
 * revoked in the keyring; or an error of find_asymmetric_key().
 */
struct key *pgp_find_key(struct key *keyring, const struct pgp_fingerprint *of)
{
	struct key *key = pgp_find(keyring, of->bytes, of->len);

	/* A key that has expired or was revoked there verifies nothing any more. */
	if (key == ERR_PTR(-ENOKEY) || key == ERR_PTR(-EAGAIN) ||
	    key == ERR_PTR(-EKEYEXPIRED) || key == ERR_PTR(-EKEYREVOKED))
		return NULL;
	return key;
}
