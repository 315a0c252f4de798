/* SPDX-License-Identifier: GPL-2.0-only */
/* The interfaces between the files of pgp_mgr.ko. */
#ifndef _PGP_H
#define _PGP_H

#include <crypto/hash.h>
#include <crypto/public_key.h>
#include <linux/key.h>
#include <linux/key-type.h>
#include <linux/types.h>
/* These headers need the types of the others. */
#include <keys/asymmetric-parser.h>
#include <keys/asymmetric-subtype.h>
#include <keys/asymmetric-type.h>

#include "mgr.h"
#include "pure.h"

/* Most bytes of a certificate: what add_key() takes. */
#define PGP_MAX_CERTIFICATE ((1U << 20) - 1)
/* Most keys and user ids of a certificate. */
#define PGP_MAX_PARTS 1024
/* Most signatures of a certificate that name its primary key, or nobody. */
#define PGP_MAX_OWN 4096
/* Most signatures of a certificate by other keys that are looked at. */
#define PGP_MAX_OTHERS 1024
/* As many false signatures on a key or user id change nothing. */
#define PGP_MAX_FALSE 64
/* Most verifications for one certificate, and for the signatures of a document. */
#define PGP_MAX_VERIFICATIONS 1024
/* Most signatures of a document. */
#define PGP_MAX_SIGNATURES 64
/* Clocks differ: a signature may be so many seconds younger than the present. */
#define PGP_CLOCK_SLACK 1800
/* The longest digest. */
#define PGP_DIGEST_SIZE 64
/* How much of a user id is shown. */
#define PGP_USER_ID_SIZE 256

/* Key flags (section 5.2.3.29). */
#define PGP_MAY_CERTIFY 0x01
#define PGP_MAY_SIGN 0x02

/* The kind of ids in struct public_key. */
#define PGP_ID_TYPE "PGP"

/* The text that a read of one of the files returns; all zero to begin with. */
struct pgp_text {
	char *buf;
	size_t len;
	size_t size;
};

/*
 * The bounds of one call of add_key(), import or verification. Under the kernel's
 * lock of parsers @holds_lock is set: see struct umd_mgmt_call.
 */
struct pgp_job {
	/* The time in jiffies that replies and arithmetic have taken. */
	unsigned long spent;
	unsigned int verifications;
	/* The time is up. */
	bool is_over;
	bool holds_lock;
};

/* Why a key is not taken, or %PGP_TAKEN. In reason.c. */
enum pgp_reason {
	PGP_TAKEN,
	PGP_NOT_FOR_SIGNING,
	PGP_MALFORMED,
	PGP_REVOKED,
	PGP_USER_ID_REVOKED,
	PGP_EXPIRED,
	PGP_UNBOUND,
	PGP_UNCONFIRMED,
	PGP_WEAK_HASH,
	PGP_BAD_TIME,
	PGP_CRITICAL,
	PGP_ALGORITHM,
	PGP_SHORT_KEY,
	PGP_LONG_KEY,
	PGP_LONG_EXPONENT,
	PGP_NO_KEY,
	PGP_TOO_MANY_FALSE,
	PGP_TOO_LONG,
	PGP_TOO_MANY_PARTS,
	PGP_OLDER,
	PGP_UNTRUSTED,
	PGP_REVOKER_UNKNOWN,
	PGP_TOO_SLOW,
	PGP_CRASHED,
};

int pgp_reason_errno(enum pgp_reason reason);
const char *pgp_reason_text(enum pgp_reason reason);
enum pgp_reason pgp_reason_of(int err);

/* A fingerprint (section 5.5.4); bytes behind @len are zero. */
struct pgp_fingerprint {
	u8 len;
	u8 bytes[32];
};

static inline bool pgp_is_same_key(const struct pgp_fingerprint *one,
				   const struct pgp_fingerprint *other)
{
	return !memcmp(one, other, sizeof(*one));
}

