// SPDX-License-Identifier: GPL-2.0-only
/* Keys in the kernel's form. */
#include <linux/err.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "compat.h"
#include "pgp.h"
#include "umd_verify.h"
#include "verify/umd_verify_abi.h"

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

/* The verifier of a key's signatures: the kernel by @name, else verify_mgr.ko. */
struct pgp_form {
	const char *name;
	struct umd_verify_params params;
};

/* Keys of verify_mgr.ko have names of its own. */
static bool pgp_is_verify_key(const struct public_key *pub)
{
	return str_has_prefix(pub->pkey_algo, "umd-");
}

static enum pgp_reason pgp_rsa_form(const struct pgp_packet *key,
				    struct pgp_form *form)
{
	struct pgp_number modulus = pgp_number(key->body, key->item.values[0]);
	struct pgp_number exponent = pgp_number(key->body, key->item.values[1]);
	u32 bits = pgp_number_bits(modulus);
	u32 i;

	if (bits < max(pgp_min_rsa_bits, 2048U))
		return PGP_SHORT_KEY;
	if (exponent.len > sizeof(form->params.exponent))
		return PGP_LONG_EXPONENT;
	if (bits > 8192)
		return PGP_LONG_KEY;
	/* The kernel has no other lengths. */
	if (bits == 2048 || bits == 3072 || bits == 4096)
		form->name = "rsa";
	form->params.algorithm = UMD_VERIFY_RSA;
	for (i = 0; i < exponent.len; i++)
		form->params.exponent = form->params.exponent << 8 |
					exponent.at[i];
	/* With exponent 1, anybody could sign; the others are no RSA. */
	if (!(modulus.at[modulus.len - 1] & 1) ||
	    !(form->params.exponent & 1) || form->params.exponent < 3)
		return PGP_NO_KEY;
	return PGP_TAKEN;
}

static const struct {
	u8 curve;
	/* NULL if no kernel has the curve. */
	const char *name;
	u32 algorithm;
} pgp_curve_forms[] = {
	{ UMD_PGP_CURVE_P256, "ecdsa-nist-p256", UMD_VERIFY_P256 },
	{ UMD_PGP_CURVE_P384, "ecdsa-nist-p384", UMD_VERIFY_P384 },
	{ UMD_PGP_CURVE_P521, "ecdsa-nist-p521", UMD_VERIFY_P521 },
	{ UMD_PGP_CURVE_ED25519, NULL, UMD_VERIFY_ED25519 },
	{ UMD_PGP_CURVE_ED448, NULL, UMD_VERIFY_ED448 },
	{ UMD_PGP_CURVE_BRAINPOOL_P256, NULL, UMD_VERIFY_BRAINPOOL_P256 },
	{ UMD_PGP_CURVE_BRAINPOOL_P384, NULL, UMD_VERIFY_BRAINPOOL_P384 },
	{ UMD_PGP_CURVE_BRAINPOOL_P512, NULL, UMD_VERIFY_BRAINPOOL_P512 },
};

static enum pgp_reason pgp_curve_form(const struct pgp_packet *key,
				      struct pgp_form *form)
{
	struct pgp_number point = pgp_number(key->body, key->item.values[0]);
	bool has_form_byte = key->item.algorithm == PGP_ECDSA ||
			     key->item.algorithm == PGP_EDDSA_LEGACY;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(pgp_curve_forms); i++)
		if (pgp_curve_forms[i].curve == key->item.curve)
			break;
	if (i == ARRAY_SIZE(pgp_curve_forms))
		return PGP_ALGORITHM;
	form->name = pgp_curve_forms[i].name;
	/* Some kernels lack all of ECDSA. */
	if (form->name && !crypto_has_alg(form->name, 0, 0))
		form->name = NULL;
	form->params.algorithm = pgp_curve_forms[i].algorithm;
	form->params.key = point.at + has_form_byte;
	form->params.key_len = point.len - has_form_byte;
	return PGP_TAKEN;
}

static enum pgp_reason pgp_form_of(const struct pgp_packet *key,
				   struct pgp_form *form)
{
	struct pgp_number first = pgp_number(key->body, key->item.values[0]);

	if (!first.len)
		return PGP_ALGORITHM;
	form->params.key = first.at;
	form->params.key_len = first.len;
	form->params.id_type = PGP_ID_TYPE;
	/* The numbers of other algorithms were not compared with the packet. */
	if (!pgp_can_verify(key->item.algorithm))
		return PGP_ALGORITHM;
	return pgp_is_rsa(key->item.algorithm) ? pgp_rsa_form(key, form) :
						 pgp_curve_form(key, form);
}

/* Writes the kernel's form of a key: an RSAPublicKey in DER, or a point. */
static u32 pgp_material(const struct pgp_packet *key, u8 *to, u32 room)
{
	struct pgp_number first = pgp_number(key->body, key->item.values[0]);

	if (pgp_is_rsa(key->item.algorithm))
		return pgp_der_pair(first,
				    pgp_number(key->body, key->item.values[1]),
				    to, room);
	if (first.len > room)
		return 0;
	memcpy(to, first.at, first.len);
	return first.len;
}

