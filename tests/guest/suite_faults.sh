# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: kernels=debug modules=faults programs=fault
#
# Fault injection, on a kernel that has it and with a library that is built for
# it (loader-c/mgmt/inject.h): whatever fails, the error is a clean one, the
# driver is as it was, and the next attempt works.

. /umd/ktap.sh
. /umd/umd_test.sh
. /umd/leaks.sh

KINDS="failslab fail_page_alloc fail_usercopy"
# More than anything here has points at which something may fail.
MOST=2000

# No kind is to report each fault with a stack trace, which takes long, or to
# spare those allocations that may wait.
prepare_faults() {
	for kind in $KINDS; do
		folder=/sys/kernel/debug/$kind
		[ -d $folder ] || fail "the kernel has no $kind"
		echo 0 >$folder/verbose
		[ ! -e $folder/ignore-gfp-wait ] || echo N >$folder/ignore-gfp-wait
		[ ! -e $folder/ignore-gfp-highmem ] ||
			echo N >$folder/ignore-gfp-highmem
	done
	echo 0 >/sys/kernel/debug/fail_page_alloc/min-order
}

# clean ERROR WHAT: fails the test unless that is a clean one.
clean() {
	case $1 in
	0 | ENOMEM | EFAULT | EPIPE | EPROTO | ETIMEDOUT | ENOEXEC | EAGAIN | \
		EINTR | ENOENT | E2BIG | EIO | ENOSPC) ;;
	*) fail "the error of '$2' is '$1'" ;;
	esac
}

# error_is_clean WHAT: of the last answer.
error_is_clean() {
	clean "$(value error)" "$1"
}

# whole: the driver uma, which may be loaded or not, is as good as new.
whole() {
	umd unload uma >/dev/null
	expect "$(state uma)" unloaded "the state after fault $nth"
	expect "$(count_handlers uma)" 0 "Handlers after fault $nth"
	does 0 load uma path=$ELF
	does 0 call uma
	expect "$(value right)" 1 "the reply after fault $nth"
}

# next_fault: counts nth on.
next_fault() {
	nth=$((nth + 1))
	[ $nth -le $MOST ] || fail "there is no end of faults"
}

# each_fault NAME PREPARE COMMAND...: runs PREPARE and then the command with the
# first fault, with the second, and so on until none is left to inject.
each_fault() {
	_what=$1
	_prepare=$2
	shift 2
	nth=1
	while :; do
		$_prepare
		answer=$(umd "$@" "fail_nth=$nth")
		error_is_clean "$_what"
		_left=$(value left)
		_error=$(value error)
		whole
		[ "$_left" = 0 ] || break
		next_fault
	done
	expect "$_error" 0 "the error without a fault"
	points "$_what" $((nth - 1))
}

# points WHAT COUNT: what leaks is measured by their sum.
points() {
	[ "$2" -ge "${LEAST-1}" ] || fail "nothing was injected: $1"
	echo "$2 faults injected: $1"
	echo "$2" >>/tmp/points
}

unloaded() {
	umd unload uma >/dev/null
}

# A start takes most of the time: that of the last check may serve.
loaded() {
	[ "$(state uma)" = running ] || does 0 load uma path=$ELF
}

idle() {
	loaded
	kill_handlers uma
}

faults_while_loading() {
	known uma timeout_ms=2000
	set_parameters start_limit=0
	each_fault "umd_mgmt_load(), the caller" unloaded load uma path=$ELF
}

faults_while_calling() {
	known uma timeout_ms=2000
	set_parameters start_limit=0
	each_fault "umd_mgmt_call(), the caller" loaded call uma in=5000
	each_fault "umd_mgmt_call() that starts a Handler" idle call uma
}

faults_while_unloading() {
	known uma timeout_ms=2000
	# Nothing in it may fail.
	LEAST=0
	each_fault "umd_mgmt_unload()" loaded unload uma
}

faults_while_registering() {
	known uma
	wait_for 5 forget umb
	nth=1
	while :; do
		answer=$(umd register umb fail_nth=$nth)
		error_is_clean "register umb"
		_left=$(value left)
		if [ "$(value error)" = 0 ]; then
			does 0 load umb path=$ELF
			does 0 call umb
			does 0 unregister umb
		fi
		does 0 register umb
		answer=$(umd unregister umb fail_nth=$nth)
		expect "$(value error)" 0 "the error of unregister"
		[ ! -e "$ADMIN/umb" ] && [ ! -e "$DEBUG/umb" ] ||
			fail "files are left after fault $nth"
		[ "$_left" = 0 ] || [ "$(value left)" = 0 ] || break
		next_fault
	done
	points "umd_mgmt_register() and _unregister()" $((nth - 1))
}

# each_fault_at PLACE NAME: as each_fault, at a place of mgmt/inject.h, over a
# load, a call and an unload.
each_fault_at() {
	known uma timeout_ms=2000
	set_parameters start_limit=0 crash_limit=0
	nth=1
	while :; do
		unloaded
		set_parameters "inject_nth=$nth" "inject_place=$1"
		answer=$(umd load uma path=$ELF)
		error_is_clean "load at $2"
		_failed=$(value error)
		if [ "$_failed" = 0 ]; then
			answer=$(umd call uma in=5000)
			error_is_clean "call at $2"
			_failed=$(value error)
		fi
		_left=$(cat $PARAMETERS/inject_nth)
		set_parameters inject_place=0 inject_nth=0
		whole
		# A fault that killed the process is not counted down any more.
		[ "$_left" = 0 ] || [ "$_failed" != 0 ] || break
		next_fault
	done
	points "$2" $((nth - 1))
}

