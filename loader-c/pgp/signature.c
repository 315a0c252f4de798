// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hashes the kernel's own copy of signed data, and verifies signatures with
 * the kernel's public key code.
 */
#include <linux/err.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "compat.h"
#include "pgp.h"

#define PGP_HASH_PIECE (64U << 10)

/* A single object from kmalloc(): the kernel makes scatter lists of the parts. */
struct pgp_signature {
	struct public_key_signature sig;
	u8 digest[64];
	u8 value[UMD_PGP_VALUE_SIZE];
};

/* The hashes that are accepted: neither SHA-1 nor MD5. */
static const char *pgp_hash_name(u8 hash)
{
	switch (hash) {
	case PGP_SHA256:
		return "sha256";
	case PGP_SHA384:
		return "sha384";
	case PGP_SHA512:
		return "sha512";
	}
	return NULL;
}

static u32 pgp_hash_size(u8 hash)
{
	return hash == PGP_SHA256 ? 32 : hash == PGP_SHA384 ? 48 : 64;
}

/* Begins a hash with the salt. */
static int pgp_hash_begin(struct pgp_hash *hash,
			  const struct umd_pgp_signature *sig)
{
	const char *name = pgp_hash_name(sig->hash);
	int err;

	if (!name)
		return -ENOPKG;
	err = pgp_hash_init(hash, name);
	if (err)
		return err;
	err = crypto_shash_update(hash->desc, sig->salt, sig->salt_len);
	if (err)
		pgp_hash_free(hash);
	return err;
}

/* Ends a hash with the hashed part of the signature, unless @err is set. */
static int pgp_hash_end(struct pgp_hash *hash,
			const struct umd_pgp_signature *sig, const u8 *sig_data,
			int err, u8 *digest)
{
	if (!err)
		err = crypto_shash_update(hash->desc,
					  sig_data + sig->hashed.offset,
					  sig->hashed.len);
	if (!err)
		err = crypto_shash_update(hash->desc, sig->trailer,
					  sig->trailer_len);
	if (!err)
		err = crypto_shash_final(hash->desc, digest);
	pgp_hash_free(hash);
	/* The first bytes show early that the signature is on another hash. */
	if (!err && memcmp(digest, sig->left, sizeof(sig->left)))
		err = -EKEYREJECTED;
	return err;
}

/* In pieces: a length is an unsigned int there, and a long hash takes time. */
static int pgp_hash_add_document(struct pgp_hash *hash, const u8 *at,
				 size_t len)
{
	unsigned int piece;
	int err;

	for (; len; at += piece, len -= piece) {
		piece = min_t(size_t, len, PGP_HASH_PIECE);
		err = crypto_shash_update(hash->desc, at, piece);
		if (err)
			return err;
		cond_resched();
	}
	return 0;
}

/**
 * pgp_document_hash - hash a document
 * @sig: the signature, checked by pgp_signature_check()
 * @sig_data: the data of the request for @sig
 * @document: the document
 * @len: length of the document in bytes
 * @digest: room for 64 bytes
 *
 * Return: 0, -EKEYREJECTED if the signature is on something else, -ENOPKG if
 * the hash is not accepted or not in this kernel, or an error.
 */
int pgp_document_hash(const struct umd_pgp_signature *sig, const u8 *sig_data,
		      const void *document, size_t len, u8 *digest)
{
	struct pgp_hash hash;
	int err;

	err = pgp_hash_begin(&hash, sig);
	if (err)
		return err;
	err = pgp_hash_add_document(&hash, document, len);
	return pgp_hash_end(&hash, sig, sig_data, err, digest);
}

static int pgp_hash_add_user_id(struct pgp_hash *hash, const u8 *id, u32 len)
{
	u8 prefix[5] = { 0xb4 };
	int err;

	put_unaligned_be32(len, prefix + 1);
	err = crypto_shash_update(hash->desc, prefix, sizeof(prefix));
	return err ?: crypto_shash_update(hash->desc, id, len);
}

/**
 * pgp_binding_hash - hash the data of a key's binding or back signature
 * @sig: the signature, a part of @key
 * @key: the Handler's reply on the key, checked by pgp_key_check()
 * @data: the data of the request for @key
 * @digest: room for 64 bytes
 *
 * Return: see pgp_document_hash().
 */
