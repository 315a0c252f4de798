// SPDX-License-Identifier: GPL-2.0-only
/* Hashes of keys as OpenPGP defines them. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/slab.h>

#include "compat.h"
#include "pgp.h"

#define PGP_MAX_PREFIX 5

/* The prefix of a key's body in a hash (RFC 9580, section 5.2.4). */
static u32 pgp_key_prefix(const u8 *body, u32 len, u8 prefix[PGP_MAX_PREFIX])
{
	if (body[0] == 4) {
		prefix[0] = 0x99;
		put_unaligned_be16(len, prefix + 1);
		return 3;
	}
	prefix[0] = 0x9b;
	put_unaligned_be32(len, prefix + 1);
	return 5;
}

int pgp_hash_init(struct pgp_hash *hash, const char *name)
{
	int err;

	hash->tfm = crypto_alloc_shash(name, 0, 0);
	if (IS_ERR(hash->tfm)) {
		err = PTR_ERR(hash->tfm);
		/* The kernel lacks the algorithm. */
		return err == -ENOENT ? -ENOPKG : err;
	}
	err = -ENOMEM;
	hash->desc = kzalloc(sizeof(*hash->desc) +
			     crypto_shash_descsize(hash->tfm), GFP_KERNEL);
	if (!hash->desc)
		goto err_free_tfm;
	hash->desc->tfm = hash->tfm;
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
	crypto_free_shash(hash->tfm);
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
 * pgp_fingerprint_check - check the fingerprint that the Handler gives
 * @key: the Handler's reply, checked by pgp_key_check()
 * @body: the body of the key's packet in the request's data
 *
 * Return: 0, -EPROTO if the key has another fingerprint, or an error.
 */
int pgp_fingerprint_check(const struct umd_pgp_key *key, const u8 *body)
{
	u8 fingerprint[32];
	int err;

	if (key->version == 4)
		err = pgp_fingerprint_4(body, key->subject.len, fingerprint);
	else
		err = pgp_fingerprint_6(body, key->subject.len, fingerprint);
	if (err)
		return err;
	if (!memcmp(fingerprint, key->fingerprint, key->fingerprint_len))
		return 0;
	pr_err_ratelimited("wrong reply: another fingerprint\n");
	return -EPROTO;
}
