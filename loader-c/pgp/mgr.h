/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _PGP_MGR_H
#define _PGP_MGR_H

#include "usermode_driver_mgmt.h"

/* Of pgp_mgr.ko, for its Loader. */
extern struct umd_mgmt pgp_mgmt;

#endif /* _PGP_MGR_H */
