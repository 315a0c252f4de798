/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What programs without libc need of a riscv64 processor: see arch.h. */
#ifndef ARCH_RISCV64_H
#define ARCH_RISCV64_H

#define ATTACKS_OF_ARCH "arch/riscv64.def"
#define EVIL_OF_ARCH "arch/evil_riscv64.h"

#include "words.h"

#define PAGE 4096UL
#define PAGE_TEXT "4096"

__asm__(".globl _start\n"
	"_start:\n\t"
	"mv a0, sp\n\t"
	"andi sp, sp, -16\n\t"
	"call start\n");

static inline long call6(long number, long a, long b, long c, long d, long e, long f)
{
	register long a7 __asm__("a7") = number;
	register long a0 __asm__("a0") = a;
	register long a1 __asm__("a1") = b;
	register long a2 __asm__("a2") = c;
	register long a3 __asm__("a3") = d;
	register long a4 __asm__("a4") = e;
	register long a5 __asm__("a5") = f;

	__asm__ volatile("ecall"
			 : "+r"(a0)
			 : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5)
			 : "memory");
	return a0;
}

static inline long clone_onto(long flags, unsigned char *top, void (*task)(void))
{
	register long a7 __asm__("a7") = __NR_clone;
	register long a0 __asm__("a0") = flags;
	register void *a1 __asm__("a1") = top;
	register long a2 __asm__("a2") = 0;
	register long a3 __asm__("a3") = 0;
	register long a4 __asm__("a4") = 0;

	__asm__ volatile("ecall\n\t"
			 "bnez a0, 1f\n\t"
			 "jalr %1\n"
			 "1:"
			 : "+r"(a0)
			 : "r"(task), "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4)
			 : "ra", "memory");
	return a0;
}

/* The machine that qemu emulates counts 10,000,000 each second. */
static inline unsigned long nanoseconds(void)
{
	unsigned long count;

	__asm__ volatile("rdtime %0" : "=r"(count));
	return count * 100;
}

static inline void illegal(void) { __asm__ volatile("unimp"); }
static inline void breakpoint(void) { __asm__ volatile("ebreak"); }
static inline void privileged_instruction(void) { __asm__ volatile("csrw satp, zero"); }

static inline void jump_to(const void *to)
{
	__asm__ volatile("jr %0" : : "r"(to));
}

static inline void lose_stack(void)
{
	__asm__ volatile("li sp, 16\n\tsd zero, -8(sp)");
}

static inline void return_from_signal(const void *stack)
{
	register long a7 __asm__("a7") = __NR_rt_sigreturn;

	__asm__ volatile("mv sp, %0\n\tecall" : : "r"(stack), "r"(a7));
}

/* A signal's function returns to the vdso. */
struct signal_action {
	void (*function)(int signal);
	unsigned long flags;
	unsigned long mask;
};

static inline struct signal_action signal_action(void (*function)(int signal),
						 unsigned long flags)
{
	return (struct signal_action) { function, flags, 0 };
}

#endif