/* A packet that was taken apart. */
struct pgp_packet {
	u8 tag;
	const u8 *body;
	u32 len;
	struct umd_pgp_item item;
};

/* A signature of a certificate. */
struct pgp_statement {
	struct pgp_packet packet;
	/* Number of the key or user id that the signature is on. */
	u32 part;
	bool is_tried;
	/* Of a certification: by a key that restricts the keyring. */
	bool is_trusted;
};

/* A key, a user id or an attribute. */
struct pgp_part {
	struct pgp_packet packet;
	unsigned int false_signatures;
	/* By others, who are trusted. */
	unsigned int false_links;
	/* Of a user id: a true self-signature binds it. */
	bool is_bound;
};

/*
 * The signatures by which a key is known: when each was made, or 0. Whoever leaves out
 * newer ones has a certificate that is older in one of these.
 */
struct pgp_said {
	u32 user_id;
	u32 direct;
	u32 binding;
	/* A hash of the user id, which is one of several: another one says other things. */
	u32 id;
};

/* The keyring that keys go to. */
struct pgp_target {
	/* NULL if unknown: a parser is not told the keyring. */
	struct key *keyring;
	bool is_restricted;
	/* The key or keyring by which the keyring is restricted, or NULL. */
	struct key *by;
	/* Primary keys that only certify go there, too. */
	bool keeps_certifiers;
};

/* A certificate: a primary key, the first part, and what belongs to it. */
struct pgp_certificate {
	struct pgp_job *job;
	const struct pgp_target *target;
	struct pgp_fingerprint fingerprint;
	struct public_key *pub;
	struct pgp_part *parts;
	u32 part_count;
	/* Signatures that name the primary key, or nobody. */
	struct pgp_statement *own;
	u32 own_count;
	/* Signatures by others, see others.c. */
	struct pgp_statement *others;
	u32 other_count;
	/* How many of these are revocations of the primary key. */
	u32 revocation_count;
	/* There were too many of either kind. */
	bool has_more_others;
	bool has_more_revocations;
	/* A designated revoker, whose revocation cannot be verified. */
	struct pgp_fingerprint revoker;
	/* When what links the primary key ends; 0 for never. */
	u64 link_expires;
	/* By true signatures, from pgp_certificate_judge() on. */
	const struct pgp_part *user_id;
	u64 expires;
	/* By which signatures. */
	struct pgp_said said;
	u8 key_flags;
};

/* job.c */
int pgp_job_check(struct pgp_job *job);
void pgp_job_spend(struct pgp_job *job, unsigned long began);
int pgp_job_pause(void);

/* ask.c */
struct pgp_batch;

struct pgp_batch *pgp_batch_new(struct pgp_job *job);
void pgp_batch_free(struct pgp_batch *batch);
bool pgp_batch_add(struct pgp_batch *batch, u8 tag, const u8 *body, u32 len);
int pgp_batch_ask(struct pgp_batch *batch);
u32 pgp_batch_count(const struct pgp_batch *batch);
void pgp_batch_get(const struct pgp_batch *batch, u32 number,
		   struct pgp_packet *packet);
void pgp_batch_clear(struct pgp_batch *batch);
int pgp_ask_one(struct pgp_job *job, u8 tag, const u8 *body, u32 len,
		struct pgp_packet *packet);
int pgp_ask_text(struct pgp_job *job, struct umd_pgp_text *state,
		 const u8 *text, u32 len, struct umd_pgp_text_reply *reply);

/* stream.c */
struct pgp_stream;

typedef int (*pgp_certificate_fn)(void *data, const u8 *bytes, u32 len,
				  enum pgp_reason reason);

struct pgp_stream *pgp_stream_new(pgp_certificate_fn fn, void *data);
void pgp_stream_free(struct pgp_stream *stream);
int pgp_stream_add(struct pgp_stream *stream, const u8 *bytes, size_t len);
int pgp_stream_end(struct pgp_stream *stream);

