// SPDX-License-Identifier: GPL-2.0-only
/* Hashes of keys, user ids and documents as OpenPGP defines them. */
#include <linux/err.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "compat.h"
#include "pgp.h"

#define PGP_MAX_PREFIX 5
#define PGP_HASH_PIECE (64U << 10)

/**
 * pgp_hash_name - the kernel's name of a hash
 * @hash: a number of section 9.5
 *
 * Return: the name, or NULL: nothing is verified by that hash.
 */
const char *pgp_hash_name(u8 hash)
{
	switch (hash) {
	case PGP_SHA1:
		return "sha1";
	case PGP_RIPEMD160:
		return "rmd160";
	case PGP_SHA256:
		return "sha256";
	case PGP_SHA384:
		return "sha384";
	case PGP_SHA512:
		return "sha512";
	case PGP_SHA224:
		return "sha224";
	case PGP_SHA3_256:
		return "sha3-256";
	case PGP_SHA3_512:
		return "sha3-512";
	}
	return NULL;
}

/**
 * pgp_hash_is_strong - whether a hash binds keys and signs documents
 * @hash: a number of section 9.5
 *
 * The others can only revoke.
 *
 * Return: true if so.
 */
bool pgp_hash_is_strong(u8 hash)
{
	return hash == PGP_SHA256 || hash == PGP_SHA384 || hash == PGP_SHA512;
}

u32 pgp_hash_size(u8 hash)
{
	switch (hash) {
	case PGP_SHA224:
		return 28;
	case PGP_SHA256:
	case PGP_SHA3_256:
		return 32;
	case PGP_SHA384:
		return 48;
	case PGP_SHA512:
	case PGP_SHA3_512:
		return 64;
	}
	return 20;
}

/* The prefix of a key's body in a hash (section 5.2.4). */
static u32 pgp_key_prefix(const u8 *body, u32 len, u8 prefix[PGP_MAX_PREFIX])
{
	if (body[0] == 6) {
		prefix[0] = 0x9b;
		put_unaligned_be32(len, prefix + 1);
		return 5;
	}
	prefix[0] = 0x99;
	put_unaligned_be16(len, prefix + 1);
	return 3;
}

/* The state of a hash by @hash->tfm. */
static int pgp_hash_alloc(struct pgp_hash *hash)
{
	hash->desc = kzalloc(sizeof(*hash->desc) +
			     crypto_shash_descsize(hash->tfm), GFP_KERNEL);
	if (!hash->desc)
		return -ENOMEM;
	hash->desc->tfm = hash->tfm;
	return 0;
}

int pgp_hash_init(struct pgp_hash *hash, const char *name)
{
	int err;

	hash->is_copy = false;
	hash->tfm = crypto_alloc_shash(name, 0, 0);
	if (IS_ERR(hash->tfm)) {
		err = PTR_ERR(hash->tfm);
		/* The kernel lacks the algorithm. */
		return err == -ENOENT ? -ENOPKG : err;
	}
	err = pgp_hash_alloc(hash);
	if (err)
		goto err_free_tfm;
	err = crypto_shash_init(hash->desc);
	if (err)
		goto err_free_desc;
	return 0;

err_free_desc:
	kfree_sensitive(hash->desc);
err_free_tfm:
	crypto_free_shash(hash->tfm);
	return err;
}

void pgp_hash_free(struct pgp_hash *hash)
{
	kfree_sensitive(hash->desc);
	if (!hash->is_copy)
		crypto_free_shash(hash->tfm);
}

static int pgp_hash_move(struct pgp_hash *to, const struct pgp_hash *from)
{
	void *state;
	int err;

	state = kmalloc(crypto_shash_statesize(from->tfm), GFP_KERNEL);
	if (!state)
		return -ENOMEM;
	err = crypto_shash_export(from->desc, state) ?:
	      crypto_shash_import(to->desc, state);
	kfree_sensitive(state);
	return err;
}

/**
 * pgp_hash_copy - copy a hash
 * @copy: gets the copy, to be freed before @of
 * @of: the hash
 *
 * The form of a hash's state is that of its driver: both have the same one.
 *
 * Return: 0 or a negative errno.
 */
int pgp_hash_copy(struct pgp_hash *copy, const struct pgp_hash *of)
{
	int err;

	copy->tfm = of->tfm;
	copy->is_copy = true;
	err = pgp_hash_alloc(copy);
	if (err)
		return err;
	err = pgp_hash_move(copy, of);
	if (err)
		pgp_hash_free(copy);
	return err;
}

/**
 * pgp_hash_bytes - add bytes to a hash
 * @hash: the hash
 * @at: the bytes
 * @len: how many there are
 *
 * In pieces: a length is an unsigned int there, and a long hash takes time.
 *
 * Return: 0, -EINTR if the task is being killed, or another error.
 */
int pgp_hash_bytes(struct pgp_hash *hash, const u8 *at, size_t len)
{
	unsigned int piece;
	int err;

	for (; len; at += piece, len -= piece) {
		piece = min_t(size_t, len, PGP_HASH_PIECE);
		err = crypto_shash_update(hash->desc, at, piece) ?:
		      pgp_job_pause();
		if (err)
			return err;
	}
	return 0;
}

