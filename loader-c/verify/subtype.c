// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kind of asymmetric keys of which the Handler verifies the signatures.
 *
 * Others in the kernel take the payload of any asymmetric key for a struct
 * public_key without asking for the kind of key: IMA, and restrictions of keyrings. So
 * the payload begins with one, which is no authority's and whose algorithm the kernel
 * does not know.
 */
#include <keys/asymmetric-subtype.h>
#include <keys/asymmetric-type.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/key.h>
#include <linux/keyctl.h>
#include <linux/module.h>
#include <linux/seq_file.h>

#include "verify.h"

static const struct verify_key *verify_payload(const struct key *key)
{
	return verify_key_of(key->payload.data[asym_crypto]);
}

static void verify_describe(const struct key *key, struct seq_file *m)
{
	const struct public_key *pub = &verify_payload(key)->pub;

	seq_printf(m, "%s.%s", pub->id_type, pub->pkey_algo);
}

static void verify_destroy(void *payload_crypto, void *payload_auth)
{
	umd_verify_key_free(payload_crypto);
	public_key_signature_free(payload_auth);
}

/* The kernel asks before each operation of keyctl(), too. */
static int verify_query(const struct kernel_pkey_params *params,
			struct kernel_pkey_query *info)
{
	const struct verify_key *key = verify_payload(params->key);
	enum verify_encoding encoding;

	encoding = verify_encoding_of(key->algorithm, params->encoding);
	if (encoding == VERIFY_ENCODING_NONE || !verify_is_on(key->algorithm))
		return -ENOPKG;
	*info = (struct kernel_pkey_query) {
		.supported_ops = KEYCTL_SUPPORTS_VERIFY,
		.key_size = key->bits,
		.max_data_size = UMD_VERIFY_DIGEST_SIZE,
		.max_sig_size = verify_signature_max(key, encoding),
	};
	return 0;
}

/* Without this function, user space would see an errno of the kernel's own. */
static int verify_eds_op(struct kernel_pkey_params *params, const void *in,
			 void *out)
{
	return -EOPNOTSUPP;
}

static int verify_verify_signature(const struct key *key,
				   const struct public_key_signature *sig)
{
	/* The kernel may hold the lock of a keyring, or of its list of parsers. */
	return umd_verify_signature(&verify_payload(key)->pub, sig, true);
}

/*
 * A parser that gives a key a payload of umd_verify_key_new() takes a reference of the
 * owner for it, as with any subtype. The key must have ids (asym_key_ids): the kernel
 * looks at those of each key by which it restricts a keyring. The key may carry a
 * signature, too, which public_key_signature_free() frees.
 */
struct asymmetric_key_subtype umd_verify_subtype = {
	.owner = THIS_MODULE,
	.name = "umd_verify",
	.name_len = sizeof("umd_verify") - 1,
	.describe = verify_describe,
	.destroy = verify_destroy,
	.query = verify_query,
	.eds_op = verify_eds_op,
	.verify_signature = verify_verify_signature,
};
EXPORT_SYMBOL_GPL(umd_verify_subtype);

/**
 * umd_verify_signature - verify a signature
 * @pub: the key, of umd_verify_key_new()
 * @sig: the signature. With ECDSA its encoding is "x962" (DER) or "p1363" (r and s);
 *	with RSA "pkcs1", and the hash must be named; with Ed25519 and Ed448 "raw" or
 *	NULL, and the digest is the message.
 * @holds_lock: other tasks wait for a lock of the caller, see struct umd_mgmt_call
 *
 * For a key that is in no keyring yet: verify_signature() of the kernel comes here, too.
 *
 * Context: sleeps for the driver's deadline at most, if there is a Loader. Any lock may
 * be held for which no Handler and no modprobe waits. With @holds_lock, ends with
 * -EDEADLK when the system is about to sleep; else the caller may be frozen here.
 * Return: 0 if the signature is true; -EKEYREJECTED if it is false or malformed, or the
 * key is none; -ENOPKG if the algorithm, the encoding or the hash is not supported, or
 * the algorithm is off; -ENOMEM; -EPROTO, or another error of umd_mgmt_call().
 */
int umd_verify_signature(const struct public_key *pub,
			 const struct public_key_signature *sig, bool holds_lock)
{
	might_sleep();
	return verify_ask(verify_key_of(pub), sig, holds_lock);
}
EXPORT_SYMBOL_GPL(umd_verify_signature);
