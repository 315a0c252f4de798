# SPDX-License-Identifier: GPL-2.0-only
#
# Included by the Kbuild of a driver outside of this tree, from where it is installed
# (/usr/share/umd). Beside it are include/, which the driver's sources find, and more
# rules. Afterwards $(UMD) is the folder of all these. A Kbuild that has set
# umd-handler before needs no other rule; else it includes $(UMD)/loader.mk later.
#
# The driver's Handlers are in the folder HANDLERS, by default handlers/ beside the
# Kbuild.

UMD := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))

HANDLERS ?= $(src)/handlers
export HANDLERS

subdir-ccflags-y += -I$(UMD)/include

UMD_SYMVERS ?= /lib/modules/$(KERNELRELEASE)/umd/Module.symvers
include $(UMD)/symbols.mk

ifneq ($(umd-handler),)
include $(UMD)/loader.mk
endif
