// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * fault NTH insmod FILE	loads a module
 * fault NTH rmmod NAME		removes one
 *
 * with the Nth thing that may fail in that one system call failing. Prints the
 * name of its errno, or 0, and whether the fault was injected (1) or there are
 * fewer such things (0).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int usage(void)
{
	fprintf(stderr, "fault NTH insmod FILE | fault NTH rmmod NAME\n");
	return 2;
}

static int failed(const char *what)
{
	perror(what);
	return 2;
}

int main(int argc, char **argv)
{
	int nth, file = -1, error;
	char left[16] = "";
	long ret;

	if (argc != 4)
		return usage();
	if (!strcmp(argv[2], "insmod")) {
		file = open(argv[3], O_RDONLY);
		if (file < 0)
			return failed(argv[3]);
	} else if (strcmp(argv[2], "rmmod")) {
		return usage();
	}
	nth = open("/proc/thread-self/fail-nth", O_RDWR);
	if (nth < 0)
		return failed("fail-nth");
	if (write(nth, argv[1], strlen(argv[1])) < 0)
		return failed("fail-nth");

	if (file >= 0)
		ret = syscall(SYS_finit_module, file, "", 0);
	else
		ret = syscall(SYS_delete_module, argv[3], O_NONBLOCK);
	error = ret ? errno : 0;

	/* The copy of this may be the next thing to fail; then there was one. */
	if (pread(nth, left, sizeof(left) - 1, 0) < 0)
		strcpy(left, "1");
	if (pwrite(nth, "0", 1, 0) < 0)
		return failed("fail-nth");
	printf("%s %d\n", error ? strerrorname_np(error) : "0", !atoi(left));
	return 0;
}
