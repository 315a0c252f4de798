/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _REVERSE_MGR_H
#define _REVERSE_MGR_H

#include "usermode_driver_mgmt.h"

/* Of reverse_mgr.ko, for its Loader. */
extern struct umd_mgmt reverse_mgmt;

#endif /* _REVERSE_MGR_H */
