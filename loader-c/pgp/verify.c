// SPDX-License-Identifier: GPL-2.0-only
/*
 * Verifies documents with the keys of a keyring. The signatures come first, so that a
 * document of any length is hashed as it comes in.
 */
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "pgp.h"

/* The most hashes of a document that differ in algorithm, salt or line ends. */
#define PGP_MAX_HASHES 8

/* A hash of the document for all signatures that have it. */
struct pgp_document_hash {
	const struct pgp_packet *sig;
	bool is_text;
	/* The last byte was a carriage return. */
	bool after_return;
	struct pgp_hash hash;
};

/* A signature whose signer is in the keyring. */
struct pgp_signed_by {
	const struct pgp_packet *sig;
	struct pgp_document_hash *hash;
	struct key *key;
};

struct pgp_verification {
	struct pgp_job job;
	struct pgp_text *text;
	/* The binary form of the signatures. */
	u8 *bytes;
	u32 len;
	/* Why the first signature that counts neither way does not. */
	int why;
	u32 count;
	struct pgp_packet signatures[PGP_MAX_SIGNATURES];
	u32 hash_count;
	struct pgp_document_hash hashes[PGP_MAX_HASHES];
	u32 signer_count;
	struct pgp_signed_by signers[PGP_MAX_SIGNATURES];
	/* Length of the document. */
	u64 document_len;
};

/* Finds the key that may have signed a document. */
static struct key *pgp_find_signer(struct key *keyring,
				   const struct umd_pgp_item *sig)
{
	struct key *key = pgp_find_issuer(keyring, sig);

	if (IS_ERR(key) || pgp_key_origin(key).uses & PGP_MAY_SIGN)
		return key;
	key_put(key);
	return ERR_PTR(-ENOKEY);
}

/* Why a signature counts neither way, whoever has made it; or 0. */
static int pgp_signature_refused(const struct umd_pgp_item *sig, bool is_clear)
{
	if (sig->verdict == UMD_PGP_MALFORMED)
		return -EBADMSG;
	if (sig->verdict || sig->version == 3)
		return -ENOPKG;
	if (sig->kind != PGP_TEXT && (is_clear || sig->kind != PGP_BINARY))
		return -ENOPKG;
	/* Unusable signatures are ignored (section 5.2.5). */
	if (sig->flags & UMD_PGP_ITEM_UNUSABLE ||
	    !pgp_hash_is_strong(sig->hash) || !pgp_can_verify(sig->algorithm))
		return -ENOPKG;
	return 0;
}

/* Likewise, for this signer: no key makes signatures of another version, or time. */
static int pgp_signer_refused(const struct umd_pgp_item *sig,
			      const struct key *key)
{
	time64_t now = ktime_get_real_seconds();

	if (pgp_key_fingerprint(key).len != pgp_fingerprint_len(sig->version) ||
	    sig->created < pgp_key_origin(key).created ||
	    sig->created > now + PGP_CLOCK_SLACK)
		return -EKEYREJECTED;
	if (sig->expires_in && (u64)sig->created + sig->expires_in <= now)
		return -EKEYEXPIRED;
	return 0;
}

static void pgp_note_why(struct pgp_verification *verification, int why)
{
	if (verification->why == -ENOKEY)
		verification->why = why;
}

static bool pgp_hash_is_shared(const struct pgp_packet *one,
			       const struct pgp_packet *other)
{
	return one->item.hash == other->item.hash &&
	       one->item.kind == other->item.kind &&
	       one->item.salt.len == other->item.salt.len &&
	       !memcmp(one->body + one->item.salt.offset,
		       other->body + other->item.salt.offset,
		       one->item.salt.len);
}

/* The hash that a signature needs. */
static struct pgp_document_hash *
pgp_hash_for(struct pgp_verification *verification,
	     const struct pgp_packet *sig)
{
	struct pgp_document_hash *hash;
	u32 i;
	int err;

	for (i = 0; i < verification->hash_count; i++) {
		hash = &verification->hashes[i];
		if (pgp_hash_is_shared(hash->sig, sig))
			return hash;
	}
	if (i == PGP_MAX_HASHES)
		return ERR_PTR(-E2BIG);
	hash = &verification->hashes[i];
	err = pgp_hash_begin(&hash->hash, sig);
	if (err)
		return ERR_PTR(err);
	hash->sig = sig;
	hash->is_text = sig->item.kind == PGP_TEXT;
	hash->after_return = false;
	verification->hash_count++;
	return hash;
}

