/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Parts of riscv64.def. */
#ifndef EVIL_RISCV64_H
#define EVIL_RISCV64_H

static inline void return_to_supervisor(void) { __asm__ volatile("sret"); }
static inline void read_status(void) { __asm__ volatile("csrr t0, sstatus" : : : "t0"); }

#endif