/* A key whose signatures the kernel verifies. */
static struct public_key *pgp_kernel_key_new(const struct pgp_packet *key,
					     const char *name)
{
	struct pgp_public_key *new;

	new = kzalloc(sizeof(*new), GFP_KERNEL);
	if (!new)
		return ERR_PTR(-ENOMEM);
	new->pub.key = kmalloc(PGP_MATERIAL_SIZE, GFP_KERNEL);
	if (!new->pub.key) {
		kfree(new);
		return ERR_PTR(-ENOMEM);
	}
	new->pub.keylen = pgp_material(key, new->pub.key, PGP_MATERIAL_SIZE);
	strscpy(new->id_type, PGP_ID_TYPE, sizeof(new->id_type));
	strscpy(new->algorithm, name, sizeof(new->algorithm));
	new->pub.id_type = new->id_type;
	new->pub.pkey_algo = new->algorithm;
	return &new->pub;
}

/**
 * pgp_public_key_new - make the kernel's form of a key
 * @key: the key's packet
 * @holds_lock: see struct umd_mgmt_call
 * @pub: gets the form, to be freed with pgp_public_key_free(), if there is one
 * @reason: gets %PGP_TAKEN, or why there is none
 *
 * Return: 0, -ENOMEM, or an error of verify_mgr.ko that is none of the key.
 */
int pgp_public_key_new(const struct pgp_packet *key, bool holds_lock,
		       struct public_key **pub, enum pgp_reason *reason)
{
	struct pgp_form form = { .params = { .holds_lock = holds_lock } };
	struct public_key *new;

	*reason = pgp_form_of(key, &form);
	if (*reason)
		return 0;
	new = form.name ? pgp_kernel_key_new(key, form.name) :
			  umd_verify_key_new(&form.params);
	if (!IS_ERR(new)) {
		*pub = new;
		return 0;
	}
	switch (PTR_ERR(new)) {
	case -ENOPKG:
		*reason = PGP_ALGORITHM;
		return 0;
	case -EKEYREJECTED:
	case -EINVAL:
		*reason = PGP_NO_KEY;
		return 0;
	}
	return PTR_ERR(new);
}

/**
 * pgp_public_key_free - free a key
 * @pub: a key of pgp_public_key_new(), or NULL
 */
void pgp_public_key_free(struct public_key *pub)
{
	if (pub && pgp_is_verify_key(pub))
		umd_verify_key_free(pub);
	else
		public_key_free(pub);
}

/**
 * pgp_public_key_subtype - the subtype of asymmetric keys that have a key
 * @pub: a key of pgp_public_key_new()
 *
 * Return: the subtype.
 */
struct asymmetric_key_subtype *
pgp_public_key_subtype(const struct public_key *pub)
{
	return pgp_is_verify_key(pub) ? &umd_verify_subtype :
					&public_key_subtype;
}

/**
 * pgp_public_key_verify - verify a signature
 * @pub: a key of pgp_public_key_new()
 * @sig: the signature
 * @holds_lock: see struct umd_mgmt_call
 *
 * Return: 0 or an error of either verifier.
 */
int pgp_public_key_verify(const struct public_key *pub,
			  const struct public_key_signature *sig,
			  bool holds_lock)
{
	return pgp_is_verify_key(pub) ?
	       umd_verify_signature(pub, sig, holds_lock) :
	       public_key_verify_signature(pub, sig);
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

	if (!strcmp(pub->pkey_algo, "umd-rsa"))
		return pub->keylen;
	if (strcmp(pub->pkey_algo, "rsa"))
		return 0;
	/*
	 * In the kernel's keys, SEQUENCE and INTEGER have headers of four bytes, and
	 * a zero precedes the modulus, whose first bit is set.
	 */
	return pgp_be16(der + 6) - 1;
}

static struct asymmetric_key_id *pgp_key_id_new(const void *bytes, size_t len)
{
	return asymmetric_key_generate_id(bytes, len, "", 0);
}

/*
 * The third id of a key, of a length that no other id has: what the key may do, when the
 * key was made, by which signatures it is known, and the fingerprint of its primary key.
 */
#define PGP_ORIGIN_LEN (1 + 4 + 4 * 4 + 32)

/**
 * pgp_key_is_ours - whether this module has made a key
 * @key: a key of the asymmetric type; one of another kind may have equal ids
 *
 * Return: true if so.
 */
bool pgp_key_is_ours(const struct key *key)
{
	const struct asymmetric_key_subtype *subtype =
		key->payload.data[asym_subtype];
	const struct public_key *pub = asymmetric_key_public_key(key);

	return (subtype == &public_key_subtype ||
		subtype == &umd_verify_subtype) &&
	       pub && pub->id_type && !strcmp(pub->id_type, PGP_ID_TYPE);
}

