// SPDX-License-Identifier: GPL-2.0-only
/*
 * The seal: the limits under which a Handler runs.
 *
 * The library sets it in two steps. Before exec come all parts that exec keeps,
 * among them the system call filter, so that not even the first instruction runs
 * without the filter.
 * The rest is set in the process's first read(), before any input is copied:
 * exec would give the effective user id back if no_new_privs were set while it
 * differs from the real one, and would miscount the processes of the new user
 * if the real one changed before.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cred.h>
#include <linux/fs_struct.h>
#include <linux/mount.h>
#include <linux/resource.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>

#include "compat.h"
#include "process.h"

#ifndef CONFIG_SECCOMP
#error "needs CONFIG_SECCOMP: the seal rests on it"
#endif

/*
 * The system call filter hides the rest of the seal from a Handler that would
 * try it. For that reason one build for tests leaves the filter, and nothing
 * else, out. Kbuild asks for that build only if make's command line does; it
 * taints the kernel as a test module, and says what it is.
 */
#ifdef UMD_TEST_NO_SECCOMP
#define UMD_SECCOMP_MODE SECCOMP_MODE_DISABLED
MODULE_INFO(test, "Y");
#else
#define UMD_SECCOMP_MODE SECCOMP_MODE_STRICT
#endif

/* In 1879048192..2147483647, which systemd and others leave unassigned. */
#define UMD_UID_BASE 0x7f000000

static uint uid_base = UMD_UID_BASE;
module_param(uid_base, uint, 0444);
MODULE_PARM_DESC(uid_base,
		 "First user and group id for Handlers; each driver takes one more (default 0x7f000000)");

static bool mitigate;
module_param(mitigate, bool, 0444);
MODULE_PARM_DESC(mitigate,
		 "Handlers run with the mitigations that spec_store_bypass_disable=seccomp and spectre_v2_user=seccomp give to others (default: no)");

/* A Handler's root and working directory, in which nothing is. */
static struct vfsmount *umd_empty_mnt;

/* All but the address space, which the driver chooses. */
static const struct {
	unsigned int resource;
	unsigned long max;
} umd_seal_rlimits[] = {
	{ RLIMIT_STACK, 256 << 10 },
	{ RLIMIT_NOFILE, 2 },
	{ RLIMIT_CORE, 0 },
	{ RLIMIT_FSIZE, 0 },
	{ RLIMIT_LOCKS, 0 },
	{ RLIMIT_MEMLOCK, 0 },
	{ RLIMIT_MSGQUEUE, 0 },
	{ RLIMIT_NICE, 0 },
	{ RLIMIT_NPROC, 0 },
	{ RLIMIT_RTPRIO, 0 },
	{ RLIMIT_SIGPENDING, 0 },
};

static void umd_seal_set_rlimit(unsigned int resource, unsigned long max)
{
	current->signal->rlim[resource] = (struct rlimit) {
		.rlim_cur = max,
		.rlim_max = max,
	};
}

static void umd_seal_set_limits(const struct umd_mgmt *mgmt)
{
	int i;

	task_lock(current->group_leader);
	for (i = 0; i < ARRAY_SIZE(umd_seal_rlimits); i++)
		umd_seal_set_rlimit(umd_seal_rlimits[i].resource,
				    umd_seal_rlimits[i].max);
	umd_seal_set_rlimit(RLIMIT_AS,
			    mgmt->memory_max ?: UMD_MGMT_MEMORY_MAX);
	task_unlock(current->group_leader);
	current->signal->oom_score_adj = mgmt->oom_score_adj;
	current->signal->oom_score_adj_min = mgmt->oom_score_adj;
	set_user_nice(current, mgmt->nice);
}

/* All but the real ids. */
static void umd_seal_set_ids(const struct umd_driver *driver, struct cred *new)
{
	new->euid = driver->uid;
	new->suid = driver->uid;
	new->fsuid = driver->uid;
	new->egid = driver->gid;
	new->sgid = driver->gid;
	new->fsgid = driver->gid;
}

static int umd_seal_set_cred(const struct umd_driver *driver, struct cred *new)
{
	struct group_info *none = groups_alloc(0);

	if (!none)
		return -ENOMEM;
	set_groups(new, none);
	put_group_info(none);

	umd_seal_set_ids(driver, new);
	new->cap_inheritable = CAP_EMPTY_SET;
	new->cap_permitted = CAP_EMPTY_SET;
	new->cap_effective = CAP_EMPTY_SET;
	new->cap_bset = CAP_EMPTY_SET;
	new->cap_ambient = CAP_EMPTY_SET;
	/* The real user id is still root's: exec must not honour it. */
	new->securebits = SECUREBITS_DEFAULT | SECURE_ALL_BITS |
			  SECURE_ALL_LOCKS;
	new->securebits &= ~issecure_mask(SECURE_KEEP_CAPS);
	return 0;
}

