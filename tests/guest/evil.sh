# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
#
# The attacks of tests/evil/attacks.def on a driver `uma` of umd_test.ko, for
# suites that have sourced ktap.sh and umd_test.sh. Which outcome each must have,
# and which number, is said there.

EVIL=/umd/evil_umh
# The attacks on all processors, then those on this one.
LIST=/umd/attacks.def

# The largest reply of the driver that is attacked: attacks.def relies on it.
EVIL_REPLY=65536
# A call that does not end by its deadline takes at most so long; its deadline is
# twice as long. A call that ends by its deadline may be so late, and early by a
# quarter: deadlines are in jiffies, which lag behind the clock while the virtual
# processor that counts them has no turn (58 ms of 1000 were seen).
EVIL_MS=5000
LATE_MS=2000

# Every attack: NUMBER KIND NAME OPTIONS,OUTCOMES,END
evil_table() {
	sed -n 's/^ATTACK(//p' $LIST |
		awk -F ', *' '{ print NR - 1 " " $1 " " $2 " " $3 "," $4 "," $5 }'
}

# one_of VALUE ALTERNATIVES: whether it is one of those, which | separates.
one_of() {
	case "|$2|" in
	*"|$1|"*) return 0 ;;
	esac
	return 1
}

# evil_load [KEY=VALUE]...: a new driver whose Handler attacks.
evil_load() {
	default_parameters
	set_parameters crash_limit=0 start_limit=0
	known uma max_reply=$EVIL_REPLY timeout_ms=$((2 * EVIL_MS)) "$@"
	does 0 load uma path=$EVIL
}

# evil_operation NUMBER: the operation that is this attack.
evil_operation() {
	echo $((257 + $1))
}

# outcome: what the last answer comes to, as in the list.
outcome() {
	if [ "$(value error)" != 0 ]; then
		value error
	elif [ "$(value status)" != 0 ]; then
		echo "status=$(value status)"
	elif [ "$(value right)" != 1 ]; then
		echo wrong
	else
		echo 0
	fi
}

# call_ends OUTCOMES [KEY=VALUE]...: makes a call, which has one of these.
call_ends() {
	_outcomes=$1
	shift
	answer=$(umd call uma "$@")
	one_of "$(outcome)" "$_outcomes" ||
		fail "'call uma $*' had the outcome $(outcome), not $_outcomes: $answer"
}

# at_deadline MS: the last call has ended then.
at_deadline() {
	between "$(value ms)" $(($1 * 3 / 4)) $(($1 + LATE_MS)) "the time in ms"
}

# calls_to OUTCOMES [KEY=VALUE]...: the same, in time.
calls_to() {
	call_ends "$@"
	shift
	case $(outcome):$* in
	ETIMEDOUT:*timeout_ms=*)
		at_deadline "$(echo "$*" | sed 's/.*timeout_ms=\([0-9]*\).*/\1/')"
		;;
	*) between "$(value ms)" 0 $EVIL_MS "the time in ms" ;;
	esac
}

# How Handlers have ended so far, each cause in a line.
ends() {
	grep ^end_ $DEBUG/uma/statistics
}

# ended BEFORE: how the Handlers have that ended since then, or none.
ended() {
	ends | awk -v before="$1" '
		BEGIN {
			count = split(before, lines, "\n")
			for (i = 1; i <= count; i++) {
				split(lines[i], words, " ")
				was[words[1]] = words[2]
			}
		}
		$2 != was[$1] {
			all = all " " substr($1, 5)
			if ($2 != was[$1] + 1)
				all = all "*" $2 - was[$1]
		}
		END { print all ? substr(all, 2) : "none" }
	'
}

has_ended_so() {
	one_of "$(ended "$1")" "$2"
}

# ends_so BEFORE ALTERNATIVES: waits for that end, of one Handler.
ends_so() {
	_said=$(wait_for 5 has_ended_so "$1" "$2")
	# No Handler has ended in another way by now.
	has_ended_so "$1" "$2" || fail "it ended: $(ended "$1"), not $2"
}

