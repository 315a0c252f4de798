# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
#
# umd_test.ko, for scripts in the guest that have sourced ktap.sh: drivers
# `uma` and `umb`, whose Handlers do as they are asked (tests/evil/test_umh.c).
# loader-c/test/umd_test.h lists the arguments of its commands.

CONTROL=/sys/kernel/debug/umd_test/control
DEBUG=/sys/kernel/debug/umd
ADMIN=/sys/kernel/security/umd
PARAMETERS=/sys/module/umd_mgmt/parameters
ELF=/umd/test_umh

# umd COMMAND DRIVER [KEY=VALUE]...: prints what it says.
umd() {
	{ echo "$*" >&3 && cat <&3; } 3<>"$CONTROL"
}

# does ERROR COMMAND...: fails the test unless the command ends with ERROR, a
# name or 0. The command's answer is in $answer.
does() {
	_error=$1
	shift
	answer=$(umd "$@")
	expect "$(value error)" "$_error" "the error of '$*'"
}

# value KEY: that of the last answer.
value() {
	while read -r _key _value; do
		[ "$_key" != "$1" ] || echo "$_value"
	done <<-END
		$answer
	END
}

# How the calls of the last answer went: ERROR=COUNT, in order of the errno.
calls() {
	counts calls
}

counts() {
	_all=
	while read -r _key _value; do
		case $_key in
		"$1"_*) _all="$_all ${_key#*_}=$_value" ;;
		esac
	done <<-END
		$answer
	END
	echo "${_all# }"
}

# begin NAME COMMAND...: starts a command; its process is then $pid_NAME.
begin() {
	_name=$1
	shift
	umd "$@" >"/tmp/answer.$_name" &
	eval "pid_$_name=$!"
}

# finish NAME ERROR: waits for its end. As does.
finish() {
	eval "wait \$pid_$1"
	answer=$(cat "/tmp/answer.$1")
	expect "$(value error)" "$2" "the error of '$1'"
}

# The processes of a driver's Handlers.
handlers() {
	pidof "$1" | tr ' ' '\n' | sort -n | tr '\n' ' ' | sed 's/ $//'
}

count_handlers() {
	pidof "$1" | wc -w
}

state() {
	cat "$DEBUG/$1/state"
}

# busy DRIVER: how many of its Handlers work on a request.
busy() {
	grep -c busy "$DEBUG/$1/workers"
}

# ready DRIVER: how many of them wait for one.
ready() {
	grep -c ready "$DEBUG/$1/workers"
}

# statistic DRIVER NAME
statistic() {
	sed -n "s/^$2 //p" "$DEBUG/$1/statistics"
}

# kill_handlers DRIVER: as somebody would, and waits until they are gone.
kill_handlers() {
	_pids=$(handlers "$1")
	# shellcheck disable=SC2086
	kill -KILL $_pids || fail "no Handler of $1"
	for _pid in $_pids; do
		wait_for 5 gone "$_pid"
	done
}

# freeze PID: stops the process and waits until it has stopped.
freeze() {
	kill -STOP "$1"
	wait_for 5 grep -q '^State:.T' "/proc/$1/status"
}

# in_flight DRIVER NAME COMMAND...: begins a call and waits until a Handler
# has read one more.
in_flight() {
	_driver=$1
	_busy=$(busy "$_driver")
	shift
	begin "$@"
	wait_for 10 is "$((_busy + 1))" busy "$_driver"
}

# queued DRIVER NAME COMMAND...: begins a call and waits until it is in the
# queue, all Handlers being busy.
queued() {
	_driver=$1
	_requests=$(statistic "$_driver" requests)
	shift
	begin "$@"
	wait_for 10 is "$((_requests + 1))" statistic "$_driver" requests
}

# all_go_on DRIVER: ends the wait of each of its Handlers for op=hold.
all_go_on() {
	for _pid in $(handlers "$1"); do
		go_on "$_pid"
	done
}

# stops DRIVER VALUE: as an administrator.
stops() {
	echo "$2" >"$ADMIN/$1/stopped"
}

# set_parameters NAME=VALUE...: of the library.
set_parameters() {
	for _parameter; do
		echo "${_parameter#*=}" >"$PARAMETERS/${_parameter%=*}" ||
			fail "$_parameter"
	done
}

default_parameters() {
	set_parameters start_limit=5 start_window_ms=$((10000 * SLOW)) \
		crash_limit=5 crash_window_ms=$((10000 * SLOW)) spin_us=20
}

# call_without_fork DRIVER: a call when no process can be made; sets error.
call_without_fork() {
	error=
	{ echo "call $1" >&3 && while read -r _key _value; do
		[ "$_key" != error ] || error=$_value
	done <&3; } 3<>"$CONTROL"
}

# error_of COMMAND...: the name of its error, or 0.
error_of() {
	answer=$(umd "$@")
	value error
}

forget() {
	[ -d "$DEBUG/$1" ] || return 0
	umd unload "$1" >/dev/null
	is "error 0" umd unregister "$1"
}

# known DRIVER [KEY=VALUE]...: registers it anew.
known() {
	_driver=$1
	shift
	wait_for 20 forget "$_driver"
	does 0 register "$_driver" "$@"
}

# fresh [KEY=VALUE]...: each test begins with it: a new driver uma, loaded.
fresh() {
	default_parameters
	does_not_load_on_demand
	wait_for 20 forget umb
	known uma "$@"
	does 0 load uma path=$ELF
}

# two_ready [KEY=VALUE]...: fresh, and waits until two Handlers are ready.
two_ready() {
	fresh max_workers=2 "$@"
	in_flight uma one call uma op=hold
	in_flight uma two call uma op=hold
	all_go_on uma
	finish one 0
	finish two 0
	wait_for 5 is 2 ready uma
}

# loads_on_demand ELF [US]: what the kernel's request for uma's Loader does,
# after a while.
loads_on_demand() {
	cat >/tmp/modprobe <<-END
		#!/bin/sh
		. /umd/umd_test.sh
		usleep ${2:-0}
		umd load uma path=$1 >/tmp/loaded
	END
	chmod 755 /tmp/modprobe
	echo /tmp/modprobe >/proc/sys/kernel/modprobe
}

does_not_load_on_demand() {
	echo /sbin/modprobe >/proc/sys/kernel/modprobe
}

# spins ROUNDS: how many milliseconds that took, three times.
spins() {
	for _ in 1 2 3; do
		does 0 call uma op=spin "count=$1"
		value ms
	done
}

# Prints how many rounds the Handler's loop does in a millisecond, about; in a SLOW
# guest, in so many.
calibrate() {
	fresh timeout_ms=60000
	_rounds=100000
	while :; do
		_all=$(spins "$_rounds") || fail "$_all"
		# The quickest: others had to wait for the machine.
		_ms=$(echo "$_all" | sort -n | head -n 1)
		[ "$_ms" -lt 100 ] || break
		_rounds=$((_rounds * 2))
	done
	echo $((_rounds * SLOW / _ms))
}

# umd_test_begin: to be called once, by the suite.
umd_test_begin() {
	modprobe umd_test || exit 1
}

# umd_test_calibrate: the same, for suites that count a Handler's work in SPIN,
# which is what calibrate has found.
umd_test_calibrate() {
	umd_test_begin
	# A failure in there ends only the shell of the parentheses.
	SPIN=$(calibrate) || fail "$SPIN"
}