/* Notes a signature whose signer is in the keyring. */
static int pgp_add_signer(struct pgp_verification *verification,
			  const struct pgp_packet *sig, struct key *key)
{
	struct pgp_signed_by *signer;
	struct pgp_document_hash *hash;
	int err;

	err = pgp_signer_refused(&sig->item, key);
	if (err == -EKEYEXPIRED)
		pgp_note_why(verification, err);
	if (err) {
		key_put(key);
		return err == -EKEYEXPIRED ? 0 : err;
	}
	hash = pgp_hash_for(verification, sig);
	if (IS_ERR(hash)) {
		key_put(key);
		err = PTR_ERR(hash);
		if (err != -ENOPKG)
			return err;
		pgp_note_why(verification, err);
		return 0;
	}
	signer = &verification->signers[verification->signer_count++];
	signer->sig = sig;
	signer->hash = hash;
	signer->key = key;
	return 0;
}

static int pgp_look_for_signers(struct pgp_verification *verification,
				struct key *keyring, bool is_clear)
{
	const struct pgp_packet *sig;
	struct key *key;
	int err = 0;
	u32 i;

	for (i = 0; i < verification->count && !err; i++) {
		sig = &verification->signatures[i];
		err = pgp_signature_refused(&sig->item, is_clear);
		if (err) {
			pgp_note_why(verification, err);
			err = 0;
			continue;
		}
		key = pgp_find_signer(keyring, &sig->item);
		if (!IS_ERR(key)) {
			err = pgp_add_signer(verification, sig, key);
			continue;
		}
		err = PTR_ERR(key);
		if (err == -ENOKEY || err == -EAGAIN)
			err = 0;
		if (err == -EKEYEXPIRED || err == -EKEYREVOKED) {
			pgp_note_why(verification, err);
			err = 0;
		}
	}
	return err;
}

/* An unknown packet that is critical spoils the sequence (section 4.3). */
static int pgp_frame_signatures(struct pgp_verification *verification,
				struct pgp_batch *batch)
{
	struct pgp_frame frame;
	u32 at = 0;

	while (at < verification->len) {
		if (!pgp_frame_next(verification->bytes, verification->len, &at,
				    &frame))
			return -EBADMSG;
		if (frame.tag == UMD_PGP_TAG_SIGNATURE) {
			if (pgp_batch_count(batch) == PGP_MAX_SIGNATURES)
				return -E2BIG;
			if (frame.len > UMD_PGP_MAX_BODY ||
			    !pgp_batch_add(batch, frame.tag,
					   verification->bytes + at, frame.len))
				return -EMSGSIZE;
		} else if (frame.tag < PGP_TAG_NOT_CRITICAL &&
			   frame.tag != PGP_TAG_MARKER &&
			   frame.tag != PGP_TAG_PADDING) {
			return -EBADMSG;
		}
		at += frame.len;
	}
	return pgp_batch_count(batch) ? 0 : -EBADMSG;
}

static int pgp_read_signatures(struct pgp_verification *verification)
{
	struct pgp_batch *batch = pgp_batch_new(&verification->job);
	int err;
	u32 i;

	if (!batch)
		return -ENOMEM;
	err = pgp_frame_signatures(verification, batch) ?: pgp_batch_ask(batch);
	if (!err) {
		verification->count = pgp_batch_count(batch);
		for (i = 0; i < verification->count; i++)
			pgp_batch_get(batch, i, &verification->signatures[i]);
	}
	pgp_batch_free(batch);
	return err;
}

static int pgp_signature_content(void *data, const u8 *bytes, u32 len)
{
	struct pgp_verification *verification = data;

	if (len > UMD_PGP_MAX_BODY - verification->len)
		return -EMSGSIZE;
	memcpy(verification->bytes + verification->len, bytes, len);
	verification->len += len;
	return 0;
}

static const struct pgp_armor_sink pgp_signature_sink = {
	.kind = UMD_PGP_ARMOR_SIGNATURE,
	.content = pgp_signature_content,
};

/* Keeps the binary form of the signatures. */
static int pgp_take_signatures(struct pgp_verification *verification,
			       const u8 *signatures, u32 len)
{
	struct pgp_armor *armor;
	int err;

	if (!len)
		return -EBADMSG;
	verification->bytes = kvmalloc(UMD_PGP_MAX_BODY, GFP_KERNEL_ACCOUNT);
	if (!verification->bytes)
		return -ENOMEM;
	if (signatures[0] & 0x80)
		return pgp_signature_content(verification, signatures, len);
	armor = pgp_armor_new(&verification->job, &pgp_signature_sink,
			      verification);
	if (!armor)
		return -ENOMEM;
	err = pgp_armor_add(armor, signatures, len) ?: pgp_armor_end(armor);
	pgp_armor_free(armor);
	return err;
}

/**
 * pgp_verification_new - begin to verify a document
 * @text: gets a line for each true signature, or NULL
 *
 * Return: the verification, to be freed with pgp_verification_free(), or NULL.
 */
