// SPDX-License-Identifier: GPL-2.0-only
/* The OpenPGP driver's Loader: carries the Handler's binary. */
#include "mgr.h"
#include "umd_loader.h"
#include "umd_version.h"

UMD_LOADER(pgp_mgmt, "OpenPGP user mode driver: Loader");
MODULE_AUTHOR(UMD_AUTHOR);
MODULE_VERSION(UMD_VERSION);
