#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The guest's first process. Serial lines: ttyS0 is the kernel's console,
# ttyS1 the script's output (or the shell's terminal), ttyS2 the verdict, and, with
# a debugger, ttyS3 the places of the modules' sections.
#
# A script that has made NEW_ROOT, with busybox in it, and succeeds is run once more,
# in there.

export NEW_ROOT=/new_root
export PATH=/bin:/sbin:/usr/bin:/usr/sbin HOME=/root
/bin/busybox mount -t proc proc /proc
/bin/busybox --install -s /bin
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mkdir -p /dev/pts /tmp /run /root
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /tmp
mount -t tmpfs tmpfs /run
mount -t securityfs securityfs /sys/kernel/security
mount -t debugfs debugfs /sys/kernel/debug
mount -t tracefs tracefs /sys/kernel/tracing
depmod -a
# From here on the console has all that the kernel says, whatever log level a
# script sets.
echo Y >/sys/module/printk/parameters/ignore_loglevel
cd /root || exit
[ ! -f /vm/before ] || . /vm/before
[ ! -f /vm/sections.sh ] || sh /vm/sections.sh &

# No translation of any byte.
stty -F /dev/ttyS1 raw -echo
if [ -f /vm/run ]; then
	sh /vm/run </dev/null >/dev/ttyS1 2>&1
	status=$?
else
	. /vm/terminal
	# All in one opening of the line: a closed line forgets its size.
	setsid -c sh -c "stty sane rows $ROWS cols $COLUMNS; exec sh -i" \
		</dev/ttyS1 >/dev/ttyS1 2>&1
	status=$?
fi
# This returns when all output has left the machine.
stty -F /dev/ttyS1 raw -echo

if [ "$status" -eq 0 ] && [ -d "$NEW_ROOT" ]; then
	cp -a /vm "$NEW_ROOT" || exit
	exec switch_root "$NEW_ROOT" /vm/init.sh
fi
taint=$(cat /proc/sys/kernel/tainted)
if [ "$status" -eq 0 ] && [ -f /vm/after ]; then
	. /vm/after
fi
echo "exit $status taint $taint" >/dev/ttyS2
stty -F /dev/ttyS2 raw
# With qemu's -no-reboot this ends the machine, and needs no ACPI.
reboot -f