struct pgp_verification *pgp_verification_new(struct pgp_text *text)
{
	struct pgp_verification *verification;

	verification = kvzalloc(sizeof(*verification), GFP_KERNEL_ACCOUNT);
	if (!verification)
		return NULL;
	verification->text = text;
	verification->why = -ENOKEY;
	return verification;
}

void pgp_verification_free(struct pgp_verification *verification)
{
	u32 i;

	if (!verification)
		return;
	for (i = 0; i < verification->signer_count; i++)
		key_put(verification->signers[i].key);
	for (i = 0; i < verification->hash_count; i++)
		pgp_hash_free(&verification->hashes[i].hash);
	kvfree(verification->bytes);
	kvfree(verification);
}

/* The bounds of a verification, for what reads its document. */
struct pgp_job *pgp_verification_job(struct pgp_verification *verification)
{
	return &verification->job;
}

/**
 * pgp_verification_begin - take the signatures on a document
 * @verification: the verification
 * @keyring: the keyring, which the caller may search
 * @signatures: the signatures, binary or armored
 * @len: length of @signatures
 * @is_clear: the document is clearsigned: only signatures of texts count
 *
 * Return: 0 or an error, as umd_pgp_verify(): also -E2BIG for more than
 * %PGP_MAX_SIGNATURES signatures, or %PGP_MAX_HASHES different hashes.
 */
int pgp_verification_begin(struct pgp_verification *verification,
			   struct key *keyring, const u8 *signatures, u32 len,
			   bool is_clear)
{
	int err;

	err = pgp_take_signatures(verification, signatures, len);
	if (!err)
		err = pgp_read_signatures(verification);
	if (!err)
		err = pgp_look_for_signers(verification, keyring, is_clear);
	return err;
}

/* Line feeds become carriage return and line feed (section 5.2.1.2). */
static int pgp_hash_text(struct pgp_document_hash *hash, const u8 *bytes,
			 size_t len)
{
	const u8 *end = bytes + len, *from = bytes, *at;
	int err = 0;

	for (at = bytes; at < end && !err; at++) {
		if (*at == '\n' && !hash->after_return) {
			err = pgp_hash_bytes(&hash->hash, from, at - from);
			if (!err)
				err = pgp_hash_bytes(&hash->hash, "\r", 1);
			from = at;
		}
		hash->after_return = *at == '\r';
	}
	return err ?: pgp_hash_bytes(&hash->hash, from, end - from);
}

/**
 * pgp_verification_add - take more of the document
 * @verification: the verification
 * @bytes: the bytes
 * @len: how many there are
 *
 * Return: 0 or an error.
 */
int pgp_verification_add(struct pgp_verification *verification, const u8 *bytes,
			 size_t len)
{
	struct pgp_document_hash *hash;
	int err = 0;
	u32 i;

	verification->document_len += len;
	for (i = 0; i < verification->hash_count && !err; i++) {
		hash = &verification->hashes[i];
		err = hash->is_text ? pgp_hash_text(hash, bytes, len) :
				      pgp_hash_bytes(&hash->hash, bytes, len);
	}
	return err;
}

/* Others need the hash of the document, too. */
static int pgp_signer_hash(const struct pgp_signed_by *signer, u8 *digest)
{
	struct pgp_hash copy;
	int err;

	err = pgp_hash_copy(&copy, &signer->hash->hash);
	return err ?: pgp_hash_end(&copy, signer->sig, 0, digest);
}

static int pgp_verify_signer(struct pgp_verification *verification,
			     const struct pgp_signed_by *signer)
{
	u8 digest[PGP_DIGEST_SIZE];
	int err;

	/* The document may have taken long. */
	err = key_validate(signer->key);
	if (!err)
		err = pgp_signer_hash(signer, digest);
	return err ?: pgp_signature_verify(&verification->job, signer->sig,
					   digest,
					   asymmetric_key_public_key(signer->key));
}

/**
 * pgp_verification_end - verify the signatures
 * @verification: the verification, whose document is complete
 *
 * Return: as umd_pgp_verify().
 */
int pgp_verification_end(struct pgp_verification *verification)
{
	const struct pgp_signed_by *signer;
	bool is_good = false;
	int err;
	u32 i;

	for (i = 0; i < verification->signer_count; i++) {
		signer = &verification->signers[i];
		err = pgp_verify_signer(verification, signer);
		if (err == -ENOPKG || err == -EKEYEXPIRED ||
		    err == -EKEYREVOKED) {
			pgp_note_why(verification, err);
			continue;
		}
		if (!err && verification->text)
			err = pgp_text_verified(verification->text, signer->key,
						&signer->sig->item,
						verification->document_len);
		if (err)
			return err;
		is_good = true;
	}
	return is_good ? 0 : verification->why;
}
