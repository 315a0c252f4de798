/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * corrupt COUNT FILE...: passes so many damaged copies of each file to the
 * kernel as keys, by add_key(), and prints how often each error came back. The
 * damage is the same in each run. The program fails if an error is none of
 * those that bytes can cause.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MAX_FILE 65536
#define MAX_ERRNO 256
#define SPEC_PROCESS_KEYRING (-2)

static unsigned char intact[MAX_FILE], damaged[MAX_FILE];
static unsigned long counts[MAX_ERRNO];
static unsigned long long state = 88172645463325252ULL;

/* Marsaglia's xorshift. */
static unsigned long below(unsigned long limit)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned long)(state % limit);
}

static size_t read_file(const char *name)
{
	FILE *file = fopen(name, "rb");
	size_t len;

	if (!file) {
		perror(name);
		exit(1);
	}
	len = fread(intact, 1, sizeof(intact), file);
	fclose(file);
	return len;
}

/* Changes bits or bytes, removes a byte, or cuts off the end. */
static size_t damage(size_t len)
{
	unsigned long rounds = 1 + below(3);

	memcpy(damaged, intact, len);
	while (rounds--) {
		/* The first byte stays: else the Handler gets no request. */
		size_t at = 1 + below(len - 1);

		switch (below(4)) {
		case 0:
		case 1:
			damaged[at] ^= (unsigned char)(1U << below(8));
			break;
		case 2:
			damaged[at] = (unsigned char)below(256);
			break;
		default:
			memmove(damaged + at, damaged + at + 1, len - at - 1);
			len--;
			if (below(2))
				len = at + 1;
		}
		if (len < 2)
			break;
	}
	return len;
}

static void add(size_t len)
{
	long key = syscall(SYS_add_key, "asymmetric", NULL, damaged, len,
			   SPEC_PROCESS_KEYRING);

	if (key >= 0) {
		counts[0]++;
		syscall(SYS_keyctl, 9 /* unlink */, key, SPEC_PROCESS_KEYRING);
	} else if (errno < MAX_ERRNO) {
		counts[errno]++;
	}
}

int main(int argc, char **argv)
{
	unsigned long total = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
	unsigned long round, allowed;
	int i;

	for (i = 2; i < argc; i++) {
		size_t len = read_file(argv[i]);

		for (round = 0; round < total; round++)
			add(damage(len));
	}
	for (i = 0; i < MAX_ERRNO; i++)
		if (counts[i])
			printf("%s: %lu\n", i ? strerror(i) : "taken", counts[i]);
	allowed = counts[0] + counts[EBADMSG] + counts[ENOPKG] +
		  counts[EKEYREJECTED] + counts[EKEYEXPIRED] +
		  counts[EKEYREVOKED];
	return allowed != total * (unsigned long)(argc - 2);
}
