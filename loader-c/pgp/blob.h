/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _PGP_BLOB_H
#define _PGP_BLOB_H

/* The Handler's ELF file; gone after init, the library has copied it by then. */
extern const char pgp_umh_start[];
extern const char pgp_umh_end[];

#endif /* _PGP_BLOB_H */
