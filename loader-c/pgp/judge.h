/* SPDX-License-Identifier: GPL-2.0-only */
/* The functions of choose.c, others.c and link.c, for judge.c. */
#ifndef _PGP_JUDGE_H
#define _PGP_JUDGE_H

#include <linux/ktime.h>
#include <linux/minmax.h>

#include "pgp.h"

/* The kinds of signatures that are looked for on a part. */
struct pgp_wanted {
	u8 first;
	u8 last;
	bool revokes;
};

extern const struct pgp_wanted pgp_key_revocations;
extern const struct pgp_wanted pgp_subkey_revocations;
extern const struct pgp_wanted pgp_user_id_revocations;
extern const struct pgp_wanted pgp_direct;
extern const struct pgp_wanted pgp_certifications;
extern const struct pgp_wanted pgp_bindings;

static inline const struct pgp_packet *pgp_primary(const struct pgp_certificate *cert)
{
	return &cert->parts[0].packet;
}

/* When something that lasts @after seconds from @from ends; 0 for never. */
static inline u64 pgp_end(u32 from, u32 after)
{
	return after ? (u64)from + after : 0;
}

static inline u64 pgp_earlier(u64 one, u64 other)
{
	return one && other ? min(one, other) : one ?: other;
}

static inline bool pgp_is_over(u64 end)
{
	return end && end <= ktime_get_real_seconds();
}

/* When a signature has expired; 0 for never. */
static inline u64 pgp_signature_end(const struct umd_pgp_item *sig)
{
	return pgp_end(sig->created, sig->expires_in);
}

/* choose.c */
int pgp_statement_hash(const struct pgp_certificate *cert,
		       const struct pgp_packet *part,
		       const struct pgp_packet *sig, u8 *digest);
int pgp_statement_verify(const struct pgp_certificate *cert,
			 const struct pgp_packet *part,
			 const struct pgp_packet *sig,
			 const struct public_key *by);
enum pgp_reason pgp_candidate_reason(const struct pgp_certificate *cert,
				     const struct umd_pgp_item *sig,
				     const struct pgp_part *part);
bool pgp_is_too_false(struct pgp_part *part);
int pgp_choose(struct pgp_certificate *cert, u32 number,
	       const struct pgp_wanted *wanted, const struct pgp_statement **chosen,
	       enum pgp_reason *reason);
int pgp_is_revoked(struct pgp_certificate *cert, u32 number,
		   const struct pgp_wanted *wanted, u32 since,
		   enum pgp_reason *reason);

/* others.c */
bool pgp_has_same_issuer(const struct umd_pgp_item *one,
			 const struct umd_pgp_item *other);
bool pgp_is_by(const struct umd_pgp_item *sig,
	       const struct pgp_fingerprint *of);
int pgp_keep_other(struct pgp_certificate *cert, u32 part,
		   const struct pgp_packet *sig);
int pgp_judge_revokers(struct pgp_certificate *cert, enum pgp_reason *reason);

/* link.c */
bool pgp_wants_link(const struct pgp_target *target);
int pgp_may_link(const struct pgp_target *target,
		 const struct umd_pgp_item *sig, bool *is_trusted);
int pgp_link(struct pgp_certificate *cert, struct pgp_key *key,
	     enum pgp_reason *reason);

#endif /* _PGP_JUDGE_H */
