/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Parts of x86_64.def. */
#ifndef EVIL_X86_64_H
#define EVIL_X86_64_H

/* In assembly, as the compiler would reject the code or leave it out. */
static inline void divide(void)
{
	__asm__ volatile("xor %%edx, %%edx\n\tdiv %0" : : "r"(0), "a"(1) : "rdx");
}
static inline void use_port(void)
{
	__asm__ volatile("in %%dx, %%al" : : "d"(0x60) : "rax");
}
static inline void single_step(void)
{
	__asm__ volatile("pushfq\n\torl $0x100, (%rsp)\n\tpopfq\n\tnop");
}

static inline void processor(void)
{
	unsigned int leaf = 0;

	__asm__ volatile("cpuid" : "+a"(leaf) : : "rbx", "rcx", "rdx");
}

/* The other ways into the kernel, with the numbers of 32-bit programs. */
static inline long call32(long number, long a, long b, long c)
{
	long ret;

	__asm__ volatile("int $0x80"
			 : "=a"(ret)
			 : "a"(number), "b"(a), "c"(b), "d"(c)
			 : "r8", "r9", "r10", "r11", "memory");
	return ret;
}
#define WRITE32 4
#define GETPID32 20

static inline void call_vsyscall(void)
{
	__asm__ volatile("call *%0"
			 :
			 : "r"(0xffffffffff600000UL), "D"(0), "S"(0)
			 : "rax", "rcx", "rdx", "r8", "r9", "r10", "r11", "memory");
}
/* The bit that marks system calls of the x32 ABI. */
#define X32 0x40000000

#endif
