// SPDX-License-Identifier: GPL-2.0-only
/* Verifies signatures with the kernel's public key code, or by verify_mgr.ko. */
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "compat.h"
#include "pgp.h"

/* RSA of 8192 bits. */
#define PGP_VALUE_SIZE 1024
/* Half of a signature. */
#define PGP_ED25519_SIZE 32

/* A single object from kmalloc(): the kernel makes scatter lists of the parts. */
struct pgp_signature {
	struct public_key_signature sig;
	u8 digest[PGP_DIGEST_SIZE];
	u8 value[PGP_VALUE_SIZE];
};

/*
 * Reduces what the kernel says of a false signature to one error. Others say nothing of
 * the signature: a revocation that could not be looked at must not count as false.
 */
static int pgp_verdict(int err)
{
	switch (err) {
	case -ENOENT:
		/* The kernel lacks the algorithm. */
		return -ENOPKG;
	case -EBADMSG:
	case -EINVAL:
	case -EOVERFLOW:
	case -E2BIG:
		return -EKEYREJECTED;
	}
	return err;
}

/* Of the kernel, or of verify_mgr.ko, whose other names tell the algorithm. */
static bool pgp_is_ecdsa(const struct public_key *by)
{
	return str_has_prefix(by->pkey_algo, "ecdsa") ||
	       str_has_prefix(by->pkey_algo, "umd-p") ||
	       str_has_prefix(by->pkey_algo, "umd-brainpool");
}

static bool pgp_is_revocation(const struct umd_pgp_item *sig)
{
	return sig->kind == PGP_KEY_REVOCATION ||
	       sig->kind == PGP_SUBKEY_REVOCATION ||
	       sig->kind == PGP_CERT_REVOCATION;
}

/*
 * With ECDSA, the hash is at least as long as the curve's numbers; P-521 takes
 * SHA-512 (section 5.2.3.2). A point is a byte and two numbers, of @size bytes each. A
 * short hash can still revoke.
 */
static bool pgp_hash_is_short(const struct umd_pgp_item *sig, u32 size)
{
	return !pgp_is_revocation(sig) && sig->algorithm == PGP_ECDSA &&
	       pgp_hash_size(sig->hash) < min(size, 64U);
}

/*
 * ECDSA takes the digest alone, but the kernel wants a name there, and each kernel knows
 * those of SHA-1 and SHA-2.
 */
static const char *pgp_hash_name_for(const struct public_key *by, u8 hash)
{
	if (!by || !pgp_is_ecdsa(by))
		return pgp_hash_name(hash);
	switch (hash) {
	case PGP_RIPEMD160:
		return pgp_hash_name(PGP_SHA1);
	case PGP_SHA3_256:
		return pgp_hash_name(PGP_SHA256);
	case PGP_SHA3_512:
		return pgp_hash_name(PGP_SHA512);
	}
	return pgp_hash_name(hash);
}

/*
 * The kernel requires RSA signatures in the length of the modulus. Of a modulus that is
 * not known, the length is taken for the next multiple of four bytes: the first four of a
 * signature are zero once in four billion signatures.
 */
static int pgp_convert_rsa(const struct public_key *by,
			   struct pgp_number value, struct pgp_signature *to)
{
	u32 size = by ? pgp_modulus_size(by) : round_up(value.len, 4);

	if (!size)
		return -EKEYREJECTED;
	if (value.len > size || size > sizeof(to->value))
		return -EKEYREJECTED;
	memcpy(to->value + size - value.len, value.at, value.len);
	to->sig.pkey_algo = "rsa";
	to->sig.encoding = "pkcs1";
	to->sig.s_size = size;
	return 0;
}

static int pgp_convert_ecdsa(const struct public_key *by, struct pgp_number r,
			     struct pgp_number s, struct pgp_signature *to)
{
	if (by && !pgp_is_ecdsa(by))
		return -EKEYREJECTED;
	to->sig.s_size = pgp_der_pair(r, s, to->value, sizeof(to->value));
	to->sig.pkey_algo = "ecdsa";
	to->sig.encoding = "x962";
	return to->sig.s_size ? 0 : -EKEYREJECTED;
}

