// SPDX-License-Identifier: GPL-2.0-only
/* The sample UMD Loader: carries the Handler's binary. */
#include "sample_mgr.h"
#include "umd_loader.h"
#include "umd_version.h"

UMD_LOADER(sample_mgmt, "Sample user mode driver: Loader");
MODULE_AUTHOR(UMD_AUTHOR);
MODULE_VERSION(UMD_VERSION);