int pgp_binding_hash(const struct umd_pgp_signature *sig,
		     const struct umd_pgp_key *key, const u8 *data, u8 *digest)
{
	struct pgp_hash hash;
	int err;

	err = pgp_hash_begin(&hash, sig);
	if (err)
		return err;
	err = pgp_hash_key(&hash, data + key->primary.offset, key->primary.len);
	if (!err && !(key->flags & UMD_PGP_KEY_PRIMARY))
		err = pgp_hash_key(&hash, data + key->subject.offset,
				   key->subject.len);
	if (!err && pgp_is_certification(sig->kind))
		err = pgp_hash_add_user_id(&hash, data + key->certified.offset,
					   key->certified.len);
	return pgp_hash_end(&hash, sig, data, err, digest);
}

/* Reduces the kernel's errors for a signature to a few. */
static int pgp_verdict(int err)
{
	switch (err) {
	case 0:
	case -ENOMEM:
	case -ENOPKG:
	case -EKEYREJECTED:
		return err;
	case -ENOENT:
		/* The kernel lacks the algorithm. */
		return -ENOPKG;
	}
	return -EKEYREJECTED;
}

/*
 * With ECDSA, the hash is at least as long as the curve's numbers; P-521 takes
 * SHA-512 (RFC 9580, section 5.2.3.2). A point is a byte and two numbers.
 */
static bool pgp_hash_is_short(const struct public_key *by, u8 hash)
{
	return str_has_prefix(by->pkey_algo, "ecdsa") &&
	       pgp_hash_size(hash) < min(by->keylen / 2, 64U);
}

/* Puts @sig into the kernel's form for the key @by. */
static int pgp_signature_convert(const struct umd_pgp_signature *sig,
				 const u8 *digest, const struct public_key *by,
				 struct pgp_signature *to)
{
	u32 size = sig->value_len;

	if (!size)
		return -ENOPKG;
	if (pgp_is_rsa(sig->algorithm)) {
		size = pgp_modulus_size(by);
		to->sig.pkey_algo = "rsa";
		to->sig.encoding = "pkcs1";
	} else if (sig->algorithm == PGP_ECDSA) {
		to->sig.pkey_algo = "ecdsa";
		to->sig.encoding = "x962";
	} else {
		return -ENOPKG;
	}
	if (pgp_hash_is_short(by, sig->hash))
		return -ENOPKG;
	if (size < sig->value_len || size > sizeof(to->value))
		return -EKEYREJECTED;
	/* The kernel requires RSA signatures in the length of the modulus. */
	memcpy(to->value + size - sig->value_len, sig->value, sig->value_len);
	to->sig.s = to->value;
	to->sig.s_size = size;
	to->sig.hash_algo = pgp_hash_name(sig->hash);
	memcpy(to->digest, digest, pgp_hash_size(sig->hash));
	pgp_set_digest(&to->sig, to->digest, pgp_hash_size(sig->hash));
	return 0;
}

/**
 * pgp_signature_verify - verify a signature
 * @sig: the signature
 * @digest: the digest from pgp_document_hash() or pgp_binding_hash()
 * @by: the public key that should have made the signature
 * @key: the key that has @by, or NULL if no key has @by yet
 *
 * Return: 0, -EKEYREJECTED if the signature is false, -ENOPKG if this kernel
 * lacks the algorithm, or -ENOMEM.
 */
int pgp_signature_verify(const struct umd_pgp_signature *sig, u8 *digest,
			 const struct public_key *by, const struct key *key)
{
	struct pgp_signature *to;
	int err;

	if (sig->flags & UMD_PGP_SIGNATURE_UNUSABLE)
		return -EKEYREJECTED;
	to = kzalloc(sizeof(*to), GFP_KERNEL);
	if (!to)
		return -ENOMEM;
	err = pgp_signature_convert(sig, digest, by, to);
	if (!err && key)
		err = pgp_verdict(verify_signature(key, &to->sig));
	else if (!err)
		err = pgp_verdict(public_key_verify_signature(by, &to->sig));
	kfree(to);
	return err;
}
