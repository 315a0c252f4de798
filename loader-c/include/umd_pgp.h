/* SPDX-License-Identifier: GPL-2.0-only */
/* The functions of pgp_mgr.ko for other modules. */
#ifndef _UMD_PGP_H
#define _UMD_PGP_H

#include <linux/types.h>

struct key;

/* Most bytes of a clearsigned document. */
#define UMD_PGP_MAX_CLEARTEXT (16U << 20)

int umd_pgp_verify(struct key *keyring, const void *data, size_t data_len,
		   const void *signature, size_t signature_len);

#endif /* _UMD_PGP_H */
