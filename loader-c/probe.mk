# SPDX-License-Identifier: GPL-2.0-only
#
# Included by each Kbuild whose sources differ between kernel versions.
#
# The headers tell which differences there are: distributions carry changes back
# without changing the version. $(call umd-has,PATTERN,HEADER) is y if a line of
# include/linux/HEADER matches. (A dot stands for a parenthesis, which would end
# the $(shell).)
umd-has = $(shell grep -qs '$(1)' $(srctree)/include/linux/$(2) && echo y)
