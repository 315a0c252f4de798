// SPDX-License-Identifier: GPL-2.0-only
/* Keys: what a key of the kernel has for its payload. */
#include <linux/bitops.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "verify.h"

/* Bytes of the shortest and of the longest modulus. */
#define VERIFY_MODULUS_MIN	256
#define VERIFY_MODULUS_MAX	UMD_VERIFY_NUMBER_SIZE

/* The length of a modulus in bits, or an error. */
static int verify_rsa_bits(const struct umd_verify_params *params)
{
	const u8 *modulus = params->key;
	u32 len = params->key_len;

	if (!len || !modulus[0])
		return -EINVAL;
	/* A factor, and a power of two more. */
	if (!(modulus[len - 1] & 1) || !(params->exponent & 1) ||
	    params->exponent == 1)
		return -EKEYREJECTED;
	if (len < VERIFY_MODULUS_MIN || len > VERIFY_MODULUS_MAX ||
	    (len == VERIFY_MODULUS_MIN && !(modulus[0] & 0x80)))
		return -ENOPKG;
	return 8 * (len - 1) + fls(modulus[0]);
}

/* The length of a key in bits, or an error. */
static int verify_bits(const struct verify_algorithm *algorithm,
		       const struct umd_verify_params *params)
{
	if (algorithm->family == VERIFY_RSA)
		return verify_rsa_bits(params);
	if (params->key_len != algorithm->key_len || params->exponent)
		return -EINVAL;
	return algorithm->bits;
}

static struct verify_key *verify_key_alloc(const struct umd_verify_params *params)
{
	size_t id_size = strlen(params->id_type) + 1;
	struct verify_key *key;

	key = kzalloc(struct_size(key, id_type, id_size), GFP_KERNEL);
	if (!key)
		return NULL;
	key->pub.key = kmemdup(params->key, params->key_len, GFP_KERNEL);
	if (!key->pub.key) {
		kfree(key);
		return NULL;
	}
	key->pub.keylen = params->key_len;
	memcpy(key->id_type, params->id_type, id_size);
	key->pub.id_type = key->id_type;
	key->pub.algo = OID__NR;
	return key;
}

/**
 * umd_verify_key_free - free what umd_verify_key_new() has made
 * @pub: the payload, or NULL
 */
void umd_verify_key_free(struct public_key *pub)
{
	if (!pub)
		return;
	kfree(pub->key);
	kfree(verify_key_of(pub));
}
EXPORT_SYMBOL_GPL(umd_verify_key_free);

/**
 * umd_verify_key_new - make the payload of an asymmetric key
 * @params: the key's numbers, which are copied
 *
 * The Handler looks at the numbers. So its Loader is there before the key is: the
 * kernel verifies signatures while a keyring is locked.
 *
 * Context: as for umd_verify_signature().
 * Return: the payload of a key of &umd_verify_subtype, to be freed with
 * umd_verify_key_free() unless a key takes it over; or an error: -ENOPKG if the
 * algorithm or the length is not supported, or is off; -EINVAL if the lengths do not
 * fit the algorithm; -EKEYREJECTED if the numbers are no key, such as no point of the
 * curve; -ENOMEM; -EPROTO, or another error of umd_mgmt_call().
 */
struct public_key *umd_verify_key_new(const struct umd_verify_params *params)
{
	const struct verify_algorithm *algorithm;
	struct verify_key *key;
	int bits, err;

	algorithm = verify_algorithm_of(params->algorithm);
	if (!algorithm || !verify_is_on(algorithm))
		return ERR_PTR(-ENOPKG);
	bits = verify_bits(algorithm, params);
	if (bits < 0)
		return ERR_PTR(bits);
	key = verify_key_alloc(params);
	if (!key)
		return ERR_PTR(-ENOMEM);
	key->algorithm = algorithm;
	key->exponent = params->exponent;
	key->bits = bits;
	key->pub.pkey_algo = algorithm->pkey_algo;
	err = verify_ask_key(key, params->holds_lock);
	if (!err)
		return &key->pub;
	umd_verify_key_free(&key->pub);
	return ERR_PTR(err);
}
EXPORT_SYMBOL_GPL(umd_verify_key_new);

/**
 * verify_signature_len - the length of a key's signatures for the Handler
 * @key: the key
 *
 * Return: the length in bytes.
 */
u32 verify_signature_len(const struct verify_key *key)
{
	return key->algorithm->signature_len ?: key->pub.keylen;
}

/**
 * verify_signature_max - the most bytes that a key's signatures have
 * @key: the key
 * @encoding: how they are encoded
 *
 * Return: the length in bytes.
 */
u32 verify_signature_max(const struct verify_key *key,
			 enum verify_encoding encoding)
{
	u32 len = verify_signature_len(key);

	if (encoding != VERIFY_ENCODING_DER)
		return len;
	/* Three bytes before the pair; two and a zero before each number. */
	return 3 + 2 * 3 + len;
}
