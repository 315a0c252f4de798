// SPDX-License-Identifier: GPL-2.0-only
/* The Loader of the driver of signatures for RSA: carries the Handler's binary. */
#include "../mgr.h"
#include "umd_loader.h"
#include "umd_version.h"

UMD_LOADER(verify_rsa_mgmt, "Signatures user mode driver: Loader for RSA");
MODULE_AUTHOR(UMD_AUTHOR);
MODULE_VERSION(UMD_VERSION);
