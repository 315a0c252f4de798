#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
#
# `cargo demo`, the part in the guest.

. /umd/ktap.sh

file=/sys/kernel/security/sample_umd
echo "Linux $(uname -r)"
modprobe sample_mgr || exit
echo "request: offset 5"
answer=$(write_errno "$file" 5)
echo "answer: $answer"
[ "$answer" = 0 ]
