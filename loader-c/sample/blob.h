/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SAMPLE_BLOB_H
#define _SAMPLE_BLOB_H

/* The Handler's ELF file; gone after init, the library has copied it by then. */
extern const char sample_umh_start[];
extern const char sample_umh_end[];

#endif /* _SAMPLE_BLOB_H */
