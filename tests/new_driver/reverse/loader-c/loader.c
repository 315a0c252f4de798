// SPDX-License-Identifier: GPL-2.0-only
/* The reverse driver's Loader: carries the Handler's binary. */
#include "umd_loader.h"

UMD_LOADER(reverse_mgmt, "Reverse user mode driver: Loader");
