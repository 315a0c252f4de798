/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _REVERSE_MGR_H
#define _REVERSE_MGR_H

#include "usermode_driver_mgmt.h"

extern struct umd_mgmt reverse_mgmt;

/* For whatever the module is for; any number of callers at a time. */
int reverse(const void *in, size_t len, void *out);

#endif
