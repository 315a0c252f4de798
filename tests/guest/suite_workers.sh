# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
# suite: ends clock=instructions with=kcsan
#
# Workers: how many there are, that they cost each other nothing, that they
# start on demand and end when idle.

. /umd/ktap.sh
. /umd/umd_test.sh

a_driver_has_two_workers_by_default() {
	fresh timeout_ms=60000 max_workers=0
	in_flight uma one call uma op=hold
	in_flight uma two call uma op=hold
	expect "$(count_handlers uma)" 2 Handlers
	queued uma three call uma
	expect "$(statistic uma starts)" 2 starts
	all_go_on uma
	finish one 0
	finish two 0
	finish three 0
	expect "$(statistic uma starts)" 2 "starts in the end"
}

a_driver_may_have_one_worker() {
	fresh timeout_ms=60000 max_workers=1
	pid=$(handlers uma)
	in_flight uma one call uma op=hold
	queued uma two call uma
	expect "$(handlers uma)" "$pid" "the Handler"
	go_on "$pid"
	finish one 0
	finish two 0
	expect "$(statistic uma starts)" 1 starts
}

workers_start_on_demand() {
	fresh timeout_ms=60000 max_workers=4
	expect "$(count_handlers uma)" 1 "Handlers after the load"
	does 0 stress uma requests=20
	expect "$(count_handlers uma)" 1 "Handlers for one caller"
	in_flight uma one call uma op=never
	in_flight uma two call uma op=never
	expect "$(count_handlers uma)" 2 "Handlers for two callers"
	does 0 unload uma
	finish one ESHUTDOWN
	finish two ESHUTDOWN
}

there_are_never_more_than_allowed() {
	fresh timeout_ms=60000 max_workers=3
	begin crowd stress uma threads=8 op=never
	wait_for 10 is 3 busy uma
	expect "$(count_handlers uma)" 3 Handlers
	expect "$(statistic uma requests)" 8 requests
	does 0 unload uma
	finish crowd 0
	expect "$(calls)" ESHUTDOWN=8 calls
	expect "$(statistic uma starts)" 3 starts
}

a_crash_costs_only_its_own_request() {
	fresh timeout_ms=60000 max_workers=2
	pid=$(handlers uma)
	in_flight uma long call uma op=hold
	does EPIPE call uma op=fault
	does 0 call uma
	go_on "$pid"
	finish long 0
	expect "$(value right)" 1 "the reply"
	expect "$(statistic uma error_EPIPE)" 1 "requests lost"
}

a_hung_request_does_not_delay_others() {
	two_ready timeout_ms=$((2000 * SLOW))
	in_flight uma hung call uma op=never
	# About as long as it hangs.
	does 0 stress uma requests=150 pause_us=20000
	expect "$(calls)" 0=150 calls
	slowest=$(value slowest_us)
	finish hung ETIMEDOUT
	lasted "$(value ms)" $((2000 * SLOW)) 4000 "its time"
	echo "slowest of the others: $slowest us"
	lasted "$slowest" 0 499999 "the slowest of the others in us"
}

# An idle one gets the request, or a new one.
one_that_replies_and_hangs_delays_nobody() {
	two_ready timeout_ms=60000
	does 0 call uma op=reply_hang
	does 0 call uma
	lasted "$(value ms)" 0 2000 "the time with an idle Handler"
	expect "$(statistic uma starts)" 2 starts
	fresh timeout_ms=60000 max_workers=2
	does 0 call uma op=reply_hang
	does 0 call uma
	lasted "$(value ms)" 0 2000 "the time without"
	expect "$(statistic uma starts)" 2 starts
	# The next request comes so soon that the Handler might still come back.
	fresh timeout_ms=60000 max_workers=2
	does 0 stress uma requests=2 op=reply_hang
	expect "$(calls)" 0=2 calls
	lasted "$(value slowest_us)" 0 2000000 "the time in us"
}

a_spare_worker_takes_over() {
	fresh timeout_ms=60000 max_workers=3 spare_workers=1
	wait_for 10 is 2 ready uma
	expect "$(statistic uma starts)" 2 "starts for a load"
	does EPIPE call uma op=fault
	expect "$(count_handlers uma)" 1 "Handlers after a crash"
	expect "$(statistic uma starts)" 2 "starts before the next request"
	pid=$(handlers uma)
	does 0 call uma
	wait_for 10 is 2 ready uma
	expect "$(statistic uma starts)" 3 "starts after the next request"
	case " $(handlers uma) " in
	*" $pid "*) ;;
	*) fail "the spare Handler is not the one that took over" ;;
	esac
}

