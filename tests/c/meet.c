// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * meet COUNT	has two processes on two processors pass a number to and fro COUNT
 *		times, and prints how often the number took longer than a millisecond
 *
 * The result is small where two processors run at the same time.
 */
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LOOK_NS 1000000

static long long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void stay_on(int processor)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(processor, &set);
	if (sched_setaffinity(0, sizeof(set), &set) != 0)
		exit(1);
}

/* Whether the number came while this looked for it. */
static int comes(atomic_long *number, long wanted)
{
	const long long end = now() + LOOK_NS;

	while (atomic_load(number) != wanted) {
		if (now() < end)
			continue;
		while (atomic_load(number) != wanted)
			usleep(100);
		return 0;
	}
	return 1;
}

static void answer(atomic_long *number, long count)
{
	stay_on(1);
	for (long i = 0; i < count; i++) {
		comes(number, 2 * i + 1);
		atomic_store(number, 2 * i + 2);
	}
	exit(0);
}

int main(int argc, char **argv)
{
	const long count = argc > 1 ? atol(argv[1]) : 0;
	atomic_long *number;
	long late = 0;
	pid_t pid;

	number = mmap(NULL, sizeof(*number), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (number == MAP_FAILED)
		return 1;
	pid = fork();
	if (pid < 0)
		return 1;
	if (pid == 0)
		answer(number, count);
	stay_on(0);
	for (long i = 0; i < count; i++) {
		atomic_store(number, 2 * i + 1);
		late += !comes(number, 2 * i + 2);
	}
	waitpid(pid, NULL, 0);
	printf("%ld\n", late);
	return 0;
}
