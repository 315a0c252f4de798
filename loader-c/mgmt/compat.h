/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every difference between the kernels that are supported, 6.1 and later, that
 * umd_mgmt.ko meets.
 * Kbuild defines the conditions from what the kernel's headers say.
 */
#ifndef _UMD_COMPAT_H
#define _UMD_COMPAT_H

#include <linux/delay.h>
#include <linux/export.h>
#include <linux/fs_struct.h>
#include <linux/mm_types.h>
#include <linux/sched.h>
#include <linux/sched/coredump.h>
#ifdef UMD_DUMPABLE_IN_EXEC_STATE
#include <linux/rcupdate.h>
#include <linux/sched/exec_state.h>
#endif

/* The name of a symbol namespace became a string in 6.13. */
#ifdef UMD_NS_IS_STRING
#define UMD_MGMT_NS "UMD_MGMT"
#else
#define UMD_MGMT_NS UMD_MGMT
#endif

/* The lock and the sequence count of an fs_struct became one in 7.x. */
static inline void umd_fs_write_lock(struct fs_struct *fs)
{
#ifdef UMD_FS_SEQLOCK
	write_seqlock(&fs->seq);
#else
	spin_lock(&fs->lock);
	write_seqcount_begin(&fs->seq);
#endif
}

static inline void umd_fs_write_unlock(struct fs_struct *fs)
{
#ifdef UMD_FS_SEQLOCK
	write_sequnlock(&fs->seq);
#else
	write_seqcount_end(&fs->seq);
	spin_unlock(&fs->lock);
#endif
}

/*
 * set_dumpable() is not exported. The value is in mm->flags, which became a
 * struct in 6.18, and later in a struct of its own, which a process has to
 * itself since exec.
 */
static inline void umd_current_clear_dumpable(void)
{
#if defined(UMD_DUMPABLE_IN_EXEC_STATE)
	struct task_exec_state *state =
		rcu_dereference_protected(current->exec_state, true);

	WRITE_ONCE(state->dumpable, TASK_DUMPABLE_OFF);
#elif defined(UMD_DUMPABLE_IN_MM_FLAGS_STRUCT)
	__mm_flags_set_mask_dumpable(current->mm, SUID_DUMP_DISABLE);
#else
	set_mask_bits(&current->mm->flags, MMF_DUMPABLE_MASK,
		      SUID_DUMP_DISABLE);
#endif
}

/*
 * Has the processor take up what the flags of the current process say of speculation.
 * speculation_ctrl_update_current() of x86 is not exported, but the next context
 * switch to the process does the same, and other architectures do it at each.
 */
static inline void umd_current_update_speculation(void)
{
#ifdef TIF_SPEC_FORCE_UPDATE
	set_thread_flag(TIF_SPEC_FORCE_UPDATE);
	do {
		usleep_range(10, 20);
	} while (test_thread_flag(TIF_SPEC_FORCE_UPDATE));
#else
	usleep_range(10, 20);
#endif
}

#endif /* _UMD_COMPAT_H */