# evil_follow OUTCOMES OPTIONS CALL: makes the CALL that is attacked, and those
# after it, up to one that goes well. OUTCOMES has a blank between two of them.
evil_follow() {
	_rest=$1
	_options=$2
	# shellcheck disable=SC2086
	calls_to "${_rest%% *}" $3 $_options
	while [ "$_rest" != "${_rest#* }" ]; do
		_rest=${_rest#* }
		# shellcheck disable=SC2086
		calls_to "${_rest%% *}" $_options
	done
	calls_to 0
}

# evil_attack NUMBER OPTIONS OUTCOMES END: at once, and if all is to be tried
# after two good replies.
evil_attack() {
	_before=$(ends)
	evil_follow "$3" "$2" "op=$(evil_operation "$1")"
	ends_so "$_before" "$4"
	[ "$ktap_full" ] || return 0

	_before=$(ends)
	calls_to 0 "op=$(evil_operation "$1")" count=2
	calls_to 0
	evil_follow "$3" "$2" ""
	ends_so "$_before" "$4"
}

# evil_start STAGE NUMBER OPTIONS OUTCOMES END: as the name of another driver
# asks it to; the first one still serves.
evil_start() {
	_driver=$1-$2
	# PING is asked by post_start.
	does 0 register "$_driver" max_request=64 max_reply=64 post_start=1 \
		timeout_ms=$((2 * EVIL_MS)) ${3:+"$3"}
	_began=$(now)
	answer=$(umd load "$_driver" path=$EVIL)
	one_of "$(value error)" "$4" || fail "its load ends with $(value error), not $4"
	[ $((($(now) - _began) * 10)) -le $EVIL_MS ] || fail "it takes long"
	wait_for 5 started_so "$_driver" "$5"
	[ "$(value error)" != 0 ] || does 0 call "$_driver"
	calls_to 0
	wait_for 20 forget_all "$_driver"
}

# started_so DRIVER ALTERNATIVES: whether its last Handler has ended so.
started_so() {
	one_of "$(sed -n 's/^last_end //p' "$DEBUG/$1/statistics")" "$2"
}

forget_all() {
	forget "$1"
}

# evil_test NUMBER KIND OPTIONS OUTCOMES END: all that is to be tried of one.
evil_test() {
	echo "$1" >>/tmp/evil.run
	# A way into the kernel that it may not have.
	case $5 in
	*"|fault"*) _killed="seccomp|fault" ;;
	*) _killed=seccomp ;;
	esac
	case $2:$EVIL_SEAL in
	request:* | frame:* | call:none) evil_attack "$1" "$3" "$4" "$5" ;;
	# No reply comes that could report its success.
	call:whole) evil_attack "$1" "$(echo "$3" | sed 's/timeout_ms=[0-9]*//')" EPIPE "$_killed" ;;
	start:* | hello:*) evil_start "$2" "$1" "$3" "$4" "$5" ;;
	*) fail "there is no kind $2 with the seal ${EVIL_SEAL:-unknown}" ;;
	esac || fail "failed"
	if [ "$2" = frame ] && [ "$ktap_full" ]; then
		evil_start hello "$1" "" "$4" "$5"
		evil_start ping "$1" "" "$4" "$5"
	fi
	echo "$1" >>/tmp/evil.survived
}

# evil_has_the_entry_of NAME: some attacks come into the kernel by another way
# than system calls of 64 bits.
evil_has_the_entry_of() {
	case $1 in
	write_as_32_bit_program | vsyscall) needs_hardware "such entry" ;;
	esac
}

# evil_prepare [KIND]: defines a test for each attack, or for those of one kind;
# their names are in $evil_tests.
evil_prepare() {
	: >/tmp/evil.run
	: >/tmp/evil.survived
	evil_table >/tmp/evil.table
	evil_tests=
	while read -r _number _kind _name _rest; do
		[ "${1:-$_kind}" = "$_kind" ] || continue
		_options=${_rest%%,*}
		_rest=${_rest#*,}
		eval "evil_$_name() {
			evil_has_the_entry_of $_name
			evil_test $_number $_kind '$_options' '${_rest%%,*}' '${_rest#*,}'
		}"
		evil_tests="$evil_tests evil_$_name"
	done </tmp/evil.table
}

# Numbers of a list and of a program that differ would try other things.
the_list_is_that_of_the_handler() {
	_last=$(($(wc -l </tmp/evil.table) - 1))
	[ $_last -gt 40 ] || fail "there are only $_last"
	calls_to 0 "op=$(evil_operation $_last)" count=1000
	calls_to status=ERANGE "op=$(evil_operation $((_last + 1)))"
}

# evil_summary: the last thing that a suite prints.
evil_summary() {
	echo "# hostile handlers: $(wc -l </tmp/evil.run) run," \
		"$(wc -l </tmp/evil.survived) survived"
}
