# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: ends clock=instructions
#
# Administration: registration, the control files, what debugfs and the
# tracepoints tell, module parameters.

. /umd/ktap.sh
. /umd/umd_test.sh
. /umd/sample.sh

TRACING=/sys/kernel/tracing

names_are_unique() {
	known uma
	does EEXIST register uma
	known umb
	does 0 unregister uma
	does 0 register uma
	does 0 load uma path=$ELF
	does 0 call uma
}

a_module_for_another_library_is_refused() {
	dmesg -c >/dev/null
	wait_for 5 forget umb
	does EINVAL register umb layout=-8
	does EINVAL register umb layout=65536
	[ ! -d $ADMIN/umb ] || fail "it is registered"
	_line='umd_mgmt: umd_test was built for another umd_mgmt (.* instead of .*): rebuild it'
	expect "$(dmesg | grep -c "$_line")" 2 "lines of the log"
}

bad_descriptions_are_refused() {
	wait_for 5 forget umb
	does 0 register name_of_15_byte
	does 0 unregister name_of_15_byte
	does EINVAL register name_of_16_bytes
	does EINVAL register a/b
	does EINVAL register umb kmod=
	does EINVAL register umb max_request=1048577
	does EINVAL register umb max_reply=1048577
	does EINVAL register umb max_workers=65
	does EINVAL register umb spare_workers=1
	does EINVAL register umb max_workers=4 spare_workers=4
	does EINVAL register umb nice=20
	does EINVAL register umb nice=-21
	does EINVAL register umb oom_score_adj=1001
	does EINVAL register umb oom_score_adj=-1
	does 0 register umb nice=19 oom_score_adj=1000 max_workers=64
	does 0 unregister umb
}

priorities_are_the_drivers_to_choose() {
	fresh nice=7 oom_score_adj=321 memory_max=33554432
	pid=$(handlers uma)
	expect "$(awk '{print $19}' "/proc/$pid/stat")" 7 nice
	expect "$(cat "/proc/$pid/oom_score_adj")" 321 oom_score_adj
	grep -q '^Max address space  *33554432 ' "/proc/$pid/limits" ||
		fail "$(grep 'address space' "/proc/$pid/limits")"
}

each_driver_has_its_files() {
	known uma
	expect "$(stat -c %a $ADMIN/uma/stopped)" 600 "mode of stopped"
	expect "$(stat -c %a $ADMIN/uma/abort)" 200 "mode of abort"
	for file in state workers statistics latency; do
		expect "$(stat -c %a $DEBUG/uma/$file)" 444 "mode of $file"
		cat "$DEBUG/uma/$file" >/dev/null || fail "$file"
		(echo 1 >"$DEBUG/uma/$file") 2>/dev/null && fail "$file is written"
	done
	does 0 unregister uma
	[ ! -e $ADMIN/uma ] || fail "$ADMIN/uma is still there"
	[ ! -e $DEBUG/uma ] || fail "$DEBUG/uma is still there"
}

control_files_take_only_what_they_know() {
	known uma
	for text in "" x 2 -1; do
		expect "$(write_errno $ADMIN/uma/stopped "$text")" EINVAL "stopped: '$text'"
		expect "$(write_errno $ADMIN/uma/abort "$text")" EINVAL "abort: '$text'"
	done
	expect "$(write_errno $ADMIN/uma/abort 0)" EINVAL "abort: 0"
	expect "$(cat $ADMIN/uma/stopped)" 0 stopped
	expect "$(write_errno $ADMIN/uma/stopped 1)" 0 "stopped: 1"
	expect "$(cat $ADMIN/uma/stopped)" 1 stopped
	expect "$(write_errno $ADMIN/uma/stopped 0)" 0 "stopped: 0"
	expect "$(cat $ADMIN/uma/stopped)" 0 stopped
}

