// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * attribute NAME FILE
 *
 * gives the file an attribute, whose value is on standard input.
 */
#include <stdio.h>
#include <sys/xattr.h>

int main(int argc, char **argv)
{
	char value[4096];
	size_t len = fread(value, 1, sizeof(value), stdin);

	if (argc != 3 || setxattr(argv[2], argv[1], value, len, 0)) {
		perror("attribute");
		return 1;
	}
	return 0;
}
