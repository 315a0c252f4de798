// SPDX-License-Identifier: GPL-2.0-only
/*
 * A parser that makes keys of the driver of signatures out of plain fields:
 * "UMDVERIFY", and then for each field its letter, its length in two bytes, and its
 * bytes.
 *
 *	a	number of the algorithm, 4 bytes
 *	e	exponent, 8 bytes
 *	k	key
 *	i	id by which the key is found
 *	s	signature on the key, with
 *	d	its digest,
 *	h	name of its hash,
 *	c	its encoding,
 *	A	id of the key that has made it; without, the key has made it itself, which
 *		is verified at once
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/key-type.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <keys/asymmetric-parser.h>
#include <keys/asymmetric-subtype.h>
#include <keys/asymmetric-type.h>
#include <asm/byteorder.h>

#include "../compat.h"
#include "umd_verify.h"

#define MAGIC "UMDVERIFY"
#define MAGIC_LEN (sizeof(MAGIC) - 1)
#define FIELD_HEAD 3

struct field {
	const u8 *at;
	u32 len;
};

/* The field of that letter, or an empty one. */
static struct field field(const struct key_preparsed_payload *prep, char letter)
{
	const u8 *at = prep->data + MAGIC_LEN;
	u32 left = prep->datalen - MAGIC_LEN;
	struct field field;

	for (; left >= FIELD_HEAD; at += FIELD_HEAD + field.len,
	     left -= FIELD_HEAD + field.len) {
		field.at = at + FIELD_HEAD;
		field.len = at[1] << 8 | at[2];
		if (field.len > left - FIELD_HEAD)
			break;
		if (at[0] == letter)
			return field;
	}
	field.at = "";
	field.len = 0;
	return field;
}

static u64 number(struct field field)
{
	u64 sum = 0;
	u32 i;

	for (i = 0; i < field.len; i++)
		sum = sum << 8 | field.at[i];
	return sum;
}

/* A signature has names that nobody frees. */
static const char *name(struct field field)
{
	static const char * const names[] = {
		"sha1", "sha224", "sha256", "sha384", "sha512", "sha3-256",
		"sha3-512", "raw", "x962", "p1363", "pkcs1",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (strlen(names[i]) == field.len &&
		    !memcmp(names[i], field.at, field.len))
			return names[i];
	return NULL;
}

static struct public_key *key_of(const struct key_preparsed_payload *prep)
{
	struct field key = field(prep, 'k');
	struct umd_verify_params params = {
		.algorithm = number(field(prep, 'a')),
		.exponent = number(field(prep, 'e')),
		.key = key.at,
		.key_len = key.len,
		.id_type = "TEST",
	};

	return umd_verify_key_new(&params);
}

static struct public_key_signature *
signature_of(const struct key_preparsed_payload *prep)
{
	struct field value = field(prep, 's');
	struct field digest = field(prep, 'd');
	struct field by = field(prep, 'A');
	struct public_key_signature *sig;

	if (!value.len)
		return NULL;
	sig = kzalloc(sizeof(*sig), GFP_KERNEL);
	if (!sig)
		return ERR_PTR(-ENOMEM);
	sig->s = kmemdup(value.at, value.len, GFP_KERNEL);
	sig->s_size = value.len;
	verify_set_digest(sig, kmemdup(digest.at, digest.len, GFP_KERNEL),
			  digest.len);
	sig->hash_algo = name(field(prep, 'h'));
	sig->encoding = name(field(prep, 'c'));
	if (by.len)
		sig->auth_ids[0] = asymmetric_key_generate_id(by.at, by.len,
							      "", 0);
	if (!sig->s || !verify_digest(sig) || IS_ERR(sig->auth_ids[0])) {
		if (IS_ERR(sig->auth_ids[0]))
			sig->auth_ids[0] = NULL;
		public_key_signature_free(sig);
		return ERR_PTR(-ENOMEM);
	}
	return sig;
}

/* Signed by itself, as an OpenPGP key is. */
static int check_own(const struct public_key *pub,
		     const struct public_key_signature *sig)
{
	if (!sig || sig->auth_ids[0])
		return 0;
	return umd_verify_signature(pub, sig, false);
}

static struct asymmetric_key_ids *ids_of(const struct key_preparsed_payload *prep)
{
	struct field id = field(prep, 'i');
	struct asymmetric_key_ids *ids;

	ids = kzalloc(sizeof(*ids), GFP_KERNEL);
	if (!ids)
		return NULL;
	ids->id[0] = asymmetric_key_generate_id(id.at, id.len, "", 0);
	ids->id[1] = asymmetric_key_generate_id(id.at, id.len, "", 0);
	if (!IS_ERR(ids->id[0]) && !IS_ERR(ids->id[1]))
		return ids;
	if (!IS_ERR(ids->id[0]))
		kfree(ids->id[0]);
	if (!IS_ERR(ids->id[1]))
		kfree(ids->id[1]);
	kfree(ids);
	return NULL;
}

static int fill(struct key_preparsed_payload *prep, struct public_key *pub,
		struct public_key_signature *sig)
{
	struct field id = field(prep, 'i');
	struct asymmetric_key_ids *ids;

	prep->description = kasprintf(GFP_KERNEL, "key %*phN", (int)id.len,
				      id.at);
	ids = ids_of(prep);
	if (!prep->description || !ids) {
		kfree(ids);
		return -ENOMEM;
	}
	__module_get(umd_verify_subtype.owner);
	prep->payload.data[asym_subtype] = &umd_verify_subtype;
	prep->payload.data[asym_key_ids] = ids;
	prep->payload.data[asym_crypto] = pub;
	prep->payload.data[asym_auth] = sig;
	prep->quotalen = 100;
	return 0;
}

static int parse(struct key_preparsed_payload *prep)
{
	struct public_key_signature *sig;
	struct public_key *pub;
	int err;

	if (prep->datalen < MAGIC_LEN || memcmp(prep->data, MAGIC, MAGIC_LEN))
		return -EBADMSG;
	pub = key_of(prep);
	if (IS_ERR(pub))
		return PTR_ERR(pub);
	sig = signature_of(prep);
	err = PTR_ERR_OR_ZERO(sig);
	if (err)
		goto err_free_key;
	err = check_own(pub, sig);
	if (!err)
		err = fill(prep, pub, sig);
	if (!err)
		return 0;
	public_key_signature_free(sig);
err_free_key:
	umd_verify_key_free(pub);
	return err;
}

static struct asymmetric_key_parser parser = {
	.owner = THIS_MODULE,
	.name = "umd_verify_test",
	.parse = parse,
};

static int __init verify_parser_init(void)
{
	return register_asymmetric_key_parser(&parser);
}

static void __exit verify_parser_exit(void)
{
	unregister_asymmetric_key_parser(&parser);
}

module_init(verify_parser_init);
module_exit(verify_parser_exit);

MODULE_DESCRIPTION("Makes keys of the driver of signatures out of plain fields");
MODULE_LICENSE("GPL");
