// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Commands that busybox lacks:
 *
 * look mount PATH	prints how the file system of PATH is mounted
 * look seize PID	traces a process, as PTRACE_SEIZE does, until killed
 * look attach PID	the same with PTRACE_ATTACH, which stops it
 * look continue PID	the same, but lets it go on, still traced
 * look stop PID	ends a Handler's wait for its variable `hold`, and has it stop at the
 *		end of its next system call
 * look first SCRIPT	runs a shell script that no ordinary process of its processor can
 *		interrupt
 *
 * The commands that trace print "traced" once they do, or the name of the
 * errno.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

static int failed(void)
{
	printf("%s\n", strerrorname_np(errno));
	return 1;
}

static int mount(const char *path)
{
	struct statvfs is;

	if (statvfs(path, &is))
		return failed();
	printf("%s %s %s\n", is.f_flag & ST_RDONLY ? "ro" : "rw",
	       is.f_flag & ST_NOSUID ? "nosuid" : "suid",
	       is.f_flag & ST_NODEV ? "nodev" : "dev");
	return 0;
}

static int trace(int request, pid_t pid, int go_on)
{
	if (ptrace(request, pid, 0, 0))
		return failed();
	if (request == PTRACE_ATTACH && waitpid(pid, 0, 0) != pid)
		return failed();
	if (go_on && ptrace(PTRACE_CONT, pid, 0, 0))
		return failed();
	printf("traced\n");
	fflush(stdout);
	for (;;)
		pause();
}

/* The address of `hold`: tests/evil/gcc.flags. */
#define HOLD ((void *)0x50000000)

/* The process begins the call untraced again, with the signal pending. */
static int stop(pid_t pid)
{
	if (ptrace(PTRACE_SEIZE, pid, 0, 0) ||
	    ptrace(PTRACE_INTERRUPT, pid, 0, 0) || waitpid(pid, 0, 0) != pid ||
	    ptrace(PTRACE_POKEDATA, pid, HOLD, 1) ||
	    ptrace(PTRACE_SYSCALL, pid, 0, 0) || waitpid(pid, 0, 0) != pid ||
	    ptrace(PTRACE_DETACH, pid, 0, SIGSTOP))
		return failed();
	return 0;
}

static int first(const char *script)
{
	const struct sched_param param = { .sched_priority = 50 };

	if (sched_setscheduler(0, SCHED_FIFO, &param))
		return failed();
	execl("/bin/sh", "sh", script, (char *)0);
	return failed();
}

int main(int argc, char **argv)
{
	const char *what = argc == 3 ? argv[1] : "";

	if (!strcmp(what, "mount"))
		return mount(argv[2]);
	if (!strcmp(what, "seize"))
		return trace(PTRACE_SEIZE, atoi(argv[2]), 0);
	if (!strcmp(what, "attach"))
		return trace(PTRACE_ATTACH, atoi(argv[2]), 0);
	if (!strcmp(what, "continue"))
		return trace(PTRACE_ATTACH, atoi(argv[2]), 1);
	if (!strcmp(what, "stop"))
		return stop(atoi(argv[2]));
	if (!strcmp(what, "first"))
		return first(argv[2]);
	fprintf(stderr, "look mount PATH | seize PID | attach PID | continue PID | stop PID | first SCRIPT\n");
	return 2;
}
