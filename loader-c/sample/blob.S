/* SPDX-License-Identifier: GPL-2.0-only */
	.section .init.rodata, "a"
	.globl sample_umh_start
sample_umh_start:
	.incbin "sample_umh"
	.globl sample_umh_end
sample_umh_end:

	.section .note.GNU-stack, "", %progbits
