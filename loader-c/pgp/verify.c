// SPDX-License-Identifier: GPL-2.0-only
/* Verifies documents with the keys of a keyring. */
#include <linux/err.h>
#include <linux/export.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "pgp.h"
#include "umd_pgp.h"

/* A document and the signatures on it. */
struct pgp_document {
	struct key *keyring;
	const void *bytes;
	size_t len;
	/* PGP_BINARY or PGP_TEXT */
	u8 kind;
	struct pgp_data *signatures;
};

/* Only keys of this module count: a key of another kind may have equal ids. */
static bool pgp_key_is_ours(const struct key *key)
{
	const struct asymmetric_key_subtype *subtype =
		key->payload.data[asym_subtype];
	const struct public_key *pub = asymmetric_key_public_key(key);

	return subtype == &public_key_subtype && pub && pub->id_type &&
	       !strcmp(pub->id_type, PGP_ID_TYPE);
}

/* Finds the key that a signature names, if possible by its fingerprint. */
static struct key *pgp_find_issuer(struct key *keyring,
				   const struct umd_pgp_signature *sig)
{
	struct asymmetric_key_id *id;
	struct key *key;

	if (sig->issuer_len)
		id = asymmetric_key_generate_id(sig->issuer, sig->issuer_len,
						"", 0);
	else
		id = asymmetric_key_generate_id(sig->issuer_key_id,
						sizeof(sig->issuer_key_id),
						"", 0);
	if (IS_ERR(id))
		return ERR_CAST(id);
	key = find_asymmetric_key(keyring, id, NULL, NULL, false);
	kfree(id);
	if (IS_ERR(key) || pgp_key_is_ours(key))
		return key;
	key_put(key);
	return ERR_PTR(-ENOKEY);
}

static int pgp_verify_with(const struct pgp_document *document,
			   const struct umd_pgp_signature *sig,
			   const struct key *key)
{
	const struct asymmetric_key_ids *ids = asymmetric_key_ids(key);
	const struct asymmetric_key_id *fingerprint = ids->id[0];
	u8 digest[64];
	int err;

	/* Unusable signatures are ignored (RFC 9580, section 5.2.5). */
	if (sig->kind != document->kind ||
	    sig->flags & UMD_PGP_SIGNATURE_UNUSABLE)
		return -ENOPKG;
	/* No key makes signatures of another version. */
	if (fingerprint->len != pgp_fingerprint_len(sig->version))
		return -EKEYREJECTED;
	if (sig->expires && sig->expires <= ktime_get_real_seconds())
		return -EKEYEXPIRED;
	err = pgp_document_hash(sig, document->signatures->bytes,
				document->bytes, document->len, digest);
	return err ?: pgp_signature_verify(sig, digest,
					   asymmetric_key_public_key(key), key);
}

/*
 * A signature counts neither way if its key is not in the keyring or must not
 * be used any more, if the signature has expired, or if its kind is not
 * accepted. Any other signature must be true.
 */
static bool pgp_signature_is_passed_over(int err)
{
	return err == -ENOKEY || err == -EKEYEXPIRED || err == -EKEYREVOKED ||
	       err == -ENOPKG;
}

static int pgp_verify_one(const struct pgp_document *document,
			  const struct umd_pgp_signature *sig,
			  struct pgp_text *text)
{
	struct key *key;
	int err;

	key = pgp_find_issuer(document->keyring, sig);
	if (IS_ERR(key))
		return PTR_ERR(key);
	err = pgp_verify_with(document, sig, key);
	if (!err)
		pgp_text_key(text, key);
	key_put(key);
	return err;
}

static int pgp_verify_all(const struct pgp_document *document,
			  struct umd_pgp_signature_reply *reply,
			  struct pgp_text *text)
{
	bool is_good = false;
	int why = -ENOKEY;
	u32 index = 0;
	int err;

	do {
		err = pgp_ask_signature(document->signatures, index, reply);
		if (err)
			return err;
		if (reply->count > PGP_MAX_SIGNATURES)
			return -E2BIG;
		err = pgp_verify_one(document, &reply->signature, text);
		if (!err)
			is_good = true;
		else if (!pgp_signature_is_passed_over(err))
			return err;
		else if (why == -ENOKEY)
			why = err;
	} while (++index < reply->count);
	return is_good ? 0 : why;
}

static int pgp_verify_signatures(const struct pgp_document *document,
				 struct pgp_text *text)
{
	struct umd_pgp_signature_reply *reply;
	int err;

