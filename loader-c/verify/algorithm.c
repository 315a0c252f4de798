// SPDX-License-Identifier: GPL-2.0-only
/* The algorithms, and the names that the kernel has for what belongs to them. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "verify.h"

/* The algorithms that a Handler has. */
static const struct verify_algorithm verify_algorithms[] = {
	{ &verify_mgmt, UMD_VERIFY_ED25519, VERIFY_EDDSA,
	  "ed25519", "umd-ed25519", "ed25519", 256, 32, 64 },
	{ &verify_ec_mgmt, UMD_VERIFY_P256, VERIFY_ECDSA,
	  "p256", "umd-p256", "ecdsa", 256, 64, 64 },
	{ &verify_ec_mgmt, UMD_VERIFY_P384, VERIFY_ECDSA,
	  "p384", "umd-p384", "ecdsa", 384, 96, 96 },
	{ &verify_ec_mgmt, UMD_VERIFY_P521, VERIFY_ECDSA,
	  "p521", "umd-p521", "ecdsa", 521, 132, 132 },
	{ &verify_rsa_mgmt, UMD_VERIFY_RSA, VERIFY_RSA,
	  "rsa", "umd-rsa", "rsa", 0, 0, 0 },
};

/* A bit for the number of each algorithm that is on. */
static unsigned long verify_on = ~0UL;

static_assert(UMD_VERIFY_ALGORITHMS <= BITS_PER_LONG);

/**
 * verify_algorithm_of - find an algorithm
 * @number: its number in requests
 *
 * Return: the algorithm, or NULL.
 */
const struct verify_algorithm *verify_algorithm_of(u32 number)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(verify_algorithms); i++)
		if (verify_algorithms[i].number == number)
			return &verify_algorithms[i];
	return NULL;
}

/**
 * verify_is_on - whether the administrator wants an algorithm
 * @algorithm: the algorithm
 *
 * Return: true if so.
 */
bool verify_is_on(const struct verify_algorithm *algorithm)
{
	return READ_ONCE(verify_on) & BIT(algorithm->number);
}

/* The bit of an algorithm, or 0 if there is none of that name. */
static unsigned long verify_bit_of(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(verify_algorithms); i++)
		if (!strcmp(verify_algorithms[i].name, name))
			return BIT(verify_algorithms[i].number);
	return 0;
}

/* Names with commas between them; none is a list, too. */
static int verify_algorithms_set(const char *text,
				 const struct kernel_param *param)
{
	unsigned long on = 0, bit;
	char *copy, *rest, *name;
	int err = 0;

	copy = kstrdup(text, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	rest = strim(copy);
	if (!*rest)
		rest = NULL;
	while (!err && (name = strsep(&rest, ","))) {
		bit = verify_bit_of(name);
		on |= bit;
		if (bit)
			continue;
		pr_err("no algorithm is named '%s'\n", name);
		err = -EINVAL;
	}
	if (!err)
		WRITE_ONCE(verify_on, on);
	kfree(copy);
	return err;
}

static int verify_algorithms_get(char *text, const struct kernel_param *param)
{
	const char *comma = "";
	int len = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(verify_algorithms); i++) {
		if (!verify_is_on(&verify_algorithms[i]))
			continue;
		len += scnprintf(text + len, PAGE_SIZE - len, "%s%s", comma,
				 verify_algorithms[i].name);
		comma = ",";
	}
	return len + scnprintf(text + len, PAGE_SIZE - len, "\n");
}

const struct kernel_param_ops verify_algorithms_ops = {
	.set = verify_algorithms_set,
	.get = verify_algorithms_get,
};

/**
 * verify_is_named - whether a signature may be one of this algorithm
 * @algorithm: the algorithm of the key
 * @pkey_algo: the name that the signature gives, or NULL
 *
 * Return: true if so.
 */
bool verify_is_named(const struct verify_algorithm *algorithm,
		     const char *pkey_algo)
{
	return !pkey_algo || !strcmp(pkey_algo, algorithm->pkey_algo) ||
	       !strcmp(pkey_algo, algorithm->other);
}

/**
 * verify_encoding_of - find out how a signature is encoded
 * @algorithm: the algorithm
 * @encoding: the kernel's name of the encoding, or NULL
 *
 * Return: the encoding, or %VERIFY_ENCODING_NONE if the algorithm has no such one.
 */
enum verify_encoding
verify_encoding_of(const struct verify_algorithm *algorithm,
		   const char *encoding)
{
	switch (algorithm->family) {
	case VERIFY_EDDSA:
		if (!encoding || !strcmp(encoding, "raw"))
			return VERIFY_ENCODING_RAW;
		break;
	case VERIFY_ECDSA:
		if (!encoding)
			break;
		if (!strcmp(encoding, "x962"))
			return VERIFY_ENCODING_DER;
		if (!strcmp(encoding, "p1363"))
			return VERIFY_ENCODING_RAW;
		break;
	case VERIFY_RSA:
		if (encoding && !strcmp(encoding, "pkcs1"))
			return VERIFY_ENCODING_RAW;
		break;
	}
	return VERIFY_ENCODING_NONE;
}

static const struct {
	const char *name;
	u32 number;
	u32 size;
} verify_hashes[] = {
	{ "sha1", UMD_VERIFY_SHA1, 20 },
	{ "rmd160", UMD_VERIFY_RIPEMD160, 20 },
	{ "sha224", UMD_VERIFY_SHA224, 28 },
	{ "sha256", UMD_VERIFY_SHA256, 32 },
	{ "sha384", UMD_VERIFY_SHA384, 48 },
	{ "sha512", UMD_VERIFY_SHA512, 64 },
	{ "sha3-256", UMD_VERIFY_SHA3_256, 32 },
	{ "sha3-512", UMD_VERIFY_SHA3_512, 64 },
};

/**
 * verify_hash_of - find a hash
 * @name: the kernel's name of the hash, or NULL
 * @size: gets the length of its digests in bytes
 *
 * Return: its number in requests, or %UMD_VERIFY_HASH_NONE if the Handler has none
 * of that name.
 */
int verify_hash_of(const char *name, u32 *size)
{
	size_t i;

	for (i = 0; name && i < ARRAY_SIZE(verify_hashes); i++) {
		if (strcmp(verify_hashes[i].name, name))
			continue;
		*size = verify_hashes[i].size;
		return verify_hashes[i].number;
	}
	return UMD_VERIFY_HASH_NONE;
}
