/* SPDX-License-Identifier: GPL-2.0-only */
	.section .init.rodata, "a"
	.globl pgp_umh_start
pgp_umh_start:
	.incbin "pgp_umh"
	.globl pgp_umh_end
pgp_umh_end:

	.section .note.GNU-stack, "", %progbits