faults_while_the_binary_is_copied() { each_fault_at 1 "the copy of the binary"; }
faults_while_a_handler_starts() { each_fault_at 2 "the start of a Handler"; }
faults_in_the_new_process() { each_fault_at 3 "the new process, exec too"; }
faults_while_a_handler_reads() { each_fault_at 4 "a Handler's read()"; }
faults_while_a_handler_writes() { each_fault_at 5 "a Handler's write()"; }

# The process that starts helpers is none of ours: there chance has to do. Each
# request needs a start. The shell must not need memory of the kernel meanwhile,
# so all of it is done with what is in the shell itself.
faults_anywhere_by_chance() {
	known uma timeout_ms=2000 max_workers=2
	set_parameters start_limit=0 crash_limit=0
	does 0 load uma path=$ELF
	chance=/sys/kernel/debug/failslab
	# These faults are used up long before the requests are.
	echo 500 >$chance/times
	exec 4>$chance/probability
	(
		echo "stress uma op=exit threads=2 requests=200" >&3
		while read -r line; do echo "$line"; done <&3
	) 3<>"$CONTROL" >/tmp/answer.starts &
	pid_starts=$!
	wait_for 10 more_than 2 statistic uma starts
	echo 20 >&4
	nth=0
	while [ $nth -lt 20000 ]; do nth=$((nth + 1)); done
	# This may fail as well.
	until echo 0 >&4; do :; done
	exec 4>&-
	finish starts 0
	echo "calls $(calls)"
	for count in $(calls); do
		clean "${count%=*}" "a call"
	done
	expect "$(value wrong)" 0 "wrong replies"
	used=$((500 - $(cat $chance/times)))
	echo 0 >$chance/times
	[ $used -gt 100 ] || fail "only $used faults"
	whole
	points "starts, by chance" $used
}

# Exec fails with the kill, and then its helper exits by itself.
a_kill_before_exec_is_told_from_an_exit() {
	known uma
	set_parameters inject_place=3 inject_delay_ms=2000
	begin one load uma path=$ELF
	wait_for 5 grep -q '^[1-9][0-9]* starting$' $DEBUG/uma/workers
	pid=$(sed -n 's/ starting$//p' $DEBUG/uma/workers)
	wait_for 5 grep -q '^State:.D' "/proc/$pid/status"
	kill -KILL "$pid"
	set_parameters inject_place=0 inject_delay_ms=0
	finish one 0
	expect "$(statistic uma end_exit) $(statistic uma end_outside)" "0 1" \
		"exits, and kills from outside"
}

# A Handler is about to write a reply, and cannot die, while its driver goes.
a_late_write_touches_nothing_that_is_gone() {
	known uma
	does 0 load uma path=$ELF
	pid=$(handlers uma)
	set_parameters inject_place=5 inject_delay_ms=6000
	begin one call uma op=reply_exit
	wait_for 5 grep -q '^State:.D' "/proc/$pid/status"
	does 0 unload uma
	finish one ESHUTDOWN
	does 0 unregister uma
	grep -q '^State:.D' "/proc/$pid/status" || fail "it was not late"
	wait_for 10 gone "$pid"
	set_parameters inject_place=0 inject_delay_ms=0
}

library_is_out() {
	if grep -q '^umd_mgmt ' /proc/modules; then
		rmmod umd_mgmt || fail "rmmod after fault $nth"
	fi
	[ ! -e $ADMIN ] && [ ! -e $DEBUG ] || fail "files are left after fault $nth"
}

# A library that fails to load takes the count with it.
faults_while_the_library_is_loaded() {
	library=$(find /lib/modules -name umd_mgmt.ko)
	forget uma
	rmmod umd_test || fail rmmod
	nth=1
	while :; do
		library_is_out
		_error=$(insmod "$library" inject_place=6 inject_nth=$nth 2>&1)
		_left=0
		if [ -z "$_error" ]; then
			_left=$(cat $PARAMETERS/inject_nth)
		else
			_error=$(errno_name "$_error")
		fi
		case $_error in
		"" | ENOMEM) ;;
		*) fail "the error of insmod is $_error" ;;
		esac
		[ "$_left" = 0 ] || break
		next_fault
	done
	library_is_out
	modprobe umd_test || fail modprobe
	points "the library's init" $((nth - 1))
}

faults_while_the_library_is_removed() {
	library=$(find /lib/modules -name umd_mgmt.ko)
	forget uma
	rmmod umd_test || fail rmmod
	nth=1
	while :; do
		library_is_out
		insmod "$library" || fail "insmod after fault $nth"
		/umd/fault $nth umd_mgmt >/tmp/fault || fail "$(cat /tmp/fault)"
		read -r _error _injected </tmp/fault
		case $_error in
		0 | ENOMEM | EFAULT | EINTR) ;;
		*) fail "the error of rmmod is $_error" ;;
		esac
		[ "$_injected" = 1 ] || break
		next_fault
	done
	library_is_out
	modprobe umd_test || fail modprobe
	points "removal of the library" $((nth - 1))
}

nothing_has_leaked() {
	known uma
	does 0 load uma path=$ELF
	does 0 unload uma
	does_not_leak "$BEFORE" "$(awk '{ all += $1 } END { print all }' /tmp/points)"
}

umd_test_begin
prepare_faults
known uma
does 0 load uma path=$ELF
does 0 unload uma
BEFORE=$(usage)
ktap_run faults_while_loading faults_while_calling faults_while_unloading \
	faults_while_registering faults_while_the_binary_is_copied \
	faults_while_a_handler_starts faults_in_the_new_process \
	faults_while_a_handler_reads faults_while_a_handler_writes \
	faults_anywhere_by_chance a_kill_before_exec_is_told_from_an_exit \
	a_late_write_touches_nothing_that_is_gone \
	faults_while_the_library_is_loaded \
	faults_while_the_library_is_removed nothing_has_leaked
