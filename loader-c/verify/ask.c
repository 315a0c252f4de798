// SPDX-License-Identifier: GPL-2.0-only
/* Asks the Handler, and believes nothing but a verdict. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "compat.h"
#include "verify.h"

/* The shortest digest that ECDSA takes. */
#define VERIFY_DIGEST_MIN 20

/* What a reply says, by its status and payload: an errno. */
typedef int (*verify_meaning)(int status, const struct umd_verify_reply *reply);

static int verify_send(const struct verify_key *key,
		       const struct umd_verify_request *request,
		       bool holds_lock, verify_meaning meaning)
{
	struct umd_verify_reply reply;
	struct umd_mgmt_call call = {
		.op = UMD_OP_VERIFY,
		.holds_lock = holds_lock,
		.in = request,
		.in_len = sizeof(*request),
		.out = &reply,
		.out_size = sizeof(reply),
		.out_min = sizeof(reply),
	};
	int err;

	err = umd_mgmt_call(key->algorithm->mgmt, &call);
	if (err)
		return err;
	err = meaning(call.status, &reply);
	if (err == -EPROTO && call.status)
		pr_err_ratelimited("unexpected status %d\n", call.status);
	else if (err == -EPROTO)
		pr_err_ratelimited("wrong reply: no verdict\n");
	return err;
}

/* A request that lacks digest and signature. */
static struct umd_verify_request *
verify_request_new(const struct verify_key *key)
{
	struct umd_verify_request *request;

	request = kzalloc(sizeof(*request), GFP_KERNEL_ACCOUNT);
	if (!request)
		return NULL;
	request->algorithm = key->algorithm->number;
	request->exponent = key->exponent;
	request->key_len = key->pub.keylen;
	memcpy(request->key, key->pub.key, key->pub.keylen);
	request->signature_len = verify_signature_len(key);
	return request;
}

/**
 * verify_ask_key - have the Handler look at a key
 * @key: the key
 * @holds_lock: see struct umd_mgmt_call
 *
 * Return: 0; -EKEYREJECTED if the key is none, such as no point of the curve; -ENOPKG
 * if the Handler lacks the algorithm; -ENOMEM; -EPROTO, or another error of
 * umd_mgmt_call().
 */
int verify_ask_key(const struct verify_key *key, bool holds_lock)
{
	struct umd_verify_request *request;
	int err;

	request = verify_request_new(key);
	if (!request)
		return -ENOMEM;
	request->hash = UMD_VERIFY_SHA256;
	request->digest_len = 32;
	err = verify_send(key, request, holds_lock, verify_key_errno);
	kfree(request);
	return err;
}

/* Puts digest and hash into the request. */
static int verify_fill_digest(struct umd_verify_request *request,
			      const struct verify_key *key,
			      const struct public_key_signature *sig)
{
	enum verify_family family = key->algorithm->family;
	u32 size, hash_size = 0;

	if (!verify_has_digest(sig))
		return -ENOPKG;
	request->hash = verify_hash_of(sig->hash_algo, &hash_size);
	if (!request->hash && family == VERIFY_RSA)
		return -ENOPKG;
	size = verify_digest_size(sig);
	if (size > sizeof(request->digest) ||
	    (request->hash && size != hash_size) ||
	    (family == VERIFY_ECDSA && size < VERIFY_DIGEST_MIN))
		return -EKEYREJECTED;
	if (size)
		memcpy(request->digest, verify_digest(sig), size);
	request->digest_len = size;
	return 0;
}

/*
 * Whatever length a program gives to keyctl(), the kernel passes on the longest that the
 * query allows, and so bytes that happen to be behind the signature.
 */
static u32 verify_der_len(const struct verify_key *key,
			  const struct public_key_signature *sig)
{
	if (sig->s_size != verify_signature_max(key, VERIFY_ENCODING_DER))
		return sig->s_size;
	return verify_der_size(sig->s, sig->s_size);
}

/* Puts the signature into the request. */
static int verify_fill_signature(struct umd_verify_request *request,
				 const struct verify_key *key,
				 const struct public_key_signature *sig)
{
	u32 len = request->signature_len;

	switch (verify_encoding_of(key->algorithm, sig->encoding)) {
	case VERIFY_ENCODING_NONE:
		break;
	case VERIFY_ENCODING_DER:
		if (verify_der_to_raw(sig->s, verify_der_len(key, sig),
				      request->signature, len / 2))
			return 0;
		return -EKEYREJECTED;
	case VERIFY_ENCODING_RAW:
		if (sig->s_size != len)
			return -EKEYREJECTED;
		memcpy(request->signature, sig->s, len);
		return 0;
	}
	return -ENOPKG;
}

static int verify_fill(struct umd_verify_request *request,
		       const struct verify_key *key,
		       const struct public_key_signature *sig)
{
	int err;

	if (!verify_is_on(key->algorithm))
		return -ENOPKG;
	if (!verify_is_named(key->algorithm, sig->pkey_algo))
		return -EKEYREJECTED;
	err = verify_fill_digest(request, key, sig);
	return err ?: verify_fill_signature(request, key, sig);
}

/**
 * verify_ask - have the Handler verify a signature
 * @key: the key
 * @sig: the signature
 * @holds_lock: see struct umd_mgmt_call
 *
 * Return: see umd_verify_signature().
 */
int verify_ask(const struct verify_key *key,
	       const struct public_key_signature *sig, bool holds_lock)
{
	struct umd_verify_request *request;
	int err;

	request = verify_request_new(key);
	if (!request)
		return -ENOMEM;
	err = verify_fill(request, key, sig);
	if (!err)
		err = verify_send(key, request, holds_lock, verify_reply_errno);
	kfree(request);
	return err;
}
