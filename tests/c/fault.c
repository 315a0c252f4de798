// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * fault NTH NAME	removes a module
 *
 * while the Nth operation of the system call that can fail does so. The
 * program prints the name of the errno, or 0, and 1 if the fault was injected,
 * or 0 if there are fewer such operations.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int failed(const char *what)
{
	perror(what);
	return 2;
}

int main(int argc, char **argv)
{
	char left[16] = "";
	int nth, error;
	long ret;

	if (argc != 3) {
		fprintf(stderr, "fault NTH NAME\n");
		return 2;
	}
	nth = open("/proc/thread-self/fail-nth", O_RDWR);
	if (nth < 0)
		return failed("fail-nth");
	if (write(nth, argv[1], strlen(argv[1])) < 0)
		return failed("fail-nth");

	ret = syscall(SYS_delete_module, argv[2], O_NONBLOCK);
	error = ret ? errno : 0;

	/* If this copy fails, the fault was still to come. */
	if (pread(nth, left, sizeof(left) - 1, 0) < 0)
		strcpy(left, "1");
	/* This copy may fail, too, but only once. */
	if (pwrite(nth, "0", 1, 0) < 0 && pwrite(nth, "0", 1, 0) < 0)
		return failed("fail-nth");
	printf("%s %d\n", error ? strerrorname_np(error) : "0", !atoi(left));
	return 0;
}