stopping_ends_everything() {
	fresh timeout_ms=60000
	in_flight uma one call uma op=never
	queued uma two call uma
	stops uma 1
	finish one EPERM
	finish two EPERM
	wait_for 5 is 0 count_handlers uma
	expect "$(state uma)" stopped state
	expect "$(statistic uma last_end)" stopped "the cause"
	does EPERM call uma
	lasted "$(value ms)" 0 1000 "the time"
	expect "$(count_handlers uma)" 0 Handlers
	stops uma 0
	does 0 call uma
	expect "$(state uma)" running state
}

stopping_forbids_a_load() {
	known uma
	stops uma 1
	does EPERM load uma path=$ELF
	expect "$(count_handlers uma)" 0 Handlers
	stops uma 0
	does 0 load uma path=$ELF
	does 0 call uma
}

stopping_ends_a_start() {
	known uma timeout_ms=60000
	begin load load uma path=/umd/test_umh_hang
	wait_for 5 grep -q starting $DEBUG/uma/workers
	stops uma 1
	finish load EPERM
	wait_for 5 is 0 count_handlers uma
	stops uma 0
	does 0 load uma path=$ELF
	does 0 call uma
}

stopping_forbids_autoload() {
	known uma
	rm -f /tmp/loaded
	loads_on_demand $ELF
	stops uma 1
	does EPERM call uma
	[ ! -e /tmp/loaded ] || fail "the Loader was requested"
	stops uma 0
	does 0 call uma
	[ -e /tmp/loaded ] || fail "the Loader was not requested"
	does_not_load_on_demand
}

stopping_holds_for_modules_of_the_sample() {
	modprobe sample_mgr
	expect "$(ask 1)" 0 "a request"
	stops sample_umh 1
	expect "$(ask 1)" EPERM "a request while stopped"
	rmmod sample_loader_kmod || fail "rmmod while stopped"
	expect "$(ask 1)" EPERM "a request without the Loader"
	modprobe sample_loader_kmod 2>/dev/null && fail "the Loader was loaded"
	grep -q '^sample_loader_kmod' /proc/modules && fail "the Loader was loaded"
	expect "$(handler)" "" "the Handler"
	stops sample_umh 0
	expect "$(ask 1)" 0 "a request after that"
	rmmod sample_loader_kmod sample_mgr || fail "rmmod"
}

the_loader_alone_can_be_removed() {
	modprobe sample_mgr
	for round in 1 2 3; do
		expect "$(ask "$round")" 0 "request $round"
		rmmod sample_loader_kmod || fail "rmmod $round"
		expect "$(handler)" "" "the Handler after rmmod $round"
		expect "$(cat $DEBUG/sample_umh/state)" unloaded "state $round"
	done
	rmmod sample_mgr
}

abort_ends_the_requests_of_now() {
	fresh timeout_ms=60000
	in_flight uma one call uma op=never
	queued uma two call uma
	echo 1 >$ADMIN/uma/abort
	finish one ECANCELED
	finish two ECANCELED
	expect "$(statistic uma end_aborted)" 1 "Handlers ended"
	expect "$(statistic uma error_ECANCELED)" 2 calls
	does 0 call uma
}

abort_spares_handlers_without_a_request() {
	two_ready timeout_ms=60000
	pid=$(handlers uma)
	in_flight uma one call uma op=never
	echo 1 >$ADMIN/uma/abort
	finish one ECANCELED
	wait_for 5 is 1 count_handlers uma
	case " $pid " in
	*" $(handlers uma) "*) ;;
	*) fail "$(handlers uma) is none of $pid" ;;
	esac
	does 0 call uma
}

abort_without_requests_does_nothing() {
	fresh
	pid=$(handlers uma)
	echo 1 >$ADMIN/uma/abort
	does 0 call uma
	expect "$(handlers uma)" "$pid" "the Handler"
}

the_state_has_five_words() {
	known uma post_start=1
	set_parameters start_limit=1 start_window_ms=60000
	expect "$(state uma)" unloaded "at first"
	does 0 load uma path=$ELF
	expect "$(state uma)" running "after the load"
	kill_handlers uma
	wait_for 5 is idle state uma
	does 0 post_start uma post_start=-126
	does ENOKEY call uma
	expect "$(state uma)" failing "after a failed start"
	stops uma 1
	expect "$(state uma)" stopped "when stopped"
	# The stop counts as the administrator's look at the failure.
	stops uma 0
	expect "$(state uma)" idle "after that"
	does 0 unload uma
	expect "$(state uma)" unloaded "at last"
	default_parameters
}

