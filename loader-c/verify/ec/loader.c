// SPDX-License-Identifier: GPL-2.0-only
/* The Loader of the driver of signatures for ECDSA: carries the Handler's binary. */
#include "../mgr.h"
#include "umd_loader.h"
#include "umd_version.h"

UMD_LOADER(verify_ec_mgmt, "Signatures user mode driver: Loader for ECDSA");
MODULE_AUTHOR(UMD_AUTHOR);
MODULE_VERSION(UMD_VERSION);
