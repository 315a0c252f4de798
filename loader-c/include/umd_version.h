/* SPDX-License-Identifier: GPL-2.0-only */
/* The version and authors of this tree's modules, for modinfo. */
#ifndef _UMD_VERSION_H
#define _UMD_VERSION_H

#define UMD_VERSION "0.1.0"
#define UMD_AUTHOR "The authors of user mode drivers for stock kernels"

#endif /* _UMD_VERSION_H */
