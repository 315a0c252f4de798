// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * namespace ID PID	makes a user namespace in which id 0 is ID, as a user and as a
 *			group, and prints what its root may do to a process: lines of
 *			an attempt and the name of its errno or 0
 *
 * The last attempt ends the process. Without user namespaces, the only line is
 * `namespace`.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t pid;

static void tell(const char *attempt, long result)
{
	printf("%s %s\n", attempt, result < 0 ? strerrorname_np(errno) : "0");
	fflush(stdout);
}

static long pin(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	return sched_setaffinity(pid, sizeof(set), &set);
}

static long schedule(void)
{
	const struct sched_param param = { 0 };

	return sched_setscheduler(pid, SCHED_BATCH, &param);
}

static long limit(int resource, rlim_t max)
{
	const struct rlimit limit = { max, max };

	return prlimit(pid, resource, &limit, NULL);
}

/* Opens a file of the process in /proc, and reads a byte if there is one. */
static long look_at(const char *name, int flags)
{
	char path[64], byte;
	long ret;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = open(path, flags);
	if (fd < 0 || flags != O_RDONLY)
		return fd;
	ret = read(fd, &byte, 1);
	close(fd);
	return ret;
}

static long read_memory(void)
{
	char byte;
	const struct iovec here = { &byte, 1 }, there = { (void *)0x50000000, 1 };

	return process_vm_readv(pid, &here, 1, &there, 1, 0);
}

static long list(const char *name)
{
	char path[64], target[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	return readlink(path, target, sizeof(target));
}

static void attempts(void)
{
	tell("trace", ptrace(PTRACE_SEIZE, pid, 0, 0));
	tell("read", read_memory());
	tell("mem", look_at("mem", O_RDONLY));
	tell("mem-write", look_at("mem", O_WRONLY));
	tell("maps", look_at("maps", O_RDONLY));
	tell("environ", look_at("environ", O_RDONLY));
	tell("auxv", look_at("auxv", O_RDONLY));
	tell("root", list("root"));
	tell("exe", list("exe"));
	tell("fd", list("fd/0"));
	tell("raise-limit", limit(RLIMIT_NOFILE, 3));
	tell("raise-priority", setpriority(PRIO_PROCESS, pid, -1));
	tell("nice", setpriority(PRIO_PROCESS, pid, 1));
	tell("pin", pin());
	tell("schedule", schedule());
	tell("limit", limit(RLIMIT_CPU, 1000));
	tell("signal", kill(pid, 0));
	tell("kill", kill(pid, SIGKILL));
}

static int map(pid_t child, const char *name, const char *id)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/%s", child, name);
	file = fopen(path, "w");
	if (!file)
		return -1;
	fprintf(file, "0 %s 1\n", id);
	return fclose(file);
}

static int inside(int made, int mapped)
{
	char byte = 0;

	if (unshare(CLONE_NEWUSER)) {
		tell("namespace", -1);
		return 1;
	}
	if (write(made, &byte, 1) != 1 || read(mapped, &byte, 1) != 1 ||
	    setresgid(0, 0, 0) || setresuid(0, 0, 0)) {
		tell("ids", -1);
		return 1;
	}
	attempts();
	return 0;
}

int main(int argc, char **argv)
{
	int made[2], mapped[2], status;
	char byte = 0;
	pid_t child;

	if (argc != 3 || pipe(made) || pipe(mapped))
		return 2;
	pid = atoi(argv[2]);
	child = fork();
	if (!child) {
		close(made[0]);
		close(mapped[1]);
		return inside(made[1], mapped[0]);
	}
	close(made[1]);
	if (read(made[0], &byte, 1) == 1 && !map(child, "uid_map", argv[1]) &&
	    !map(child, "gid_map", argv[1]) && write(mapped[1], &byte, 1) != 1)
		return 2;
	close(mapped[1]);
	return waitpid(child, &status, 0) != child || status;
}