/* armor.c */
struct pgp_armor;

/* The receiver of the parts of a text. */
struct pgp_armor_sink {
	/* Content of armor must be of this kind: a UMD_PGP_ARMOR_ constant. */
	u32 kind;
	/* Gets the content of all blocks, one behind the other. */
	int (*content)(void *data, const u8 *bytes, u32 len);
	/* Gets whole lines of a clearsigned text; NULL for armor alone. */
	int (*text)(void *data, const u8 *bytes, u32 len);
};

struct pgp_armor *pgp_armor_new(struct pgp_job *job,
				const struct pgp_armor_sink *sink, void *data);
void pgp_armor_free(struct pgp_armor *armor);
int pgp_armor_add(struct pgp_armor *armor, const u8 *bytes, size_t len);
int pgp_armor_end(struct pgp_armor *armor);

/* hash.c */
struct pgp_hash {
	struct crypto_shash *tfm;
	struct shash_desc *desc;
	/* @tfm is another one's. */
	bool is_copy;
};

const char *pgp_hash_name(u8 hash);
u32 pgp_hash_size(u8 hash);
bool pgp_hash_is_strong(u8 hash);
int pgp_hash_init(struct pgp_hash *hash, const char *name);
int pgp_hash_copy(struct pgp_hash *copy, const struct pgp_hash *of);
int pgp_hash_key(struct pgp_hash *hash, const u8 *body, u32 len);
int pgp_hash_user_id(struct pgp_hash *hash, const struct pgp_packet *id);
int pgp_hash_begin(struct pgp_hash *hash, const struct pgp_packet *sig);
int pgp_hash_end(struct pgp_hash *hash, const struct pgp_packet *sig, int err,
		 u8 *digest);
int pgp_hash_bytes(struct pgp_hash *hash, const u8 *at, size_t len);
void pgp_hash_free(struct pgp_hash *hash);
int pgp_fingerprint(const u8 *body, u32 len, struct pgp_fingerprint *to);
const u8 *pgp_key_id(const struct pgp_fingerprint *of);

/* signature.c */
bool pgp_can_verify(u8 algorithm);
bool pgp_signature_fits(const struct umd_pgp_item *sig,
			const struct public_key *by);
int pgp_signature_verify(struct pgp_job *job, const struct pgp_packet *sig,
			 u8 *digest, const struct public_key *by);
int pgp_auth_new(const struct pgp_packet *sig, const u8 *digest,
		 const struct public_key *by,
		 struct public_key_signature **auth);
int pgp_auth_name(struct public_key_signature *auth,
		  const struct pgp_fingerprint *issuer);
bool pgp_may_be_by(const struct umd_pgp_item *sig, const struct public_key *by);

/* key.c */
/* The origin of a key, kept beside it; times are in seconds since 1970. */
struct pgp_origin {
	/* When the key was made. */
	u32 created;
	struct pgp_said said;
	struct pgp_fingerprint primary;
	/* Key flags, of which only these two are kept. */
	u8 uses;
};

int pgp_public_key_new(const struct pgp_packet *key, bool holds_lock,
		       struct public_key **pub, enum pgp_reason *reason);
void pgp_public_key_free(struct public_key *pub);
struct asymmetric_key_subtype *
pgp_public_key_subtype(const struct public_key *pub);
int pgp_public_key_verify(const struct public_key *pub,
			  const struct public_key_signature *sig,
			  bool holds_lock);
u32 pgp_modulus_size(const struct public_key *pub);
bool pgp_key_is_ours(const struct key *key);
struct pgp_fingerprint pgp_key_fingerprint(const struct key *key);
struct pgp_origin pgp_key_origin(const struct key *key);
struct asymmetric_key_ids *pgp_key_ids_new(const struct pgp_fingerprint *of,
					   const struct pgp_origin *origin);
char *pgp_description_new(const struct pgp_fingerprint *of,
			  const struct pgp_part *user_id);

