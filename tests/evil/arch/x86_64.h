/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What programs without libc need of an x86-64 processor: see arch.h. */
#ifndef ARCH_X86_64_H
#define ARCH_X86_64_H

#define ATTACKS_OF_ARCH "arch/x86_64.def"
#define EVIL_OF_ARCH "arch/evil_x86_64.h"
/* More ways into the kernel: WAYS_OF_ARCH for sweep_umh.c. */
#define WAYS_OF_ARCH "arch/sweep_x86_64.h"

#define PAGE 4096UL
#define PAGE_TEXT "4096"

__asm__(".globl _start\n"
	"_start:\n\t"
	"mov %rsp, %rdi\n\t"
	"and $-16, %rsp\n\t"
	"call start\n");

static inline long call6(long number, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10),
			   "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return ret;
}

static inline long clone_onto(long flags, unsigned char *top, void (*task)(void))
{
	long ret;

	__asm__ volatile("xor %%r10d, %%r10d\n\t"
			 "xor %%r8d, %%r8d\n\t"
			 "syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "call *%%rbx\n"
			 "1:"
			 : "=a"(ret)
			 : "a"(__NR_clone), "D"(flags), "S"(top), "d"(0), "b"(task)
			 : "rcx", "r8", "r10", "r11", "memory");
	return ret;
}

/* By words, because an emulator runs each turn of the loop. */
static inline void copy(void *to, const void *from, unsigned long size)
{
	unsigned long words = size / 8;

	size %= 8;
	__asm__ volatile("rep movsq\n\t"
			 "mov %3, %2\n\t"
			 "rep movsb"
			 : "+D"(to), "+S"(from), "+c"(words)
			 : "r"(size)
			 : "memory");
}

static inline void clear(void *at, unsigned long size)
{
	__asm__ volatile("rep stosb"
			 : "+D"(at), "+c"(size)
			 : "a"(0)
			 : "memory");
}

/* As if each processor counted 2,000,000,000 each second. */
static inline unsigned long nanoseconds(void)
{
	unsigned int low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return ((unsigned long)high << 32 | low) / 2;
}

static inline void illegal(void) { __asm__ volatile("ud2"); }
static inline void breakpoint(void) { __asm__ volatile("int3"); }
static inline void privileged_instruction(void) { __asm__ volatile("hlt"); }

static inline void jump_to(const void *to)
{
	__asm__ volatile("jmp *%0" : : "r"(to));
}

static inline void lose_stack(void)
{
	__asm__ volatile("mov $16, %rsp\n\tpush $0");
}

static inline void return_from_signal(const void *stack)
{
	__asm__ volatile("mov %0, %%rsp\n\tsyscall" : : "r"(stack), "a"(__NR_rt_sigreturn));
}

/* The function to which a signal's function returns. */
__asm__("signal_return:\n\tmov $15, %eax\n\tsyscall\n");
void signal_return(void);

struct signal_action {
	void (*function)(int signal);
	unsigned long flags;
	void (*restorer)(void);
	unsigned long mask;
};

static inline struct signal_action signal_action(void (*function)(int signal),
						 unsigned long flags)
{
	const unsigned long has_restorer = 0x04000000;

	return (struct signal_action) {
		function, flags | has_restorer, signal_return, 0
	};
}

#endif
