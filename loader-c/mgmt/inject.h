/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fault injection where a test's own task is not: the kernel's fail-nth makes
 * the Nth allocation (or other thing that may fail) of one task fail, and is
 * not inherited. For that reason module parameters of a build for tests
 * (UMD_TEST_INJECT=1 on make's command line) name the place at which to begin to
 * count, or to sleep. In any other build all of this is nothing.
 */
#ifndef _UMD_INJECT_H
#define _UMD_INJECT_H

/**
 * enum umd_inject_place - where faults can be injected
 * @UMD_INJECT_NOWHERE: at none of them
 * @UMD_INJECT_BLOB: the work that copies a binary
 * @UMD_INJECT_START: the work that starts a Handler, up to its end
 * @UMD_INJECT_SPAWN: the new process before exec
 * @UMD_INJECT_READ: a Handler's read(), its first one too
 * @UMD_INJECT_WRITE: a Handler's write()
 * @UMD_INJECT_INIT: the init function of the library
 */
enum umd_inject_place {
	UMD_INJECT_NOWHERE,
	UMD_INJECT_BLOB,
	UMD_INJECT_START,
	UMD_INJECT_SPAWN,
	UMD_INJECT_READ,
	UMD_INJECT_WRITE,
	UMD_INJECT_INIT,
};

#ifdef UMD_TEST_INJECT
void umd_inject_begin(enum umd_inject_place place);
void umd_inject_end(enum umd_inject_place place);
#else
static inline void umd_inject_begin(enum umd_inject_place place) { }
static inline void umd_inject_end(enum umd_inject_place place) { }
#endif

#endif /* _UMD_INJECT_H */
