#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Runs /umd/script.sh in a Debian system, prints to the second serial line, and its exit
# status to the third. Then the system ends as /umd/end says.

stty -F /dev/ttyS1 raw
sh /umd/script.sh >/dev/ttyS1 2>&1
status=$?
stty -F /dev/ttyS2 raw
echo $status >/dev/ttyS2
exec systemctl --no-block "$(cat /umd/end)"