the_workers_are_listed() {
	two_ready timeout_ms=60000
	expect "$(awk '{print $1}' $DEBUG/uma/workers | sort -n | xargs)" \
		"$(handlers uma)" "the processes"
	expect "$(ready uma) $(busy uma)" "2 0" "ready and busy ones"
	in_flight uma one call uma op=never
	expect "$(ready uma) $(busy uma)" "1 1" "ready and busy ones"
	does 0 unload uma
	finish one ESHUTDOWN
	expect "$(cat $DEBUG/uma/workers)" "" "workers when unloaded"
	known uma post_start=3000
	begin load load uma path=$ELF
	wait_for 5 grep -q '^[1-9][0-9]* starting$' $DEBUG/uma/workers
	does 0 unload uma
	finish load ESHUTDOWN
}

# statistics_are NAME=VALUE...: some of those of uma.
statistics_are() {
	for pair; do
		expect "$(statistic uma "${pair%=*}")" "${pair#*=}" "${pair%=*}"
	done
}

the_statistics_count_everything() {
	fresh max_request=1000
	does 0 stress uma requests=10
	does 0 call uma status=-5
	statistics_are requests=11 replies=11 starts=1 restarts=0 last_end=none
	does EPIPE call uma op=exit
	statistics_are requests=12 replies=11 error_EPIPE=1 end_exit=1
	does ETIMEDOUT call uma op=never timeout_ms=100
	statistics_are starts=2 restarts=1 error_ETIMEDOUT=1 end_timeout=1
	does EPROTO call uma op=bad
	does EMSGSIZE call uma in=1001
	does EMSGSIZE call uma in=100 out=99
	does 0 call uma
	statistics_are requests=16 starts=4 restarts=3 error_EPROTO=1 \
		error_EMSGSIZE=2 end_violation=1 last_end=violation
	does 0 unload uma
	does ENOPROTOOPT call uma
	statistics_are end_unload=1 error_ENOPROTOOPT=1 last_end=unload
	# A Handler that starts after an unload replaces nothing.
	does 0 load uma path=$ELF
	statistics_are starts=5 restarts=3 error_other=0
}

only_what_replaces_a_lost_handler_is_a_restart() {
	fresh max_workers=2 timeout_ms=60000
	does EPIPE call uma op=exit
	does 0 call uma
	statistics_are starts=2 restarts=1
	# The second one is there because it is needed, not instead of another.
	in_flight uma one call uma op=hold
	in_flight uma two call uma op=hold
	all_go_on uma
	finish one 0
	finish two 0
	statistics_are starts=3 restarts=1
	kill_handlers uma
	stops uma 1
	stops uma 0
	does 0 call uma
	statistics_are starts=4 restarts=1
}

the_latencies_add_up() {
	fresh timeout_ms=60000
	does 0 stress uma requests=50
	in_flight uma long call uma op=hold
	usleep 600000
	all_go_on uma
	finish long 0
	expect "$(awk '{sum += $2} END {print sum}' $DEBUG/uma/latency)" 51 "all"
	# From 524288 us on.
	slow=$(awk '$1 == "more" || $1 > 262144 {sum += $2} END {print sum}' \
		$DEBUG/uma/latency)
	expect "$slow" 1 "slow ones"
	awk 'BEGIN {n = 1} $1 != "more" {if ($1 != n) exit 1; n *= 2}' \
		$DEBUG/uma/latency ||
		fail "bounds: $(cut -d' ' -f1 $DEBUG/uma/latency | xargs)"
}

# traced EVENT PATTERN: whether it has fired just so.
traced() {
	grep -q "$1: .*driver=uma.*$2" $TRACING/trace || {
		cat $TRACING/trace
		fail "no $1 with $2"
	}
}

