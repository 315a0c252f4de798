/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All differences between the supported kernels, 6.1 and later, that concern
 * verify_mgr.ko. Kbuild derives the conditions from the kernel's headers.
 */
#ifndef _VERIFY_COMPAT_H
#define _VERIFY_COMPAT_H

#include <crypto/public_key.h>
#include <linux/types.h>

/*
 * Since 7.x, a signature may cover a message or the digest of one. Returns false
 * for the former.
 */
static inline bool verify_has_digest(const struct public_key_signature *sig)
{
#ifdef VERIFY_MESSAGE_MAY_BE_DATA
	return !sig->algo_takes_data;
#else
	return true;
#endif
}

static inline const u8 *verify_digest(const struct public_key_signature *sig)
{
#ifdef VERIFY_SIGNATURE_OF_MESSAGE
	return sig->m;
#else
	return sig->digest;
#endif
}

static inline u32 verify_digest_size(const struct public_key_signature *sig)
{
#ifdef VERIFY_SIGNATURE_OF_MESSAGE
	return sig->m_size;
#else
	return sig->digest_size;
#endif
}

/* For tests: public_key_signature_free() frees the digest. */
static inline void verify_set_digest(struct public_key_signature *sig,
				     u8 *digest, u32 size)
{
#ifdef VERIFY_SIGNATURE_OF_MESSAGE
	sig->m = digest;
	sig->m_size = size;
	sig->m_free = true;
#else
	sig->digest = digest;
	sig->digest_size = size;
#endif
}

#endif /* _VERIFY_COMPAT_H */
