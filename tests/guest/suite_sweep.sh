# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: ends clock=instructions append=vsyscall=xonly
# may skip: uprobe_is_refused 6.1 6.12 debug kcsan uml aarch64 riscv64
# may skip: no_call_of_x32_returns uml aarch64 riscv64
# may skip: only_those_of_32_bits_return uml aarch64 riscv64
# may skip: nothing_returns_from_sysenter uml aarch64 riscv64
# may skip: no_vsyscall_returns uml aarch64 riscv64
#
# Each number of a system call, by each way into the kernel, from within the seal
# (tests/evil/sweep_umh.c): which return to the Handler, and how it ends by the rest.
#
# Besides read, write, exit and sigreturn, strict seccomp lets two calls through that
# only the kernel's own code for uprobes makes: uretprobe on 6.12 and later, uprobe on
# 7.x. From any other address the first is SIGILL, and the second returns EPROTO,
# before either looks at anything. This code is in a page that the kernel maps when
# root traces the program.

. /umd/ktap.sh
. /umd/machine.sh
. /umd/umd_test.sh
. /umd/evil.sh

# Operations of sweep_umh.c. 601 numbers are more than any kernel has.
SYSCALL=op=257
INT80=op=258
SYSENTER=op=259
VSYSCALL=op=260
X32=0x40000000

# What read and write return for a descriptor that is not open.
EBADF=-9

# sweep RETURNED ENDS WAY COUNT REQUESTS: so many numbers from COUNT on, with harmless
# arguments (descriptor 99, then zeros) and with odd ones (all bits set).
sweep() {
	for _argument in 99 -1; do
		_before=$(ends)
		does 0 sweep uma "$3" "count=$4" "requests=$5" "status=$_argument"
		expect "$(echo "$answer" | sed -n 's/^returned //p' | tr '\n' ' ')" \
			"$1" "what returned of $3 from $4 on"
		ends_so "$_before" "$2"
	done
}

# has_call NAME: whether the kernel has that system call.
has_call() {
	grep -q " __x64_sys_$1\$" /proc/kallsyms
}

# Of the four, sigreturn restores registers that make no sense, and exit exits.
only_the_calls_of_strict_seccomp_return() {
	returned="$NR_read $EBADF $NR_write $EBADF "
	ends="exit fault seccomp*597"
	if has_call uretprobe; then
		ends="exit fault*2 seccomp*596"
	fi
	if has_call uprobe; then
		returned="${returned}336 -71 "
		ends="exit fault*2 seccomp*595"
	fi
	sweep "$returned" "$ends" $SYSCALL 0 601
	sweep "" exit $SYSCALL $NR_exit 1
	sweep "" fault $SYSCALL $NR_sigreturn 1
	for number in 1000 4096 65535 0x3fffffff 0x7fffffff 0x80000000 0xffffffff -1; do
		sweep "" seccomp $SYSCALL $number 1
	done
	# Of the number, the kernel takes the lower half.
	sweep "$((4294967296 + NR_read)) $EBADF $((4294967296 + NR_write)) $EBADF " \
		"seccomp*13" $SYSCALL $((4294967296 + NR_read)) 15
}

uprobe_is_refused() {
	has_call uprobe || skip "no such call"
	does 0 call uma $SYSCALL count=336 status=99
	expect "$(value status)" EPROTO "what returned"
	sweep "336 -71 " none $SYSCALL 336 1
	sweep "" fault $SYSCALL 335 1
}

no_call_of_x32_returns() {
	needs_x86 "x32"
	sweep "" "seccomp*601" $SYSCALL $X32 601
}

# The numbers of programs of 32 bits: read is 3, write 4, exit 1, sigreturn 119.
only_those_of_32_bits_return() {
	needs_x86 "int 0x80"
	sweep "3 $EBADF 4 $EBADF " "exit fault seccomp*597" $INT80 0 601
	sweep "" exit $INT80 1 1
	sweep "" fault $INT80 119 1
	sweep "" "seccomp*8" $INT80 $X32 8
	sweep "4294967299 $EBADF 4294967300 $EBADF " "exit seccomp*5" $INT80 0x100000000 8
}

# The way back leads to where a program of 32 bits has code. Some processors refuse
# the instruction.
nothing_returns_from_sysenter() {
	needs_x86 "sysenter"
	sweep "" "fault*601|exit fault*3 seccomp*597" $SYSENTER 0 601
}

# gettimeofday, time and getcpu; what is behind them in the page is no call.
no_vsyscall_returns() {
	needs_x86 "vsyscall"
	for offset in 0 0x400 0x800; do
		sweep "" seccomp $VSYSCALL $offset 1
	done
	for offset in 1 0xc00; do
		sweep "" fault $VSYSCALL $offset 1
	done
}

umd_test_begin
set_parameters crash_limit=0 start_limit=0
known uma timeout_ms=60000
does 0 load uma path=/umd/sweep_umh
ktap_run only_the_calls_of_strict_seccomp_return uprobe_is_refused \
	no_call_of_x32_returns only_those_of_32_bits_return \
	nothing_returns_from_sysenter no_vsyscall_returns
