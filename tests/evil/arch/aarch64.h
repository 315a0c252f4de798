/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What programs without libc need of an aarch64 processor: see arch.h. */
#ifndef ARCH_AARCH64_H
#define ARCH_AARCH64_H

#define ATTACKS_OF_ARCH "arch/aarch64.def"
#define EVIL_OF_ARCH "arch/evil_aarch64.h"

#include "words.h"

/* The largest page that a kernel may have. */
#define PAGE 65536UL
#define PAGE_TEXT "65536"

__asm__(".globl _start\n"
	"_start:\n\t"
	"mov x0, sp\n\t"
	"and sp, x0, #-16\n\t"
	"bl start\n");

static inline long call6(long number, long a, long b, long c, long d, long e, long f)
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;

	__asm__ volatile("svc #0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
			 : "memory");
	return x0;
}

static inline long clone_onto(long flags, unsigned char *top, void (*task)(void))
{
	register long x8 __asm__("x8") = __NR_clone;
	register long x0 __asm__("x0") = flags;
	register void *x1 __asm__("x1") = top;
	register long x2 __asm__("x2") = 0;
	register long x3 __asm__("x3") = 0;
	register long x4 __asm__("x4") = 0;

	__asm__ volatile("svc #0\n\t"
			 "cbnz x0, 1f\n\t"
			 "blr %1\n"
			 "1:"
			 : "+r"(x0)
			 : "r"(task), "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4)
			 : "x30", "memory");
	return x0;
}

static inline unsigned long nanoseconds(void)
{
	unsigned long count, each_second;

	__asm__ volatile("mrs %0, cntvct_el0" : "=r"(count));
	__asm__ volatile("mrs %0, cntfrq_el0" : "=r"(each_second));
	return count / each_second * 1000000000 +
	       count % each_second * 1000000000 / each_second;
}

static inline void illegal(void) { __asm__ volatile("udf #0"); }
static inline void breakpoint(void) { __asm__ volatile("brk #0"); }
static inline void privileged_instruction(void)
{
	__asm__ volatile("msr ttbr0_el1, xzr");
}

static inline void jump_to(const void *to)
{
	__asm__ volatile("br %0" : : "r"(to));
}

static inline void lose_stack(void)
{
	__asm__ volatile("mov x9, #16\n\tmov sp, x9\n\tstr xzr, [sp, #-16]!" : : : "x9");
}

static inline void return_from_signal(const void *stack)
{
	register long x8 __asm__("x8") = __NR_rt_sigreturn;

	__asm__ volatile("mov sp, %0\n\tsvc #0" : : "r"(stack), "r"(x8));
}

/* A signal's function returns to the vdso. */
struct signal_action {
	void (*function)(int signal);
	unsigned long flags;
	void (*restorer)(void);
	unsigned long mask;
};

static inline struct signal_action signal_action(void (*function)(int signal),
						 unsigned long flags)
{
	return (struct signal_action) { function, flags, 0, 0 };
}

#endif
