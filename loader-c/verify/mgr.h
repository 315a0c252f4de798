/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _VERIFY_MGR_H
#define _VERIFY_MGR_H

#include "usermode_driver_mgmt.h"

/* Of verify_mgr.ko, for its Loaders: a Handler for each family of algorithms. */
extern struct umd_mgmt verify_mgmt;
extern struct umd_mgmt verify_ec_mgmt;
extern struct umd_mgmt verify_rsa_mgmt;

#endif /* _VERIFY_MGR_H */
