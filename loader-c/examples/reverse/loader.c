// SPDX-License-Identifier: GPL-2.0-only
#include "reverse_mgr.h"
#include "umd_loader.h"

UMD_LOADER(reverse_mgmt, "Reverse user mode driver: Loader");