/**
 * pgp_key_fingerprint - the fingerprint of a key
 * @key: a key of this module
 *
 * Return: the fingerprint.
 */
struct pgp_fingerprint pgp_key_fingerprint(const struct key *key)
{
	const struct asymmetric_key_id *id = asymmetric_key_ids(key)->id[0];
	struct pgp_fingerprint fingerprint = {
		.len = min_t(size_t, id->len, sizeof(fingerprint.bytes)),
	};

	memcpy(fingerprint.bytes, id->data, fingerprint.len);
	return fingerprint;
}

/**
 * pgp_key_origin - what is kept of a key's certificate
 * @key: a key of this module
 *
 * Return: the origin; all zero for a key that has none.
 */
struct pgp_origin pgp_key_origin(const struct key *key)
{
	const struct asymmetric_key_id *id = asymmetric_key_ids(key)->id[2];
	struct pgp_origin origin = {};

	if (!id || id->len != PGP_ORIGIN_LEN)
		return origin;
	origin.uses = id->data[0];
	origin.created = pgp_be32(id->data + 1);
	origin.said.user_id = pgp_be32(id->data + 5);
	origin.said.direct = pgp_be32(id->data + 9);
	origin.said.binding = pgp_be32(id->data + 13);
	origin.said.id = pgp_be32(id->data + 17);
	/* Keys of a certificate are of one version. */
	origin.primary.len = pgp_key_fingerprint(key).len;
	memcpy(origin.primary.bytes, id->data + 21, 32);
	return origin;
}

static struct asymmetric_key_id *
pgp_origin_id_new(const struct pgp_origin *origin)
{
	u8 bytes[PGP_ORIGIN_LEN] = { origin->uses };

	put_unaligned_be32(origin->created, bytes + 1);
	put_unaligned_be32(origin->said.user_id, bytes + 5);
	put_unaligned_be32(origin->said.direct, bytes + 9);
	put_unaligned_be32(origin->said.binding, bytes + 13);
	put_unaligned_be32(origin->said.id, bytes + 17);
	memcpy(bytes + 21, origin->primary.bytes, 32);
	return pgp_key_id_new(bytes, sizeof(bytes));
}

/**
 * pgp_key_ids_new - make the ids by which a key is found
 * @of: the key's fingerprint
 * @origin: what is kept of its certificate
 *
 * Return: the fingerprint, the key id, and an id that has the origin, which the
 * asymmetric key type frees, or an error.
 */
struct asymmetric_key_ids *pgp_key_ids_new(const struct pgp_fingerprint *of,
					   const struct pgp_origin *origin)
{
	struct asymmetric_key_ids *ids;
	int err;

	ids = kzalloc(sizeof(*ids), GFP_KERNEL);
	if (!ids)
		return ERR_PTR(-ENOMEM);
	ids->id[0] = pgp_key_id_new(of->bytes, of->len);
	if (IS_ERR(ids->id[0])) {
		err = PTR_ERR(ids->id[0]);
		goto err_free_ids;
	}
	ids->id[1] = pgp_key_id_new(pgp_key_id(of), 8);
	if (IS_ERR(ids->id[1])) {
		err = PTR_ERR(ids->id[1]);
		goto err_free_fingerprint;
	}
	ids->id[2] = pgp_origin_id_new(origin);
	if (IS_ERR(ids->id[2])) {
		err = PTR_ERR(ids->id[2]);
		goto err_free_key_id;
	}
	return ids;

err_free_key_id:
	kfree(ids->id[1]);
err_free_fingerprint:
	kfree(ids->id[0]);
err_free_ids:
	kfree(ids);
	return ERR_PTR(err);
}

/**
 * pgp_description_new - make the description of a key
 * @of: the key's fingerprint
 * @user_id: the user id of the certificate, or NULL
 *
 * The fingerprint comes first, so that no user id can pass for a fingerprint.
 * Since terminals show the description, each byte of the user id that is not
 * printable ASCII becomes a question mark.
 *
 * Return: the description, to be freed with kfree(), or NULL.
 */
char *pgp_description_new(const struct pgp_fingerprint *of,
			  const struct pgp_part *user_id)
{
	u32 len = user_id ? min_t(u32, user_id->packet.len, PGP_USER_ID_SIZE) : 0;
	char *text, *at;
	u32 i;

	text = kmalloc(2 * of->len + 1 + len + 1, GFP_KERNEL);
	if (!text)
		return NULL;
	at = text;
	for (i = 0; i < of->len; i++)
		at += sprintf(at, "%02X", of->bytes[i]);
	if (len)
		*at++ = ' ';
	for (i = 0; i < len; i++)
		*at++ = pgp_printable(user_id->packet.body[i]);
	*at = '\0';
	return text;
}
