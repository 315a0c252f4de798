#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# In a guest with a debugger: writes to the fourth serial line where the sections of
# all modules are, each time that a module was loaded or removed. A wrapper of
# modprobe would not do: busybox's shell runs its own without a look at PATH.

stty -F /dev/ttyS3 raw
before=
while usleep 100000; do
	now=$(cut -d ' ' -f 1,6 /proc/modules)
	[ "$now" != "$before" ] || continue
	before=$now
	for section in /sys/module/*/sections/.*; do
		[ -f "$section" ] || continue
		module=${section#/sys/module/}
		echo "${module%%/*} ${section##*/} $(cat "$section")"
	done
done >/dev/ttyS3
