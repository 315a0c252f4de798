/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the Manager does with bytes that it does not trust: ECDSA signatures in
 * DER, and the Handler's replies. The only kernel services in use are memcpy()
 * and memset(), so that the same files can be tested outside of a kernel.
 */
#ifndef _VERIFY_DER_H
#define _VERIFY_DER_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdbool.h>
#endif

#include "umd_verify_abi.h"

__u32 verify_der_size(const __u8 *bytes, __u32 len);
bool verify_der_to_raw(const __u8 *der, __u32 der_len, __u8 *raw, __u32 len);

/* reply.c */
int verify_reply_errno(int status, const struct umd_verify_reply *reply);
int verify_key_errno(int status, const struct umd_verify_reply *reply);

#endif /* _VERIFY_DER_H */
