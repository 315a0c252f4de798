/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Ways to die or to hang without a system call. */
#ifndef CRASH_H
#define CRASH_H

/* An address that no address space has mapped. */
#define UNMAPPED ((void *)16)

/*
 * Instructions that do nothing. An emulator takes all of them at once, so that a
 * guest whose clock counts instructions does not wait long for the host; of an
 * instruction such as pause it makes a wait of its own.
 */
#define PASS_TIME() __asm__ volatile(".rept 64\n\tnop\n\t.endr")

static inline void hang(void)
{
	for (;;)
		PASS_TIME();
}

static inline unsigned long cycles(void)
{
	unsigned int low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (unsigned long)high << 32 | low;
}

static inline void wait_cycles(unsigned long count)
{
	unsigned long end = cycles() + count;

	while (cycles() < end)
		PASS_TIME();
}

static inline void fault(void)
{
	(void)*(volatile const char *)UNMAPPED;
}

static inline void illegal(void)
{
	__asm__ volatile("ud2");
}

/* Uses a stack frame for each round; the compiler must not make it a loop. */
static inline unsigned long deep(unsigned long depth)
{
	volatile unsigned char local[4096];

	local[depth % sizeof(local)] = 1;
	return depth ? deep(depth - 1) + local[0] : 0;
}

#endif
