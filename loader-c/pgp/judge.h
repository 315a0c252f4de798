/* SPDX-License-Identifier: GPL-2.0-only */
/* The functions of choose.c, for judge.c. */
#ifndef _PGP_JUDGE_H
#define _PGP_JUDGE_H

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

int pgp_own_verify(const struct pgp_certificate *cert,
		   const struct pgp_packet *part,
		   const struct pgp_packet *sig, const struct public_key *by);
enum pgp_reason pgp_candidate_reason(const struct pgp_certificate *cert,
				     const struct umd_pgp_item *sig,
				     const struct pgp_part *part);
bool pgp_is_too_false(struct pgp_part *part);
int pgp_choose(struct pgp_certificate *cert, u32 number,
	       const struct pgp_wanted *wanted, const struct pgp_own **chosen,
	       enum pgp_reason *reason);
int pgp_is_revoked(struct pgp_certificate *cert, u32 number,
		   const struct pgp_wanted *wanted, u32 since,
		   enum pgp_reason *reason);

#endif /* _PGP_JUDGE_H */
