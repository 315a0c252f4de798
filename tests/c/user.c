// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * user UID COMMAND...
 *
 * runs the command as that user, without privileges.
 */
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	uid_t uid = argc > 2 ? (uid_t)atoi(argv[1]) : 0;

	if (!uid || setgroups(0, NULL) || setgid(uid) || setuid(uid)) {
		perror("user");
		return 1;
	}
	execvp(argv[2], argv + 2);
	perror(argv[2]);
	return 1;
}
