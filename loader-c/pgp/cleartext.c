// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clearsigned documents. The Handler says which lines are the text; the kernel hashes
 * and gives back these lines of the document.
 */
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "pgp.h"
#include "umd_pgp.h"

/* A document that is being read. */
struct pgp_cleartext {
	/* Lines as they are in the document. */
	u8 *text;
	u32 len;
	u8 *signatures;
	u32 signatures_len;
};

static int pgp_cleartext_text(void *data, const u8 *bytes, u32 len)
{
	struct pgp_cleartext *clear = data;

	/* No longer than the document, for which there is room. */
	memcpy(clear->text + clear->len, bytes, len);
	clear->len += len;
	return 0;
}

static int pgp_cleartext_content(void *data, const u8 *bytes, u32 len)
{
	struct pgp_cleartext *clear = data;

	if (len > UMD_PGP_MAX_BODY - clear->signatures_len)
		return -EMSGSIZE;
	memcpy(clear->signatures + clear->signatures_len, bytes, len);
	clear->signatures_len += len;
	return 0;
}

static const struct pgp_armor_sink pgp_cleartext_sink = {
	.kind = UMD_PGP_ARMOR_SIGNATURE,
	.content = pgp_cleartext_content,
	.text = pgp_cleartext_text,
};

/* Whether a document is clearsigned: else the text would be empty. */
static bool pgp_cleartext_has_header(const u8 *document, size_t len)
{
	static const char header[] = "-----BEGIN PGP SIGNED MESSAGE-----";

	while (len && isspace(*document)) {
		document++;
		len--;
	}
	return len >= sizeof(header) - 1 &&
	       !memcmp(document, header, sizeof(header) - 1);
}

/* Lines are joined by carriage return and line feed (section 7.2). */
static int pgp_cleartext_hash(const struct pgp_cleartext *clear,
			      struct pgp_verification *verification)
{
	struct pgp_number line;
	bool is_first = true;
	int err = 0;
	u32 at = 0;

	while (at < clear->len && !err) {
		line = pgp_signed_line(clear->text, clear->len, &at);
		err = pgp_job_pause();
		if (!err && !is_first)
			err = pgp_verification_add(verification, "\r\n", 2);
		if (!err)
			err = pgp_verification_add(verification, line.at,
						   line.len);
		is_first = false;
	}
	return err;
}

/* The text that was verified: each line with a line feed, after an empty line. */
static int pgp_cleartext_show(const struct pgp_cleartext *clear,
			      struct pgp_text *text)
{
	struct pgp_number line;
	u32 at = 0;
	int err;

	err = pgp_text_add(text, "\n", 1);
	while (at < clear->len && !err) {
		line = pgp_signed_line(clear->text, clear->len, &at);
		err = pgp_job_pause() ?:
		      pgp_text_add(text, line.at, line.len) ?:
		      pgp_text_add(text, "\n", 1);
	}
	return err;
}

static int pgp_cleartext_read(struct pgp_cleartext *clear,
			      struct pgp_verification *verification,
			      const u8 *document, size_t len)
{
	struct pgp_armor *armor;
	int err;

	if (!pgp_cleartext_has_header(document, len))
		return -EBADMSG;
	armor = pgp_armor_new(pgp_verification_job(verification),
			      &pgp_cleartext_sink, clear);
	if (!armor)
		return -ENOMEM;
	err = pgp_armor_add(armor, document, len) ?: pgp_armor_end(armor);
	pgp_armor_free(armor);
	return err;
}

/**
 * pgp_verify_cleartext - verify a clearsigned document
 * @verification: a new verification
 * @keyring: the keyring, which the caller may search
 * @document: the document
 * @len: length of @document
 * @text: gets the text that was verified, or NULL
 *
 * Return: as umd_pgp_verify().
 */
