/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Memory functions in C, for processors that have no instruction for them. */
#ifndef ARCH_WORDS_H
#define ARCH_WORDS_H

/* The compiler would call memcpy() and memset() for loops that do the same. */
#define NO_IDIOM() __asm__ volatile("" : : : "memory")

/* An emulator runs each turn of a loop: words where the addresses allow that. */
typedef unsigned long __attribute__((may_alias)) word;
#define ARE_WORDS(address) (!((unsigned long)(address) % sizeof(word)))

static inline void copy(void *to, const void *from, unsigned long size)
{
	unsigned char *t = to;
	const unsigned char *f = from;

	if (ARE_WORDS(to) && ARE_WORDS(from)) {
		for (; size >= sizeof(word); size -= sizeof(word)) {
			NO_IDIOM();
			*(word *)t = *(const word *)f;
			t += sizeof(word);
			f += sizeof(word);
		}
	}
	while (size--) {
		NO_IDIOM();
		*t++ = *f++;
	}
}

static inline void clear(void *at, unsigned long size)
{
	unsigned char *t = at;

	if (ARE_WORDS(at)) {
		for (; size >= sizeof(word); size -= sizeof(word)) {
			NO_IDIOM();
			*(word *)t = 0;
			t += sizeof(word);
		}
	}
	while (size--) {
		NO_IDIOM();
		*t++ = 0;
	}
}

#endif
