/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SAMPLE_MGR_H
#define _SAMPLE_MGR_H

#include "usermode_driver_mgmt.h"

/* Of sample_mgr.ko, for its Loader. */
extern struct umd_mgmt sample_mgmt;

#endif /* _SAMPLE_MGR_H */
