/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Layer 2: what runs, sleeps and copies. A function below takes the driver's
 * lock itself, and its caller does not hold it, unless its heading says
 * otherwise.
 */
#ifndef _UMD_PROCESS_H
#define _UMD_PROCESS_H

#include "queue.h"

/* power.c */
int umd_power_init(void);
void umd_power_exit(void);

/* spin.c */
extern unsigned int umd_spin_us;

/* Whether to look before sleeping: alone, nobody does anything meanwhile. */
static inline bool umd_spins(void)
{
	return READ_ONCE(umd_spin_us) && num_online_cpus() > 1;
}

void umd_spin(bool (*happened)(const void *data), const void *data);

/* seal.c */
int umd_seal_before_exec(struct umd_worker *worker, struct cred *new);
int umd_seal_before_input(struct umd_worker *worker);
bool umd_seal_holds(const struct umd_worker *worker);
int umd_seal_init(void);
void umd_seal_exit(void);
int umd_seal_ids(struct umd_driver *driver);

/* channel.c */
int umd_channel_install(struct umd_worker *worker);

/* descriptors.c; without the lock: a process's descriptors are its own */
int umd_descriptors_clear(const char *name);
int umd_descriptors_check(const char *name);

/* group.c */
int umd_group_enter(const char *name);

/* spawn.c */
int umd_spawn(struct umd_worker *worker);

/* blob.c */
struct umd_blob *umd_blob_create(const char *name, const void *data,
				 size_t size);
void umd_blob_destroy(struct umd_blob *blob);
struct path umd_blob_root(const struct umd_blob *blob);
struct vfsmount *umd_tmpfs_mount(void);
void umd_tmpfs_protect(struct vfsmount *mnt);

/* loader.c */
int umd_loader_create(struct umd_driver *driver);
void umd_loader_destroy(struct umd_driver *driver);
void umd_loader_settle(struct umd_driver *driver, int error);

/* call.c */
int umd_worker_run(struct umd_worker *worker, struct umd_mgmt_call *call,
		   unsigned long timeout);

/* start.c */
void umd_driver_start(struct work_struct *work);

/* watchdog.c */
void umd_watchdog(struct work_struct *work);

#endif /* _UMD_PROCESS_H */
