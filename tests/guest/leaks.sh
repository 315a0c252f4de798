# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
#
# The machine's things in use, for scripts in the guest that have sourced
# ktap.sh and umd_test.sh.

# usage: a line for each thing, its name and how many there are.
usage() {
	# Frees what is only kept for later: per-CPU stocks, objects that wait for
	# RCU, dentries of processes that are gone. To load a module has the kernel
	# give back the vmap areas that it keeps, and KASAN's memory for them.
	for _round in 1 2 3; do
		modprobe sample_mgr && rmmod sample_mgr || fail "sample_mgr"
		echo 3 >/proc/sys/vm/drop_caches
		for _cache in /sys/kernel/slab/*/shrink; do
			echo 1 >"$_cache"
		done 2>/dev/null
		usleep 100000
	done
	# Kernel threads have no memory of their own.
	echo "processes $(grep -l VmSize /proc/[0-9]*/status 2>/dev/null | wc -l)"
	echo "mounts $(wc -l </proc/self/mountinfo)"
	echo "files $(cut -f1 /proc/sys/fs/file-nr)"
	echo "memory_kB $(awk '/^MemAvailable/ {print -$2}' /proc/meminfo)"
	echo "vmalloc_kB $(awk '/^VmallocUsed/ {print $2}' /proc/meminfo)"
	# Freed vmap areas are kept until there are many; vmalloc_kB has the others.
	# kmemleak has an object for each of all the others, and one more for some,
	# and debugobjects one for each timer and the like, and a stock of them
	# that grows.
	awk 'NR > 2 && $1 != "vmap_area" && $1 != "kmemleak_object" &&
	     $1 != "kmemleak_scan_area" && $1 != "debug_objects_cache" {
		print "slab_" $1, $2, $5
	}' /proc/slabinfo
}

# does_not_leak BEFORE COUNT: what was done COUNT times since then has not left
# as much as one object of any kind for every fourth time, nor a process or a
# mount at all, nor 4 MiB. Some things go a while later, but leaks never do.
#
# The kernel takes all objects of a slab that a processor works on for used:
# some slabs for each may go and come. The kernel's count of open files is off by up
# to 32 for each processor.
does_not_leak() {
	echo "$1" >/tmp/usage.before
	_tries=0
	until leaks_nothing "$2" >/tmp/leaks; do
		_tries=$((_tries + 1))
		[ $_tries -lt 10 ] || fail "left: $(cat /tmp/leaks)"
	done
}

leaks_nothing() {
	usage >/tmp/usage.after
	awk -v count="$1" -v slabs="$((4 * $(nproc)))" '
		NR == FNR { before[$1] = $2; next }
		{
			more = $2 - before[$1]
			most = count / 4 + slabs * $3
			if ($1 == "memory_kB" || $1 == "vmalloc_kB")
				most = 4096
			else if ($1 == "files")
				most = count / 4 + slabs * 8
			else if ($1 == "slab_mnt_cache")
				most = slabs * $3
			else if ($1 !~ /^slab_/)
				most = 0
			if (more > most) {
				print $1 ": " more " more, " $2 " in all"
				failed = 1
			}
		}
		END { exit failed }
	' /tmp/usage.before /tmp/usage.after
}
