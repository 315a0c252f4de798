/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The other ways into the kernel for sweep_umh.c. */
#ifndef SWEEP_X86_64_H
#define SWEEP_X86_64_H

#define VSYSCALLS 0xffffffffff600000UL

/* The kernel reads the sixth argument of sysenter from here. */
static volatile unsigned int low[16] __attribute__((section(".hold"))) = { 0 };

static long by_int80(long number, long first, long others)
{
	long ret;

	__asm__ volatile("int $0x80"
			 : "=a"(ret)
			 : "a"(number), "b"(first), "c"(others), "d"(others),
			   "S"(others), "D"(others)
			 : "r8", "r9", "r10", "r11", "memory");
	return ret;
}

/* The kernel returns to where a program of 32 bits would have code. */
static long by_sysenter(long number, long first, long others)
{
	long ret;

	__asm__ volatile("push %%rbp\n\t"
			 "mov %6, %%ebp\n\t"
			 "sysenter\n\t"
			 "pop %%rbp"
			 : "=a"(ret)
			 : "a"(number), "b"(first), "c"(others), "d"(others),
			   "S"(others), "D"((int)(long)low)
			 : "r8", "r9", "r10", "r11", "memory");
	return ret;
}

static long by_vsyscall(long offset)
{
	long ret;

	__asm__ volatile("call *%1"
			 : "=a"(ret)
			 : "r"(VSYSCALLS + offset), "D"(0), "S"(0), "d"(0)
			 : "rcx", "r8", "r9", "r10", "r11", "memory");
	return ret;
}

#endif