/* find.c */
struct key *pgp_find_issuer(struct key *keyring,
			    const struct umd_pgp_item *sig);
struct key *pgp_find_key(struct key *keyring, const struct pgp_fingerprint *of);

/* certificate.c */
int pgp_certificate_read(struct pgp_certificate *cert, struct pgp_job *job,
			 const struct pgp_target *target, const u8 *bytes,
			 u32 len, enum pgp_reason *reason);
void pgp_certificate_free(struct pgp_certificate *cert);

/* judge.c */
struct pgp_key {
	struct pgp_part *part;
	struct pgp_fingerprint fingerprint;
	struct public_key *pub;
	u64 expires;
	struct pgp_origin origin;
	/* Of a subkey: the signature that binds the subkey. */
	const struct pgp_packet *binding;
	/* By which a restricted keyring takes the key; or NULL. */
	struct public_key_signature *auth;
};

int pgp_certificate_judge(struct pgp_certificate *cert, enum pgp_reason *reason);
int pgp_certificate_key(struct pgp_certificate *cert, u32 number,
			struct pgp_key *key, enum pgp_reason *reason);
void pgp_key_free(struct pgp_key *key);

/* link.c */
void pgp_target_get(struct pgp_target *target, struct key *keyring);
void pgp_target_put(struct pgp_target *target);

/* parser.c */
int pgp_parser_register(void);
void pgp_parser_unregister(void);
int pgp_key_remove(key_ref_t keyring, const struct pgp_fingerprint *of,
		   const struct pgp_fingerprint *primary,
		   const struct pgp_said *said, bool only_signers);
int pgp_key_create(key_ref_t keyring, struct pgp_certificate *cert,
		   struct pgp_key *key, key_ref_t *ref);

/* import.c */
struct pgp_import;

struct pgp_import *pgp_import_new(struct pgp_text *text,
				  bool keeps_certifiers);
void pgp_import_free(struct pgp_import *import);
int pgp_import_add(struct pgp_import *import, key_ref_t keyring,
		   const u8 *bytes, size_t len);
int pgp_import_end(struct pgp_import *import, key_ref_t keyring);

/* verify.c */
struct pgp_verification;

struct pgp_verification *pgp_verification_new(struct pgp_text *text);
void pgp_verification_free(struct pgp_verification *verification);
int pgp_verification_begin(struct pgp_verification *verification,
			   struct key *keyring, const u8 *signatures, u32 len,
			   bool is_clear);
int pgp_verification_add(struct pgp_verification *verification, const u8 *bytes,
			 size_t len);
int pgp_verification_end(struct pgp_verification *verification);
struct pgp_job *pgp_verification_job(struct pgp_verification *verification);

/* cleartext.c */
int pgp_verify_cleartext(struct pgp_verification *verification,
			 struct key *keyring, const u8 *document, size_t len,
			 struct pgp_text *text);

/* file.c */
int pgp_files_create(void);
void pgp_files_remove(void);

/* text.c */
char pgp_printable(u8 byte);
int pgp_text_add(struct pgp_text *text, const void *bytes, size_t len);
int pgp_text_taken(struct pgp_text *text, const struct key *key);
int pgp_text_refused(struct pgp_text *text, const struct pgp_fingerprint *of,
		     enum pgp_reason reason);
int pgp_text_unverified(struct pgp_text *text, const struct pgp_fingerprint *of,
			const struct pgp_fingerprint *revoker);
int pgp_text_verified(struct pgp_text *text, const struct key *key,
		      const struct umd_pgp_item *sig, u64 len);

/* main.c */
extern unsigned long pgp_sha1_until;
extern unsigned int pgp_min_rsa_bits;
extern bool pgp_refuse_unverified;
extern bool pgp_rsa_is_on, pgp_ecdsa_is_on, pgp_eddsa_is_on;

#endif /* _PGP_H */
