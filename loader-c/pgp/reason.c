// SPDX-License-Identifier: GPL-2.0-only
/* Why a key is not taken: the errno of add_key(), and the words of log and files. */
#include <linux/errno.h>
#include <linux/kernel.h>

#include "pgp.h"

static const struct {
	int err;
	const char *text;
} pgp_reasons[] = {
	[PGP_TAKEN] = { 0, "taken" },
	[PGP_NOT_FOR_SIGNING] = { -EKEYREJECTED, "no key that may sign" },
	[PGP_MALFORMED] = { -EBADMSG, "malformed" },
	[PGP_REVOKED] = { -EKEYREVOKED, "was revoked" },
	[PGP_USER_ID_REVOKED] = { -EKEYREVOKED, "what binds it was revoked" },
	[PGP_EXPIRED] = { -EKEYEXPIRED, "has expired" },
	[PGP_UNBOUND] = { -EKEYREJECTED, "no true signature binds it" },
	[PGP_UNCONFIRMED] = { -EKEYREJECTED,
			      "has not signed that it belongs to its primary key" },
	[PGP_WEAK_HASH] = { -ENOPKG, "bound by a hash that is not accepted" },
	[PGP_BAD_TIME] = { -EKEYREJECTED,
			   "bound by a signature of the future, or older than it" },
	[PGP_CRITICAL] = { -EKEYREJECTED,
			   "bound by a signature with something unknown that is critical" },
	[PGP_ALGORITHM] = { -ENOPKG, "algorithm or curve not accepted" },
	[PGP_SHORT_KEY] = { -ENOPKG, "RSA with too few bits" },
	[PGP_LONG_KEY] = { -ENOPKG, "RSA with more than 8192 bits" },
	[PGP_LONG_EXPONENT] = { -ENOPKG, "RSA with an exponent of more than 64 bits" },
	[PGP_NO_KEY] = { -EKEYREJECTED, "its numbers are no key" },
	[PGP_TOO_MANY_FALSE] = { -E2BIG, "too many false signatures" },
	[PGP_TOO_LONG] = { -EMSGSIZE, "too long" },
	[PGP_TOO_MANY_PARTS] = { -E2BIG, "too many keys, user ids or signatures" },
	[PGP_TOO_SLOW] = { -ETIMEDOUT, "its verifications have taken too long" },
	[PGP_CRASHED] = { -EPIPE, "the process crashed" },
	[PGP_UNTRUSTED] = {
		-ENOKEY,
		"the keyring is restricted, and no key that it trusts has certified it" },
	[PGP_REVOKER_UNKNOWN] = {
		-EKEYREVOKED,
		"its revoker is said to have revoked it, which cannot be verified" },
	[PGP_OLDER] = { -EEXIST,
			"older than what is in the keyring, or of another certificate there" },
};

/**
 * pgp_reason_errno - the error of add_key() for a key that is not taken
 * @reason: why
 *
 * Return: 0 or a negative errno.
 */
int pgp_reason_errno(enum pgp_reason reason)
{
	return pgp_reasons[reason].err;
}

/**
 * pgp_reason_text - why a key is not taken, in words
 * @reason: why
 *
 * Return: words that follow the key.
 */
const char *pgp_reason_text(enum pgp_reason reason)
{
	return pgp_reasons[reason].text;
}

/**
 * pgp_reason_of - the reason that an error is for a single certificate
 * @err: the error
 *
 * Return: why the certificate is not taken; %PGP_TAKEN if the error is not its own.
 */
enum pgp_reason pgp_reason_of(int err)
{
	switch (err) {
	case -ETIMEDOUT:
		return PGP_TOO_SLOW;
	case -EPIPE:
		return PGP_CRASHED;
	}
	return PGP_TAKEN;
}
