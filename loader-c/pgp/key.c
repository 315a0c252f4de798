// SPDX-License-Identifier: GPL-2.0-only
/* Keys in the kernel's form. */
#include <linux/err.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "compat.h"
#include "pgp.h"

/*
 * A key may outlive this module, and its strings with it: public_key_free()
 * does not free the strings, but frees @pub, which is at the start of the
 * structure.
 */
struct pgp_public_key {
	struct public_key pub;
	char id_type[sizeof(PGP_ID_TYPE)];
	char algorithm[16];
};

static_assert(!offsetof(struct pgp_public_key, pub));

/* The kernel's name of a key's algorithm, or NULL if the kernel lacks it. */
static const char *pgp_key_algorithm(const struct umd_pgp_key *key)
{
	if (!key->material_len)
		return NULL;
	if (pgp_is_rsa(key->algorithm)) {
		/* Shorter keys are too weak, the kernel lacks others. */
		if (key->bits == 2048 || key->bits == 3072 || key->bits == 4096)
			return "rsa";
		return NULL;
	}
	if (key->algorithm != PGP_ECDSA)
		return NULL;
	switch (key->curve) {
	case UMD_PGP_CURVE_P256:
		return "ecdsa-nist-p256";
	case UMD_PGP_CURVE_P384:
		return "ecdsa-nist-p384";
	case UMD_PGP_CURVE_P521:
		return "ecdsa-nist-p521";
	}
	return NULL;
}

/**
 * pgp_public_key_new - make the kernel's form of a key
 * @key: the Handler's reply, checked by pgp_key_check()
 *
 * Return: the kernel's form, to be freed with public_key_free(), or an error:
 * -ENOPKG if the kernel has no form for the key.
 */
struct public_key *pgp_public_key_new(const struct umd_pgp_key *key)
{
	const char *algorithm = pgp_key_algorithm(key);
	struct pgp_public_key *new;

	if (!algorithm)
		return ERR_PTR(-ENOPKG);
	new = kzalloc(sizeof(*new), GFP_KERNEL);
	if (!new)
		return ERR_PTR(-ENOMEM);
	new->pub.key = kmemdup(key->material, key->material_len, GFP_KERNEL);
	if (!new->pub.key) {
		kfree(new);
		return ERR_PTR(-ENOMEM);
	}
	new->pub.keylen = key->material_len;
	strscpy(new->id_type, PGP_ID_TYPE, sizeof(new->id_type));
	strscpy(new->algorithm, algorithm, sizeof(new->algorithm));
	new->pub.id_type = new->id_type;
	new->pub.pkey_algo = new->algorithm;
	return &new->pub;
}

/**
 * pgp_modulus_size - the length of an RSA key in bytes
 * @pub: a key of pgp_public_key_new()
 *
 * Return: the length, or 0 if the key is not for RSA.
 */
u32 pgp_modulus_size(const struct public_key *pub)
{
	const u8 *der = pub->key;

	/*
	 * In keys of the accepted lengths, SEQUENCE and INTEGER have headers
	 * of four bytes, and a zero precedes the modulus, whose first bit is
	 * set.
	 */
	if (strcmp(pub->pkey_algo, "rsa"))
		return 0;
	return pgp_be16(der + 6) - 1;
}

static struct asymmetric_key_id *pgp_key_id_new(const void *bytes, size_t len)
{
	return asymmetric_key_generate_id(bytes, len, "", 0);
}

/**
 * pgp_key_ids_new - make the ids by which a key is found
 * @key: the Handler's reply, checked by pgp_key_check()
 *
 * Return: the fingerprint and key id, which the asymmetric key type frees, or
 * an error.
 */
struct asymmetric_key_ids *pgp_key_ids_new(const struct umd_pgp_key *key)
{
	struct asymmetric_key_ids *ids;
	int err;

	ids = kzalloc(sizeof(*ids), GFP_KERNEL);
	if (!ids)
		return ERR_PTR(-ENOMEM);
	ids->id[0] = pgp_key_id_new(key->fingerprint, key->fingerprint_len);
	if (IS_ERR(ids->id[0])) {
		err = PTR_ERR(ids->id[0]);
		goto err_free_ids;
	}
	ids->id[1] = pgp_key_id_new(key->key_id, sizeof(key->key_id));
	if (IS_ERR(ids->id[1])) {
		err = PTR_ERR(ids->id[1]);
		goto err_free_fingerprint;
	}
	return ids;

err_free_fingerprint:
	kfree(ids->id[0]);
err_free_ids:
	kfree(ids);
	return ERR_PTR(err);
}

/**
 * pgp_description_new - make the description of a key
 * @key: the Handler's reply, checked by pgp_key_check()
 * @primary: likewise, for the primary key, which has the user id
 *
 * The fingerprint comes first, so that no user id can pass for a fingerprint.
 * Since terminals show the description, each byte of the user id that is not
 * printable ASCII becomes a question mark.
 *
 * Return: the description, to be freed with kfree(), or NULL.
 */
char *pgp_description_new(const struct umd_pgp_key *key,
			  const struct umd_pgp_key *primary)
{
	u32 len = primary->user_id_len;
	char *text, *at;
	u32 i;

	text = kmalloc(2 * key->fingerprint_len + 1 + len + 1, GFP_KERNEL);
	if (!text)
		return NULL;
	at = text;
	for (i = 0; i < key->fingerprint_len; i++)
		at += sprintf(at, "%02X", key->fingerprint[i]);
	if (len)
		*at++ = ' ';
	for (i = 0; i < len; i++)
		*at++ = pgp_printable(primary->user_id[i]);
	*at = '\0';
	return text;
}