int pgp_verify_cleartext(struct pgp_verification *verification,
			 struct key *keyring, const u8 *document, size_t len,
			 struct pgp_text *text)
{
	struct pgp_cleartext clear = {};
	int err = -ENOMEM;

	clear.text = kvmalloc(max_t(size_t, len, 1), GFP_KERNEL_ACCOUNT);
	clear.signatures = kvmalloc(UMD_PGP_MAX_BODY, GFP_KERNEL_ACCOUNT);
	if (!clear.text || !clear.signatures)
		goto out_free;
	err = pgp_cleartext_read(&clear, verification, document, len);
	if (!err)
		err = pgp_verification_begin(verification, keyring,
					     clear.signatures,
					     clear.signatures_len, true);
	if (!err)
		err = pgp_cleartext_hash(&clear, verification);
	if (!err)
		err = pgp_verification_end(verification);
	if (!err && text)
		err = pgp_cleartext_show(&clear, text);
out_free:
	kvfree(clear.signatures);
	kvfree(clear.text);
	return err;
}

static int pgp_verify_detached(struct pgp_verification *verification,
			       struct key *keyring, const void *data,
			       size_t data_len, const void *signature,
			       size_t signature_len)
{
	int err;

	if (signature_len > UMD_PGP_MAX_BODY)
		return -EMSGSIZE;
	err = pgp_verification_begin(verification, keyring, signature,
				     signature_len, false);
	if (!err)
		err = pgp_verification_add(verification, data, data_len);
	return err ?: pgp_verification_end(verification);
}

/**
 * umd_pgp_verify - verify a document with the OpenPGP keys of a keyring
 * @keyring: the keyring; the caller ensures that it may be searched
 * @data: the signed data, or a clearsigned document
 * @data_len: length of @data in bytes; of a clearsigned document at most
 *	%UMD_PGP_MAX_CLEARTEXT
 * @signature: one or more signatures on all of @data, binary or armored; NULL
 *	if @data is a clearsigned document
 * @signature_len: length of @signature in bytes, at most 64 KiB
 *
 * The document is good if a key of @keyring has made a true signature and no
 * key of @keyring has made a false signature. A signature counts neither way
 * if its key is not in @keyring, has expired or was revoked there, if the
 * signature has expired, if it is malformed, or if its kind is not accepted.
 *
 * Of a clearsigned document, other lines than those that a reader takes for the
 * signed text could be the signed text only if somebody has taken over the Handler:
 * use a detached signature where nobody looks at what was verified.
 *
 * Context: Process context. Sleeps, and may be frozen meanwhile: the caller holds no lock
 * for which other tasks wait. Loads and starts the Handler if need be. Ends early when
 * the task is being killed.
 *
 * Return: 0, or a negative errno, usually -ENOKEY (none of the keys is in
 * @keyring), -EKEYREJECTED (a signature is false), -EKEYEXPIRED (the signature
 * or each of its keys has expired), -ENOPKG (a kind of signature, hash or key
 * that is not accepted or not in this kernel), -EBADMSG (malformed), -EMSGSIZE (too long,
 * also a line of a clearsigned document of %UMD_PGP_MAX_TEXT bytes or more), -EINTR, or
 * an error of umd_mgmt_call().
 */
int umd_pgp_verify(struct key *keyring, const void *data, size_t data_len,
		   const void *signature, size_t signature_len)
{
	struct pgp_verification *verification;
	int err;

	might_sleep();
	verification = pgp_verification_new(NULL);
	if (!verification)
		return -ENOMEM;
	if (signature)
		err = pgp_verify_detached(verification, keyring, data, data_len,
					  signature, signature_len);
	else if (data_len > UMD_PGP_MAX_CLEARTEXT)
		err = -EMSGSIZE;
	else
		err = pgp_verify_cleartext(verification, keyring, data,
					   data_len, NULL);
	pgp_verification_free(verification);
	return err;
}
EXPORT_SYMBOL_GPL(umd_pgp_verify);