	reply = kmalloc(sizeof(*reply), GFP_KERNEL);
	if (!reply)
		return -ENOMEM;
	err = pgp_verify_all(document, reply, text);
	kfree(reply);
	return err;
}

static int pgp_verify_detached(struct key *keyring, const void *bytes,
			       size_t len, const void *signature,
			       size_t signature_len, struct pgp_text *text)
{
	struct pgp_document document = {
		.keyring = keyring,
		.bytes = bytes,
		.len = len,
		.kind = PGP_BINARY,
	};
	int err;

	document.signatures = pgp_ask_binary(signature, signature_len,
					     UMD_PGP_ARMOR_SIGNATURE);
	if (IS_ERR(document.signatures))
		return PTR_ERR(document.signatures);
	err = pgp_verify_signatures(&document, text);
	pgp_data_free(document.signatures);
	return err;
}

static int pgp_verify_cleartext(struct key *keyring, const void *bytes,
				size_t len, struct pgp_text *text)
{
	struct pgp_document document = {
		.keyring = keyring,
		.kind = PGP_TEXT,
	};
	struct pgp_data *data, *canonical;
	int err;

	data = pgp_data_new(bytes, len);
	if (IS_ERR(data))
		return PTR_ERR(data);
	canonical = pgp_ask_cleartext(data, UMD_PGP_PART_TEXT);
	if (IS_ERR(canonical)) {
		err = PTR_ERR(canonical);
		goto out_free_data;
	}
	document.bytes = canonical->bytes;
	document.len = canonical->len;
	document.signatures = pgp_ask_cleartext(data, UMD_PGP_PART_SIGNATURES);
	if (IS_ERR(document.signatures)) {
		err = PTR_ERR(document.signatures);
		goto out_free_canonical;
	}
	err = pgp_verify_signatures(&document, text);
	pgp_data_free(document.signatures);
out_free_canonical:
	pgp_data_free(canonical);
out_free_data:
	pgp_data_free(data);
	return err;
}

/**
 * pgp_verify - verify a document with the keys of a keyring
 * @keyring: the keyring, which the caller may search
 * @document: the signed data, or a clearsigned document
 * @len: length of @document in bytes
 * @signature: the signatures, binary or armored; NULL if they are in @document
 * @signature_len: length of @signature in bytes
 * @text: gets a line for each key that has made a true signature; may be NULL
 *
 * Return: see umd_pgp_verify().
 */
int pgp_verify(struct key *keyring, const void *document, size_t len,
	       const void *signature, size_t signature_len,
	       struct pgp_text *text)
{
	if (signature)
		return pgp_verify_detached(keyring, document, len, signature,
					   signature_len, text);
	return pgp_verify_cleartext(keyring, document, len, text);
}

/**
 * umd_pgp_verify - verify a document with the OpenPGP keys of a keyring
 * @keyring: the keyring; the caller ensures that it may be searched
 * @data: the signed data, or a clearsigned document
 * @data_len: length of @data in bytes; of a clearsigned document at most
 *	%UMD_PGP_MAX_DATA
 * @signature: one or more signatures on all of @data, binary or armored; NULL
 *	if @data is a clearsigned document
 * @signature_len: length of @signature in bytes, at most %UMD_PGP_MAX_DATA
 *
 * The document is good if a key of @keyring has made a true signature and no
 * key of @keyring has made a false signature. A signature counts neither way
 * if its key is not in @keyring, has expired or was revoked there, if the
 * signature has expired, or if its kind is not accepted.
 *
 * The text of a clearsigned document is the Handler's word: use a detached
 * signature if the text must be known to the kernel. The set of signatures,
 * and that no signature has been left out, is the Handler's word too.
 *
 * Context: Process context. Sleeps. Loads and starts the Handler if need be.
 *
 * Return: 0, or a negative errno, usually -ENOKEY (none of the keys is in
 * @keyring), -EKEYREJECTED (a signature is false), -EKEYEXPIRED (the signature
 * or each of its keys has expired), -ENOPKG (a kind of signature, hash or key
 * that is not accepted or not in this kernel), -EBADMSG (malformed), or an
 * error of umd_mgmt_call().
 */
int umd_pgp_verify(struct key *keyring, const void *data, size_t data_len,
		   const void *signature, size_t signature_len)
{
	return pgp_verify(keyring, data, data_len, signature, signature_len,
			  NULL);
}
EXPORT_SYMBOL_GPL(umd_pgp_verify);
