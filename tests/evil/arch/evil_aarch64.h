/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Parts of aarch64.def. */
#ifndef EVIL_AARCH64_H
#define EVIL_AARCH64_H

/*
 * Signs a pointer, changes a bit of the signature, and jumps to what the check makes of
 * the pointer. A processor that signs nothing has no such address.
 */
static inline void jump_by_forged_pointer(void)
{
	__asm__ volatile("adr x17, 1f\n\t"
			 "mov x16, sp\n\t"
			 "hint #8\n\t"		/* pacia1716 */
			 "eor x17, x17, #(1 << 54)\n\t"
			 "hint #12\n\t"	/* autia1716 */
			 "br x17\n"
			 "1:"
			 : : : "x16", "x17");
}

static inline void call_hypervisor(void) { __asm__ volatile("hvc #0"); }
static inline void call_firmware(void) { __asm__ volatile("smc #0"); }

static inline void misalign_stack(void)
{
	__asm__ volatile("mov x9, sp\n\tadd x9, x9, #8\n\tmov sp, x9\n\tldr x9, [sp]"
			 : : : "x9");
}

static inline void call_with_immediate(void)
{
	register long x8 __asm__("x8") = __NR_getpid;
	register long x0 __asm__("x0");

	__asm__ volatile("svc #0x1234" : "=r"(x0) : "r"(x8) : "memory");
	(void)x0;
}

/* The kernel answers with what all programs may know. */
static inline unsigned long processor(void)
{
	unsigned long id;

	__asm__ volatile("mrs %0, midr_el1" : "=r"(id));
	return id;
}

#endif
