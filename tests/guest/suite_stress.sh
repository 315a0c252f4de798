# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: ends full with=kcsan
#
# Many callers, kills, loads and unloads at the same time, over and over: every
# call ends as it should, and nothing is left behind. As much as the project
# promises when the first argument is `full`, else a tenth of it or less.

. /umd/ktap.sh
. /umd/umd_test.sh
. /umd/leaks.sh

CYCLES=100 REQUESTS=6400
[ ! "$ktap_full" ] || CYCLES=1000 REQUESTS=100032

# Each start fails at another step.
starts_that_fail_leave_nothing() {
	known uma timeout_ms=100 post_start=1
	set_parameters start_limit=0
	does 0 post_start uma post_start=-126
	before=$(usage)
	for round in $(seq "$((CYCLES / 20))"); do
		does ENOEXEC load uma path=/umd/ktap.sh
		does EPIPE load uma path=/umd/test_umh_exit
		does EPROTO load uma path=/umd/test_umh_version
		does ENOKEY load uma path=$ELF
		expect "$(count_handlers uma) $(state uma)" "0 unloaded" "the driver"
	done
	does ETIMEDOUT load uma path=/umd/test_umh_hang
	does_not_leak "$before" "$((CYCLES / 20))"
	default_parameters
}

loads_and_unloads_leave_nothing() {
	known uma timeout_ms=60000
	# The first of each kind may fill caches.
	does 0 cycle uma path=$ELF op=never threads=2 cycles=20
	before=$(usage)
	does 0 cycle uma path=$ELF op=never threads=2 cycles="$CYCLES"
	echo "$CYCLES cycles: $(value ms) ms"
	expect "$(counts loads)" 0="$CYCLES" "the loads"
	calls_are_only ESHUTDOWN ENOPROTOOPT
	does_not_leak "$before" "$CYCLES"
}

# calls_are_only ERROR...
calls_are_only() {
	calls
	for count in $(calls); do
		case " $* " in
		*" ${count%=*} "*) ;;
		*) fail "there is ${count%=*}" ;;
		esac
	done
}

loads_and_unloads_from_many_sides() {
	known uma timeout_ms=60000 load_timeout_ms=60000
	loads_on_demand $ELF
	before=$(usage)
	# These load without being asked, and these only by calling.
	for name in one two; do
		begin $name cycle uma path=$ELF cycles=$((CYCLES / 10)) \
			threads=2 op=spin count=$((SPIN * 5)) pause_us=20000
	done
	begin calls stress uma threads=4 requests=$((CYCLES / 2))
	for name in one two calls; do
		finish $name 0
		echo "$name: loads $(counts loads), calls $(calls)"
		expect "$(value wrong)" 0 "wrong replies"
		calls_are_only 0 ESHUTDOWN ENOPROTOOPT
	done
	does 0 unload uma
	does_not_load_on_demand
	does_not_leak "$before" "$CYCLES"
}

# a_crowd_survives_kills: counts them on in kills.
a_crowd_survives_kills() {
	begin crowd stress uma threads=64 requests=$((REQUESTS / 64)) in=128 \
		op=spin count=$((SPIN / 10))
	while [ -d "/proc/$pid_crowd" ]; do
		usleep 50000
		# shellcheck disable=SC2046
		kill -KILL $(pidof uma) 2>/dev/null && kills=$((kills + 1))
	done
	finish crowd 0
	echo "$REQUESTS requests, $kills kills, $(value ms) ms, $(calls)"
	expect "$(value wrong)" 0 "wrong replies"
	calls_are_only 0 EPIPE
	all=0
	for count in $(calls); do
		all=$((all + ${count#*=}))
	done
	expect "$all" $((REQUESTS / 64 * 64)) "calls that returned"
}

sixty_four_callers_survive_kills() {
	fresh timeout_ms=60000 max_workers=2
	# Memory that the library allocates on the way is not a leak.
	does 0 stress uma threads=64 requests=10
	before=$(usage)
	kills=0
	crowds=0
	# A fast machine may serve a crowd before there were enough kills; with checkers,
	# finding a process to kill is slow, too.
	enough=5
	! has_checkers || enough=1
	while [ "$kills" -lt $enough ]; do
		[ "$crowds" -lt 20 ] || fail "$kills kills"
		crowds=$((crowds + 1))
		a_crowd_survives_kills
	done
	does 0 call uma
	kill_handlers uma
	does 0 call uma
	does_not_leak "$before" "$kills"
}

umd_test_calibrate
ktap_run starts_that_fail_leave_nothing loads_and_unloads_leave_nothing \
	loads_and_unloads_from_many_sides sixty_four_callers_survive_kills
