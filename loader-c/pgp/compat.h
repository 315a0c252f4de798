/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All differences between the supported kernels, 6.1 and later, that concern
 * pgp_mgr.ko. Kbuild derives the conditions from the kernel's headers.
 */
#ifndef _PGP_COMPAT_H
#define _PGP_COMPAT_H

#include <crypto/public_key.h>
#include <crypto/sha1.h>
#include <linux/string.h>
#ifdef PGP_ASM_UNALIGNED
#include <asm/unaligned.h>
#else
#include <linux/unaligned.h>
#endif

/* Since 7.x, a signature may cover a message or the digest of one. */
static inline void pgp_set_digest(struct public_key_signature *sig, u8 *digest,
				  u32 size)
{
#ifdef PGP_SIGNATURE_OF_MESSAGE
	sig->m = digest;
	sig->m_size = size;
#else
	sig->digest = digest;
	sig->digest_size = size;
#endif
}

/* As above, for a digest that public_key_signature_free() frees. */
static inline void pgp_give_digest(struct public_key_signature *sig, u8 *digest,
				   u32 size)
{
	pgp_set_digest(sig, digest, size);
#ifdef PGP_SIGNATURE_OF_MESSAGE
	sig->m_free = true;
#endif
}

/*
 * SHA-1 of the kernel's library, which each kernel has in any configuration.
 * Up to 6.16, the library hashes single blocks only.
 */
#ifdef PGP_SHA1_IS_WHOLE
static inline void pgp_sha1(const u8 *data, size_t len, u8 *out)
{
	sha1(data, len, out);
}
#else
static inline void pgp_sha1(const u8 *data, size_t len, u8 *out)
{
	u32 state[SHA1_DIGEST_WORDS], work[SHA1_WORKSPACE_WORDS];
	u8 last[2 * SHA1_BLOCK_SIZE] = {};
	size_t left = len % SHA1_BLOCK_SIZE;
	size_t size = left < SHA1_BLOCK_SIZE - 8 ? SHA1_BLOCK_SIZE :
						   2 * SHA1_BLOCK_SIZE;
	size_t i;

	sha1_init(state);
	for (i = 0; i < len - left; i += SHA1_BLOCK_SIZE)
		sha1_transform(state, (const char *)data + i, work);
	memcpy(last, data + i, left);
	last[left] = 0x80;
	put_unaligned_be64((u64)len * 8, last + size - 8);
	for (i = 0; i < size; i += SHA1_BLOCK_SIZE)
		sha1_transform(state, (const char *)last + i, work);
	for (i = 0; i < SHA1_DIGEST_WORDS; i++)
		put_unaligned_be32(state[i], out + 4 * i);
}
#endif

#endif /* _PGP_COMPAT_H */
