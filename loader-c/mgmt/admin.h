/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Layer 3: what modules and administrators call. All of it sleeps, and is called
 * without a lock of the library.
 */
#ifndef _UMD_ADMIN_H
#define _UMD_ADMIN_H

#include "process.h"

/* files.c */
int umd_run_in_kernel(int (*run)(void *data), void *data);
struct umd_mgmt_files *umd_files_create(struct dentry *parent,
					const char *folder,
					const struct umd_mgmt_file *wanted,
					unsigned int count);
struct dentry *umd_files_folder(const struct umd_mgmt_files *files);

/* control.c */
int umd_control_add(struct umd_driver *driver);
void umd_control_remove(struct umd_driver *driver);
int umd_control_init(void);
void umd_control_exit(void);

/* debug.c */
void umd_debug_add(struct umd_driver *driver);
void umd_debug_remove(struct umd_driver *driver);
void umd_debug_init(void);
void umd_debug_exit(void);

#endif /* _UMD_ADMIN_H */