each_tracepoint_fires() {
	echo >$TRACING/trace
	echo 1 >$TRACING/events/umd/enable || fail "no tracepoints"
	expect "$(ls -d $TRACING/events/umd/*/ | xargs -n 1 basename | xargs)" \
		"umd_exit umd_reply umd_request umd_restart umd_spawn umd_timeout" \
		"the tracepoints"
	fresh
	pid=$(handlers uma)
	does 0 call uma in=40
	does ETIMEDOUT call uma op=never timeout_ms=100
	does 0 call uma
	does EPIPE call uma op=exit
	echo 0 >$TRACING/events/umd/enable
	traced umd_spawn "pid=$pid"
	traced umd_request "op=256 len=40 uid=0"
	traced umd_reply "pid=$pid status=0 len=40"
	traced umd_timeout "pid=$pid"
	expect "$(grep -c umd_timeout: $TRACING/trace)" 1 "deadlines that passed"
	traced umd_exit "pid=$pid cause=timeout"
	traced umd_exit "cause=exit"
	traced umd_restart "restarts=1"
}

a_deadline_in_the_queue_is_traced_without_a_handler() {
	fresh timeout_ms=60000
	in_flight uma one call uma op=never
	echo >$TRACING/trace
	echo 1 >$TRACING/events/umd/enable
	does ETIMEDOUT call uma timeout_ms=100
	echo 0 >$TRACING/events/umd/enable
	traced umd_timeout "pid=0"
	expect "$(grep -c umd_timeout: $TRACING/trace)" 1 "deadlines that passed"
	does 0 unload uma
	finish one ESHUTDOWN
}

# modinfo names a parameter with its type whether or not there is a word on it.
parameters_are_documented() {
	for module in umd_mgmt sample_mgr pgp_mgr verify_mgr; do
		file=$(find /lib/modules -name $module.ko)
		tr '\0' '\n' <"$file" >/tmp/modinfo
		parameters=$(sed -n 's/^parmtype=\([^:]*\):.*/\1/p' /tmp/modinfo)
		[ "$parameters" ] || fail "$module: no parameter"
		for parameter in $parameters; do
			grep -q "^parm=$parameter:.." /tmp/modinfo ||
				fail "$module: no word on $parameter"
		done
	done
}

parameters_are_validated() {
	default_parameters
	for parameter in "$PARAMETERS"/*; do
		mode=$(stat -c %a "$parameter")
		[ "$mode" = 444 ] || [ "$mode" = 644 ] || fail "$parameter: $mode"
		[ "$mode" = 644 ] || continue
		before=$(cat "$parameter")
		for text in "" x -1 4294967296; do
			error=$(write_errno "$parameter" "$text")
			case $error in
			EINVAL | ERANGE) ;;
			*) fail "$parameter: $error for '$text'" ;;
			esac
		done
		expect "$(cat "$parameter")" "$before" "$parameter"
	done
	expect "$(write_errno $PARAMETERS/start_window_ms 0)" EINVAL "no window"
	expect "$(write_errno $PARAMETERS/crash_window_ms 3600001)" EINVAL "a long one"
}

umd_test_begin
ktap_run names_are_unique a_module_for_another_library_is_refused \
	bad_descriptions_are_refused \
	priorities_are_the_drivers_to_choose each_driver_has_its_files \
	control_files_take_only_what_they_know stopping_ends_everything \
	stopping_forbids_a_load stopping_ends_a_start \
	stopping_forbids_autoload stopping_holds_for_modules_of_the_sample \
	the_loader_alone_can_be_removed abort_ends_the_requests_of_now \
	abort_spares_handlers_without_a_request \
	abort_without_requests_does_nothing the_state_has_five_words \
	the_workers_are_listed the_statistics_count_everything \
	only_what_replaces_a_lost_handler_is_a_restart the_latencies_add_up \
	each_tracepoint_fires a_deadline_in_the_queue_is_traced_without_a_handler \
	parameters_are_documented parameters_are_validated
