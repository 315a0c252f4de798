/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The processor: the first instructions, system calls and instructions that C has not.
 * Each file of arch/ defines the same:
 *
 * ATTACKS_OF_ARCH, EVIL_OF_ARCH: the attacks of that processor alone, and their parts
 * PAGE, PAGE_TEXT:	the alignment of segments; the addresses in arch/ARCH.flags are
 *			multiples of PAGE
 * _start:		calls start() with the stack that the kernel has made
 * call6():		a system call
 * clone_onto():	clone(), whose child calls a function on a stack of its own
 * copy(), clear():	memory functions
 * nanoseconds():	the time; on x86-64 up to twice as fast or as slow
 * illegal(), breakpoint(), privileged_instruction(), jump_to(), lose_stack():
 *			ways to die
 * return_from_signal(): returns from a signal that never came, with this stack
 * signal_action():	the argument of rt_sigaction()
 */
#ifndef ARCH_H
#define ARCH_H

#include <asm/unistd.h>

#if defined(__x86_64__)
#include "arch/x86_64.h"
#elif defined(__aarch64__)
#include "arch/aarch64.h"
#elif defined(__riscv) && __riscv_xlen == 64
#include "arch/riscv64.h"
#else
#error "add a file to tests/evil/arch for this processor"
#endif

#endif
