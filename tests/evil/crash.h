/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Ways to die or to hang without a system call. */
#ifndef CRASH_H
#define CRASH_H

#include "arch.h"

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

static inline void wait_ns(unsigned long ns)
{
	unsigned long end = nanoseconds() + ns;

	while (nanoseconds() < end)
		PASS_TIME();
}

static inline void fault(void)
{
	(void)*(volatile const char *)UNMAPPED;
}

/* Uses a stack frame for each round; the compiler must not make it a loop. */
static inline unsigned long deep(unsigned long depth)
{
	volatile unsigned char local[4096];

	local[depth % sizeof(local)] = 1;
	return depth ? deep(depth - 1) + local[0] : 0;
}

#endif
