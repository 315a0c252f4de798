# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
#
# The end of a guest whose kernel has checkers, after its script succeeded: a
# scan for what the script has leaked, and a bug of each kind in /umd/plants,
# which the kernel must report. umd_vm::Expected reads these marks.
#
# The bugs come last, since most reports switch checkers off. A report therefore
# also shows that its checker was still at work when the script ended.

LEAKS=/sys/kernel/debug/kmemleak

# begin KIND: reports until `end KIND` may be of such a bug.
begin() {
	echo "expect: begin $1" >/dev/kmsg
}

plant() {
	begin "$1"
	echo "$1" >/sys/module/umd_control/parameters/plant
}

end() {
	echo "expect: end $1" >/dev/kmsg
}

# found_leaks: what the last scan has found that was neither planted nor is of
# the kernel's own start, of which there is some (ACPI's caches, for one).
found_leaks() {
	awk -v RS='unreferenced object ' '
		NR > 1 && !/umd_control_leak/ && !/comm "swapper/ {
			printf "%s%s", RS, $0
		}
	' $LEAKS
}

# The kernel reports what was unreferenced, and unchanged, in two scans and is
# older than 5 s.
look_for_leaks() {
	plant leak
	echo scan >$LEAKS
	sleep 6
	echo scan >$LEAKS
	if grep -q umd_control_leak $LEAKS; then
		end leak
	fi
	if [ -n "$(found_leaks)" ]; then
		# The only pointer to it may have been in a register.
		sleep 1
		echo scan >$LEAKS
		found_leaks | while read -r line; do
			echo "$line" >/dev/kmsg
		done
	fi
}

# A suite may have left a bug to plant instead of the module's inversion, since
# lockdep reports only once in a boot: see suite_deadlock.sh.
plant_inversion() {
	begin inversion
	sh /tmp/inversion >/tmp/inversion.said 2>&1 ||
		echo "BUG: umd_control: $(cat /tmp/inversion.said)" >/dev/kmsg
	end inversion
}

# All of it, however much comes at a time.
echo on >/proc/sys/kernel/printk_devkmsg
while read -r kind; do
	if [ "$kind" = leak ]; then
		look_for_leaks
	elif [ "$kind" = inversion ] && [ -f /tmp/inversion ]; then
		plant_inversion
	else
		plant "$kind"
		end "$kind"
	fi
done </umd/plants