/* R and S, each in its full length: legacy EdDSA has them as numbers. */
static int pgp_convert_eddsa(const struct public_key *by, struct pgp_number r,
			     struct pgp_number s, struct pgp_signature *to)
{
	u32 size = by ? by->keylen : PGP_ED25519_SIZE;

	if ((by && !str_has_prefix(by->pkey_algo, "umd-ed")) || r.len > size ||
	    s.len > size)
		return -EKEYREJECTED;
	memcpy(to->value + size - r.len, r.at, r.len);
	memcpy(to->value + 2 * size - s.len, s.at, s.len);
	to->sig.pkey_algo = by ? by->pkey_algo : "umd-ed25519";
	to->sig.encoding = "raw";
	to->sig.s_size = 2 * size;
	return 0;
}

/**
 * pgp_may_be_by - whether a key makes signatures of that algorithm
 * @sig: the signature
 * @by: the public key
 *
 * Return: true if so.
 */
bool pgp_may_be_by(const struct umd_pgp_item *sig, const struct public_key *by)
{
	if (pgp_is_rsa(sig->algorithm))
		return pgp_modulus_size(by);
	if (sig->algorithm == PGP_ECDSA)
		return pgp_is_ecdsa(by);
	return (sig->algorithm == PGP_EDDSA_LEGACY ||
		sig->algorithm == PGP_ED25519 ||
		sig->algorithm == PGP_ED448) &&
	       str_has_prefix(by->pkey_algo, "umd-ed");
}

/**
 * pgp_can_verify - whether some key makes signatures of an algorithm that is on
 * @algorithm: a number of section 9.1
 *
 * Return: true if so.
 */
bool pgp_can_verify(u8 algorithm)
{
	if (pgp_is_rsa(algorithm))
		return READ_ONCE(pgp_rsa_is_on);
	switch (algorithm) {
	case PGP_ECDSA:
		return READ_ONCE(pgp_ecdsa_is_on);
	case PGP_EDDSA_LEGACY:
	case PGP_ED25519:
	case PGP_ED448:
		return READ_ONCE(pgp_eddsa_is_on);
	}
	return false;
}

/**
 * pgp_signature_fits - whether a key may have made a signature by that hash
 * @sig: the signature
 * @by: the public key
 *
 * Return: true if so.
 */
bool pgp_signature_fits(const struct umd_pgp_item *sig,
			const struct public_key *by)
{
	return pgp_can_verify(sig->algorithm) &&
	       !pgp_hash_is_short(sig, by->keylen / 2);
}

/*
 * Puts @packet into the kernel's form for the key @by, or, if that is NULL, for a key that
 * is not known.
 */
static int pgp_convert(const struct pgp_packet *packet, const u8 *digest,
		       const struct public_key *by, struct pgp_signature *to)
{
	const struct umd_pgp_item *item = &packet->item;
	struct pgp_number first = pgp_number(packet->body, item->values[0]);
	struct pgp_number second = pgp_number(packet->body, item->values[1]);
	int err;

	if (!pgp_can_verify(item->algorithm) ||
	    pgp_hash_is_short(item, by ? by->keylen / 2 : max(first.len, second.len)))
		return -ENOPKG;
	if (pgp_is_rsa(item->algorithm))
		err = pgp_convert_rsa(by, first, to);
	else if (item->algorithm == PGP_ECDSA)
		err = pgp_convert_ecdsa(by, first, second, to);
	else
		err = pgp_convert_eddsa(by, first, second, to);
	if (err)
		return err;
	to->sig.s = to->value;
	to->sig.hash_algo = pgp_hash_name_for(by, item->hash);
	memcpy(to->digest, digest, pgp_hash_size(item->hash));
	pgp_set_digest(&to->sig, to->digest, pgp_hash_size(item->hash));
	return 0;
}

/**
 * pgp_signature_verify - verify a signature
 * @job: the operation, whose bounds count
 * @sig: the signature
 * @digest: the digest from pgp_hash_end()
 * @by: the public key that should have made the signature
 *
 * Return: 0, -EKEYREJECTED if the signature is false, -ENOPKG if this kernel
 * lacks the algorithm, -ENOMEM, -E2BIG after too many verifications, or -ETIMEDOUT.
 */
