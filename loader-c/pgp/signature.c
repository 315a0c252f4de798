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
 * SHA-512 (section 5.2.3.2). A point is a byte and two numbers. A short hash can
 * still revoke.
 */
static bool pgp_hash_is_short(const struct public_key *by,
			      const struct umd_pgp_item *sig)
{
	return !pgp_is_revocation(sig) && pgp_is_ecdsa(by) &&
	       pgp_hash_size(sig->hash) < min(by->keylen / 2, 64U);
}

/*
 * ECDSA takes the digest alone, but the kernel wants a name there, and each kernel knows
 * those of SHA-1 and SHA-2.
 */
static const char *pgp_hash_name_for(const struct public_key *by, u8 hash)
{
	if (!pgp_is_ecdsa(by))
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

/* The kernel requires RSA signatures in the length of the modulus. */
static int pgp_convert_rsa(const struct public_key *by,
			   struct pgp_number value, struct pgp_signature *to)
{
	u32 size = pgp_modulus_size(by);

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
	if (!pgp_is_ecdsa(by))
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
	u32 size = by->keylen;

	if (!str_has_prefix(by->pkey_algo, "umd-ed") || r.len > size ||
	    s.len > size)
		return -EKEYREJECTED;
	memcpy(to->value + size - r.len, r.at, r.len);
	memcpy(to->value + 2 * size - s.len, s.at, s.len);
	to->sig.pkey_algo = by->pkey_algo;
	to->sig.encoding = "raw";
	to->sig.s_size = 2 * size;
	return 0;
}

/**
 * pgp_can_verify - whether some key makes signatures of an algorithm
 * @algorithm: a number of section 9.1
 *
 * Return: true if so.
 */
bool pgp_can_verify(u8 algorithm)
{
	return pgp_is_rsa(algorithm) || algorithm == PGP_ECDSA ||
	       algorithm == PGP_EDDSA_LEGACY || algorithm == PGP_ED25519 ||
	       algorithm == PGP_ED448;
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
	return pgp_can_verify(sig->algorithm) && !pgp_hash_is_short(by, sig);
}

/* Puts @packet into the kernel's form for the key @by. */
static int pgp_convert(const struct pgp_packet *packet, const u8 *digest,
		       const struct public_key *by, struct pgp_signature *to)
{
	const struct umd_pgp_item *item = &packet->item;
	struct pgp_number first = pgp_number(packet->body, item->values[0]);
	struct pgp_number second = pgp_number(packet->body, item->values[1]);
	int err;

	if (!pgp_signature_fits(item, by))
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
