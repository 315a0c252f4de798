/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* System calls, children and threads for programs without libc. */
#ifndef SYSTEM_H
#define SYSTEM_H

#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/mman.h>
#include <linux/poll.h>
#include <linux/prctl.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/securebits.h>
#include <linux/wait.h>

#include "arch.h"

/* Numbers of the kernel for which programs without libc have no header. */
#define MCL_CURRENT_ 1
#define RLIMIT_NOFILE_ 7
#define SIGUSR1_ 10
#define SIGSEGV_ 11
#define SIGABRT_ 6
#define SIGKILL_ 9
#define SIGALRM_ 14
#define SIGCHLD_ 17
#define SIGSTOP_ 19
#define SIGXFSZ_ 25
#define SA_RESTART_ 0x10000000
#define ITIMER_REAL_ 0
#define AF_UNIX_ 1
#define SOCK_STREAM_ 1
#define SEEK_END_ 2
#define MNT_DETACH_ 2

/* System calls with a fixed number of arguments, which may be pointers. */
#define SYS4(name, a, b, c, d) \
	call6(__NR_##name, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)
#define SYS(name, a, b, c) SYS4(name, a, b, c, 0)

typedef long probe(void);

static inline void leave(long code)
{
	for (;;)
		SYS(exit, code, 0, 0);
}

/* Newer ports of the kernel have no fork, pause, dup2, open and poll. */
static inline long fork_(void) { return SYS(clone, SIGCHLD_, 0, 0); }
static inline long pause_(void) { return SYS4(ppoll, 0, 0, 0, 0); }
static inline long dup2_(long from, long to) { return SYS(dup3, from, to, 0); }
static inline long open_(const char *path, long flags, long mode)
{
	return SYS4(openat, AT_FDCWD, path, flags, mode);
}
static inline long poll_(struct pollfd *fd)
{
	static const long now[2];

	return SYS4(ppoll, fd, 1, now, 0);
}

/* A child's exit code is the errno of what it tried. */
static inline long in_a_child(probe *probe)
{
	int status = 0;
	long pid = fork_();

	if (!pid)
		leave(-probe());
	if (pid < 0)
		return pid;
	if (SYS4(wait4, pid, &status, 0, 0) != pid || status & 0x7f)
		return -EDOM;
	return -(status >> 8);
}

/* The new task starts on an empty stack, with nothing to return to. */
static inline long start_task(long flags, void (*task)(void))
{
	static unsigned char stack[4096] __attribute__((aligned(16)));

	return clone_onto(flags, stack + sizeof(stack), task);
}

static inline long start_thread(void (*thread)(void))
{
	return start_task(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
			  CLONE_THREAD, thread);
}

static probe *thread_probe;
static volatile long thread_result;
static volatile int thread_may_end;

static inline void try_in_thread(void)
{
	thread_result = thread_probe();
	while (!thread_may_end)
		SYS(sched_yield, 0, 0, 0);
	leave(0);
}

/* Tries one thing in a second thread, then another in the first beside it. */
static inline long with_a_thread(probe *in_thread, probe *beside_it)
{
	long own = SYS(getpid, 0, 0, 0), ret, tid;

	thread_probe = in_thread;
	thread_result = 1;
	thread_may_end = 0;
	tid = start_thread(try_in_thread);
	if (tid < 0)
		return tid;
	while (thread_result == 1)
		SYS(sched_yield, 0, 0, 0);
	ret = beside_it();
	thread_may_end = 1;
	while (!SYS(tgkill, own, tid, 0))
		SYS(sched_yield, 0, 0, 0);
	/* The id goes just before the thread; this waits for the same lock. */
	SYS4(wait4, -1, 0, WNOHANG, 0);
	return ret == thread_result ? ret : -EDOM;
}

#endif