int pgp_signature_verify(struct pgp_job *job, const struct pgp_packet *sig,
			 u8 *digest, const struct public_key *by)
{
	unsigned long began = jiffies;
	struct pgp_signature *to;
	int err;

	if (job->verifications >= PGP_MAX_VERIFICATIONS)
		return -E2BIG;
	err = pgp_job_check(job);
	if (err)
		return err;
	to = kzalloc(sizeof(*to), GFP_KERNEL);
	if (!to)
		return -ENOMEM;
	err = pgp_convert(sig, digest, by, to);
	if (!err) {
		err = pgp_verdict(pgp_public_key_verify(by, &to->sig,
							job->holds_lock));
		job->verifications++;
	}
	kfree(to);
	pgp_job_spend(job, began);
	return err;
}

/*
 * A signature that the kernel keeps beside a key. The key may outlive this module, and the
 * strings with it: public_key_signature_free() does not free the strings, but frees
 * @sig, which is at the start of the structure.
 */
struct pgp_auth {
	struct public_key_signature sig;
	char algorithm[16];
	char encoding[8];
	char hash[16];
};

static_assert(!offsetof(struct pgp_auth, sig));

static int pgp_auth_fill(struct pgp_auth *auth, const struct pgp_signature *of,
			 u32 digest_size)
{
	u8 *digest;

	auth->sig.s = kmemdup(of->value, of->sig.s_size, GFP_KERNEL);
	auth->sig.s_size = of->sig.s_size;
	digest = kmemdup(of->digest, digest_size, GFP_KERNEL);
	if (!auth->sig.s || !digest) {
		kfree(digest);
		return -ENOMEM;
	}
	pgp_give_digest(&auth->sig, digest, digest_size);
	strscpy(auth->algorithm, of->sig.pkey_algo, sizeof(auth->algorithm));
	strscpy(auth->encoding, of->sig.encoding, sizeof(auth->encoding));
	strscpy(auth->hash, of->sig.hash_algo, sizeof(auth->hash));
	auth->sig.encoding = auth->encoding;
	auth->sig.hash_algo = auth->hash;
	return 0;
}

/**
 * pgp_auth_new - make a signature that a key carries
 * @sig: the signature
 * @digest: the digest from pgp_hash_end()
 * @by: the public key that should have made the signature, or NULL if it is not known
 * @auth: gets the signature, to be freed with public_key_signature_free()
 *
 * Return: 0, -ENOMEM, or an error as pgp_signature_verify() has it.
 */
int pgp_auth_new(const struct pgp_packet *sig, const u8 *digest,
		 const struct public_key *by,
		 struct public_key_signature **auth)
{
	struct pgp_auth *new = kzalloc(sizeof(*new), GFP_KERNEL);
	struct pgp_signature *to = kzalloc(sizeof(*to), GFP_KERNEL);
	int err = -ENOMEM;

	if (to && new)
		err = pgp_convert(sig, digest, by, to);
	if (!err)
		err = pgp_auth_fill(new, to, pgp_hash_size(sig->item.hash));
	/*
	 * ECDSA and RSA have other names in verify_mgr.ko, which the kernel would compare
	 * with that of the key.
	 */
	if (!err && str_has_prefix(new->algorithm, "umd-"))
		new->sig.pkey_algo = new->algorithm;
	kfree(to);
	if (err) {
		public_key_signature_free(new ? &new->sig : NULL);
		return err;
	}
	*auth = &new->sig;
	return 0;
}

/**
 * pgp_auth_name - name the key that should have made a signature
 * @auth: the signature, of pgp_auth_new()
 * @issuer: the key's fingerprint
 *
 * The kernel wants both ids of a key to be equal, which those of other kinds of keys are
 * not: an X.509 certificate has 20 bytes for an id of the key, but not 8 for another one.
 *
 * Return: 0 or -ENOMEM.
 */
int pgp_auth_name(struct public_key_signature *auth,
		  const struct pgp_fingerprint *issuer)
{
	struct asymmetric_key_id *id;

	id = asymmetric_key_generate_id(issuer->bytes, issuer->len, "", 0);
	if (IS_ERR(id))
		return PTR_ERR(id);
	auth->auth_ids[0] = id;
	id = asymmetric_key_generate_id(pgp_key_id(issuer), 8, "", 0);
	if (IS_ERR(id))
		return PTR_ERR(id);
	auth->auth_ids[1] = id;
	return 0;
}