/* Adds a key to a hash. */
int pgp_hash_key(struct pgp_hash *hash, const u8 *body, u32 len)
{
	u8 prefix[PGP_MAX_PREFIX];
	int err;

	err = crypto_shash_update(hash->desc, prefix,
				  pgp_key_prefix(body, len, prefix));
	return err ?: crypto_shash_update(hash->desc, body, len);
}

/* Adds a user id or an attribute to a hash. */
int pgp_hash_user_id(struct pgp_hash *hash, const struct pgp_packet *id)
{
	u8 prefix[5] = { id->tag == PGP_TAG_USER_ID ? 0xb4 : 0xd1 };
	int err;

	put_unaligned_be32(id->len, prefix + 1);
	err = crypto_shash_update(hash->desc, prefix, sizeof(prefix));
	return err ?: pgp_hash_bytes(hash, id->body, id->len);
}

/**
 * pgp_hash_begin - begin the hash of a signature, with its salt
 * @hash: gets the hash
 * @sig: the signature
 *
 * Return: 0, -ENOPKG if the hash is not accepted or not in this kernel, or an error.
 */
int pgp_hash_begin(struct pgp_hash *hash, const struct pgp_packet *sig)
{
	const char *name = pgp_hash_name(sig->item.hash);
	int err;

	if (!name)
		return -ENOPKG;
	err = pgp_hash_init(hash, name);
	if (err)
		return err;
	err = crypto_shash_update(hash->desc, sig->body + sig->item.salt.offset,
				  sig->item.salt.len);
	if (err)
		pgp_hash_free(hash);
	return err;
}

/* Version, 0xff, length of the hashed part (section 5.2.4); version 3 has none. */
static int pgp_hash_trailer(struct pgp_hash *hash, const struct pgp_packet *sig)
{
	u8 trailer[6] = { sig->item.version, 0xff };

	if (sig->item.version == 3)
		return 0;
	put_unaligned_be32(sig->item.hashed.len, trailer + 2);
	return crypto_shash_update(hash->desc, trailer, sizeof(trailer));
}

/**
 * pgp_hash_end - end a hash with the hashed part of the signature, and free it
 * @hash: the hash
 * @sig: the signature
 * @err: an error from before, or 0
 * @digest: room for %PGP_DIGEST_SIZE bytes
 *
 * Return: @err; or 0; -EKEYREJECTED if the signature is on something else; or an
 * error.
 */
int pgp_hash_end(struct pgp_hash *hash, const struct pgp_packet *sig, int err,
		 u8 *digest)
{
	const struct umd_pgp_item *item = &sig->item;

	if (!err)
		err = crypto_shash_update(hash->desc,
					  sig->body + item->hashed.offset,
					  item->hashed.len);
	if (!err)
		err = pgp_hash_trailer(hash, sig);
	if (!err)
		err = crypto_shash_final(hash->desc, digest);
	pgp_hash_free(hash);
	/* The first bytes show early that the signature is on another hash. */
	if (!err && memcmp(digest, sig->body + item->left.offset, 2))
		err = -EKEYREJECTED;
	return err;
}

/* Section 5.5.4.2 */
static int pgp_fingerprint_4(const u8 *body, u32 len, u8 *out)
{
	u8 *all = kvmalloc(PGP_MAX_PREFIX + len, GFP_KERNEL);
	u32 prefix_len;

	if (!all)
		return -ENOMEM;
	prefix_len = pgp_key_prefix(body, len, all);
	memcpy(all + prefix_len, body, len);
	pgp_sha1(all, prefix_len + len, out);
	kvfree(all);
	return 0;
}

/* Section 5.5.4.3 */
static int pgp_fingerprint_6(const u8 *body, u32 len, u8 *out)
{
	struct pgp_hash hash;
	int err;

	err = pgp_hash_init(&hash, "sha256");
	if (err)
		return err;
	err = pgp_hash_key(&hash, body, len);
	if (!err)
		err = crypto_shash_final(hash.desc, out);
	pgp_hash_free(&hash);
	return err;
}

/**
 * pgp_fingerprint - compute the fingerprint of a key
 * @body: the body of the key's packet
 * @len: its length, %PGP_BODY_HEAD to %PGP_BODY_MAX
 * @to: gets the fingerprint
 *
 * Return: 0, -ENOMEM, or an error of the kernel's SHA-256.
 */
int pgp_fingerprint(const u8 *body, u32 len, struct pgp_fingerprint *to)
{
	to->len = pgp_fingerprint_len(body[0]);
	if (body[0] == 6)
		return pgp_fingerprint_6(body, len, to->bytes);
	return pgp_fingerprint_4(body, len, to->bytes);
}

/* The 8 bytes of the key id (section 5.5.4). */
const u8 *pgp_key_id(const struct pgp_fingerprint *of)
{
	return of->len == 20 ? of->bytes + 12 : of->bytes;
}
