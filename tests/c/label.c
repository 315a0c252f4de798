// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * label CONTEXT FILE...
 *
 * gives the files this context of SELinux, and links themselves theirs.
 */
#include <stdio.h>
#include <string.h>
#include <sys/xattr.h>

int main(int argc, char **argv)
{
	int i, status = 0;

	for (i = 2; i < argc; i++) {
		if (lsetxattr(argv[i], "security.selinux", argv[1],
			      strlen(argv[1]) + 1, 0)) {
			perror(argv[i]);
			status = 1;
		}
	}
	return status;
}