spare_workers_end_when_idle() {
	fresh max_workers=2 spare_workers=1 idle_ms=$((1000 * SLOW))
	wait_for 10 is 2 count_handlers uma
	wait_for 20 is 0 count_handlers uma
	expect "$(statistic uma end_idle)" 2 "idle ends"
	sleep 1
	expect "$(statistic uma starts)" 2 starts
}

an_idle_worker_ends() {
	fresh idle_ms=$((1000 * SLOW))
	expect "$(state uma)" running state
	wait_for 10 is 0 count_handlers uma
	wait_for 5 is idle state uma
	expect "$(statistic uma last_end)" idle "the cause of its end"
	expect "$(cat $DEBUG/uma/workers)" "" workers
	does 0 call uma
	expect "$(state uma)" running state
	expect "$(statistic uma starts)" 2 starts
	expect "$(statistic uma restarts)" 0 restarts
}

a_worker_that_is_asked_does_not_end() {
	fresh idle_ms=$((1000 * SLOW)) timeout_ms=60000
	pid=$(handlers uma)
	end=$(($(now) + 200 * SLOW))
	while [ "$(now)" -lt "$end" ]; do
		does 0 call uma
	done
	expect "$(handlers uma)" "$pid" "the Handler"
	in_flight uma long call uma op=hold
	usleep $((1500000 * SLOW))
	go_on "$pid"
	finish long 0
	expect "$(statistic uma end_idle)" 0 "idle ends"
}

all_idle_workers_end() {
	two_ready idle_ms=$((1000 * SLOW))
	wait_for 10 is 0 count_handlers uma
	expect "$(statistic uma end_idle)" 2 "idle ends"
	expect "$(state uma)" idle state
}

without_idle_time_a_worker_stays() {
	fresh
	pid=$(handlers uma)
	sleep 3
	expect "$(handlers uma)" "$pid" "the Handler"
}

an_idle_end_never_loses_a_request() {
	# The pauses are about the idle time, which is two ticks of the clock.
	fresh idle_ms=8
	for threads in 1 3; do
		does 0 stress uma threads=$threads requests=100 pause_us=40000
		expect "$(calls)" 0=$((threads * 100)) calls
		expect "$(value wrong)" 0 "wrong replies"
	done
	ends=$(statistic uma end_idle)
	between "$ends" 20 400 "the idle ends"
	echo "$ends idle ends"
}

handlers_of_two_drivers_have_different_ids() {
	fresh
	known umb
	does 0 load umb path=$ELF
	does 0 call uma
	does 0 call umb
	uid=$(awk '/^Uid/ {print $2}' "/proc/$(handlers uma)/status")
	other=$(awk '/^Uid/ {print $2}' "/proc/$(handlers umb)/status")
	[ "$uid" -gt 65536 ] || fail "uid $uid"
	[ "$other" -gt 65536 ] || fail "uid $other"
	[ "$uid" != "$other" ] || fail "both have uid $uid"
	gid=$(awk '/^Gid/ {print $2}' "/proc/$(handlers uma)/status")
	other=$(awk '/^Gid/ {print $2}' "/proc/$(handlers umb)/status")
	[ "$gid" != "$other" ] || fail "both have gid $gid"
}

two_drivers_do_not_share_anything() {
	fresh timeout_ms=60000
	known umb
	does 0 load umb path=$ELF
	in_flight uma hung call uma op=never
	does EPIPE call umb op=fault
	does 0 call umb
	does 0 unload umb
	expect "$(busy uma)" 1 "busy Handlers"
	does 0 unload uma
	finish hung ESHUTDOWN
}

umd_test_begin
ktap_run a_driver_has_two_workers_by_default a_driver_may_have_one_worker \
	workers_start_on_demand \
	there_are_never_more_than_allowed a_crash_costs_only_its_own_request \
	a_hung_request_does_not_delay_others \
	one_that_replies_and_hangs_delays_nobody a_spare_worker_takes_over \
	spare_workers_end_when_idle an_idle_worker_ends \
	a_worker_that_is_asked_does_not_end all_idle_workers_end \
	without_idle_time_a_worker_stays an_idle_end_never_loses_a_request \
	handlers_of_two_drivers_have_different_ids \
	two_drivers_do_not_share_anything
