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
#include "reply.h"

/* The most keys of a ring, and the most signatures of a document. */
#define PGP_MAX_KEYS 128
#define PGP_MAX_SIGNATURES 64

/* The kind of ids in struct public_key. */
#define PGP_ID_TYPE "PGP"

/*
 * The data of requests, of which there may be several; @asked is the time in
 * jiffies that their replies have taken. Under the kernel's lock of parsers
 * @holds_lock is set: see struct umd_mgmt_call.
 */
struct pgp_data {
	u32 len;
	unsigned long asked;
	bool holds_lock;
	struct umd_pgp_request request;
	u8 bytes[];
};

/* The text that a read of one of the files returns. */
struct pgp_text {
	char *buf;
	size_t len;
	size_t size;
};

/* ask.c */
struct pgp_data *pgp_data_new(const void *bytes, size_t len);
void pgp_data_free(struct pgp_data *data);
int pgp_ask_key(struct pgp_data *data, u32 index, struct umd_pgp_key *key);
int pgp_ask_signature(struct pgp_data *data, u32 index,
		      struct umd_pgp_signature_reply *reply);
struct pgp_data *pgp_ask_binary(const void *bytes, size_t len, u32 kind);
struct pgp_data *pgp_ask_cleartext(struct pgp_data *document, u32 part);

/* hash.c */
struct pgp_hash {
	struct crypto_shash *tfm;
	struct shash_desc *desc;
};

int pgp_hash_init(struct pgp_hash *hash, const char *name);
int pgp_hash_key(struct pgp_hash *hash, const u8 *body, u32 len);
void pgp_hash_free(struct pgp_hash *hash);
int pgp_fingerprint_check(const struct umd_pgp_key *key, const u8 *body);

/* signature.c */
int pgp_document_hash(const struct umd_pgp_signature *sig, const u8 *sig_data,
		      const void *document, size_t len, u8 *digest);
int pgp_binding_hash(const struct umd_pgp_signature *sig,
		     const struct umd_pgp_key *key, const u8 *data, u8 *digest);
int pgp_signature_verify(const struct umd_pgp_signature *sig, u8 *digest,
			 const struct public_key *by, const struct key *key);

/* key.c */
struct public_key *pgp_public_key_new(const struct umd_pgp_key *key);
struct asymmetric_key_ids *pgp_key_ids_new(const struct umd_pgp_key *key);
char *pgp_description_new(const struct umd_pgp_key *key,
			  const struct umd_pgp_key *primary);
u32 pgp_modulus_size(const struct public_key *pub);

/* certificate.c */
struct pgp_ring {
	struct pgp_data *data;
	u32 next;
	u32 count;
	int primary_err;
	struct public_key *primary_pub;
	/* The error of the first key that could not be used, or 0. */
	int err;
	struct umd_pgp_key primary;
	struct umd_pgp_key key;
};

struct pgp_ring *pgp_ring_new(struct pgp_data *data);
void pgp_ring_free(struct pgp_ring *ring);
int pgp_ring_next(struct pgp_ring *ring, bool first_only,
		  struct public_key **pub);

/* parser.c */
int pgp_parser_register(void);
void pgp_parser_unregister(void);
int pgp_key_create(key_ref_t keyring, struct pgp_ring *ring,
		   struct public_key *pub, key_ref_t *ref);

/* import.c */
int pgp_import(key_ref_t keyring, const void *bytes, size_t len,
	       struct pgp_text *text);

/* verify.c */
int pgp_verify(struct key *keyring, const void *document, size_t len,
	       const void *signature, size_t signature_len,
	       struct pgp_text *text);

/* file.c */
int pgp_files_create(void);
void pgp_files_remove(void);

/* text.c */
char pgp_printable(u8 byte);
void pgp_text_key(struct pgp_text *text, const struct key *key);

#endif /* _PGP_H */