/* Moves the current process; what set_fs_root() and set_fs_pwd() would do. */
static void umd_seal_set_root(const struct path *path)
{
	struct fs_struct *fs = current->fs;
	struct path old_root, old_pwd;

	path_get(path);
	path_get(path);
	umd_fs_write_lock(fs);
	old_root = fs->root;
	old_pwd = fs->pwd;
	fs->root = *path;
	fs->pwd = *path;
	umd_fs_write_unlock(fs);
	path_put(&old_root);
	path_put(&old_pwd);
}

/*
 * Strict mode, as prctl(PR_SET_SECCOMP) sets it, but for two things. It leaves
 * the time-stamp counter on: switching it makes each context switch dearer,
 * three times the cost of a small request. And mitigations of speculation are a
 * parameter, see umd_seal_mitigate(). From here on read, write, exit and sigreturn
 * are all there is.
 */
static void umd_seal_set_seccomp(void)
{
	if (UMD_SECCOMP_MODE == SECCOMP_MODE_DISABLED)
		return;
	current->seccomp.mode = UMD_SECCOMP_MODE;
	/* Nobody may see the flag and not the mode. */
	smp_mb__before_atomic();
	set_task_syscall_work(current, SECCOMP);
}

/*
 * What arch_seccomp_spec_mitigate() does when the administrator has chosen it, of
 * which modules learn nothing. A processor that has no such mitigation, or whose
 * kernel was started without, may ignore the flags. Exec keeps them.
 */
static void umd_seal_mitigate(void)
{
	if (!mitigate)
		return;
	task_set_spec_ssb_disable(current);
	task_set_spec_ssb_force_disable(current);
	task_set_spec_ib_disable(current);
	task_set_spec_ib_force_disable(current);
	umd_current_update_speculation();
}

/**
 * umd_seal_before_exec - the first part of the seal
 * @worker: the worker that the current process is
 * @new: the credentials that the process will have
 *
 * Context: the new process before exec.
 * Return: 0, or a negative errno, after which the process must not run.
 */
int umd_seal_before_exec(struct umd_worker *worker, struct cred *new)
{
	struct path root = umd_blob_root(worker->driver->blob);
	int err;

	err = umd_seal_set_cred(worker->driver, new);
	if (err)
		return err;
	umd_seal_set_limits(worker->driver->mgmt);
	/* The binary is found by its name alone. */
	umd_seal_set_root(&root);
	umd_seal_mitigate();
	umd_seal_set_seccomp();
	return 0;
}

/**
 * umd_seal_before_input - the second part of the seal
 * @worker: the worker that the current process is
 *
 * Context: the Handler's first read(); it has a single thread.
 * Return: 0, or a negative errno, after which it must get no input.
 */
int umd_seal_before_input(struct umd_worker *worker)
{
	const struct path root = {
		.mnt = umd_empty_mnt,
		.dentry = umd_empty_mnt->mnt_root,
	};
	struct cred *new;

	new = prepare_creds();
	if (!new)
		return -ENOMEM;
	new->uid = worker->driver->uid;
	new->gid = worker->driver->gid;
	umd_seal_set_ids(worker->driver, new);
	commit_creds(new);
	task_set_no_new_privs(current);
	umd_current_clear_dumpable();
	umd_seal_set_root(&root);
	return 0;
}

/**
 * umd_seal_holds - whether the current process is what was sealed
 * @worker: the worker that it is
 *
 * Context: the Handler's read() or write(), which holds the driver's lock.
 * Return: false when it is traced, so that somebody else may read what it is
 * given and say what it answers, or when a part of the seal is gone.
 */
bool umd_seal_holds(const struct umd_worker *worker)
{
	const struct cred *cred = current_cred();

	return umd_tracer_is_allowed(current) &&
	       task_no_new_privs(current) &&
	       current->seccomp.mode == UMD_SECCOMP_MODE &&
	       uid_eq(cred->uid, worker->driver->uid) &&
	       uid_eq(cred->euid, worker->driver->uid) &&
	       cap_isclear(cred->cap_permitted);
}

/**
 * umd_seal_ids - set the ids that a driver's Handlers run with
 * @driver: the driver, its number known
 *
 * Return: 0, or -EINVAL when the parameter leaves no such id.
 */
int umd_seal_ids(struct umd_driver *driver)
{
	driver->uid = make_kuid(&init_user_ns, uid_base + driver->id);
	driver->gid = make_kgid(&init_user_ns, uid_base + driver->id);
	if (!uid_valid(driver->uid) || !gid_valid(driver->gid) ||
	    uid_base + driver->id < uid_base)
		return -EINVAL;
	return 0;
}

int __init umd_seal_init(void)
{
	if (!uid_base || uid_base == (uint)-1) {
		pr_err("uid_base must not be 0 or -1\n");
		return -EINVAL;
	}
	if (UMD_SECCOMP_MODE == SECCOMP_MODE_DISABLED)
		pr_warn("TEST BUILD: Handlers may make any system call, do not use\n");
	umd_empty_mnt = umd_tmpfs_mount();
	if (IS_ERR(umd_empty_mnt))
		return PTR_ERR(umd_empty_mnt);
	umd_tmpfs_protect(umd_empty_mnt);
	return 0;
}

void umd_seal_exit(void)
{
	kern_unmount(umd_empty_mnt);
}
