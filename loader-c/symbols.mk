# SPDX-License-Identifier: GPL-2.0-only
#
# Included where a driver is built without the library: modpost reads here that
# UMD_SYMVERS has the symbols that the library exports on this kernel.

KBUILD_EXTRA_SYMBOLS += $(UMD_SYMVERS)

# Not for scripts/Makefile.clean.
ifeq ($(filter __clean,$(PHONY)),)
$(if $(wildcard $(UMD_SYMVERS)),,$(error no $(UMD_SYMVERS): install umd_mgmt.ko \
	for this kernel first, from the package umd-mgmt-dkms or by make install))
endif
