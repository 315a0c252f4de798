# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
#
# For the demos: what is shown, and in $failed whether all was as it should be.

failed=0

heading() {
	printf '\n%s\n' "$1"
}

# check WHAT EXPECTED GOT
check() {
	if [ "$2" = "$3" ]; then
		printf '  %-36s %s\n' "$1" "$3"
	else
		printf '  %-36s %s, NOT %s\n' "$1" "$3" "$2"
		failed=1
	fi
}
