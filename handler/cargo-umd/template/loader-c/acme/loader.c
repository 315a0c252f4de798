// SPDX-License-Identifier: GPL-2.0-only
/* The Loader: carries the Handler's file. */
#include "umd_loader.h"

UMD_LOADER(acme_mgmt, "ELF headers: Loader");
