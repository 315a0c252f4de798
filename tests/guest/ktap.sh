# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=busybox
#
# For test suites in the guest: source it, write one function for each test,
# and end with `ktap_run NAME...`. A test passes if it returns 0; what it
# prints becomes diagnostics; `skip REASON` ends it as skipped. The arguments
# of the suite, if any, are the names of the tests to run instead of all. The
# argument `full` before them sets ktap_full, for suites that have more to do.

ktap_full=
if [ "$1" = full ]; then
	ktap_full=1
	shift
fi
ktap_only=$*

# Runs the functions in this order, each in a shell of its own, and exits.
ktap_run() {
	_failed=0
	_number=0
	# shellcheck disable=SC2086
	[ -z "$ktap_only" ] || set -- $ktap_only
	echo "KTAP version 1"
	echo "1..$#"
	for _name in "$@"; do
		_number=$((_number + 1))
		rm -f /tmp/ktap.skip
		# A command that fails does not end a test: `||` and `return` do.
		("$_name") >/tmp/ktap.out 2>&1 </dev/null
		_status=$?
		# Ends the last line, too, whatever the test has printed.
		awk '{ print "# " $0 }' /tmp/ktap.out
		if [ "$_status" -ne 0 ]; then
			echo "not ok $_number $_name"
			_failed=1
		elif [ -f /tmp/ktap.skip ]; then
			echo "ok $_number $_name # SKIP $(cat /tmp/ktap.skip)"
		else
			echo "ok $_number $_name"
		fi
	done
	exit "$_failed"
}

# Ends the test as skipped.
skip() {
	echo "$*" >/tmp/ktap.skip
	exit 0
}

# needs_hardware WHAT: ends the test as skipped in User Mode Linux, a process in
# which what a processor does is done by a kernel that is not the one under test.
needs_hardware() {
	! grep -q "User Mode Linux" /proc/cpuinfo || skip "no $1 in User Mode Linux"
}

# Ends the test as failed.
fail() {
	echo "$*"
	exit 1
}

# expect VALUE WANTED WHAT: fails the test unless both are the same.
expect() {
	[ "$1" = "$2" ] || fail "$3 is '$1', not '$2'"
}

# Whether the guest's clock is that of the host, which lets the guest wait at any time
# and counts on meanwhile. Else the guest's clock counts its own instructions.
has_the_hosts_clock() {
	! grep -q instructions /umd/clock
}

# Whether the kernel has checkers, with which all takes longer.
has_checkers() {
	[ -f /umd/plants ]
}

# between VALUE LEAST MOST WHAT
between() {
	# In this way what is not a number fails, too.
	[ "$1" -ge "$2" ] && [ "$1" -le "$3" ] ||
		fail "$4 is '$1', not $2 to $3"
}

# lasted VALUE LEAST MOST WHAT: between, for a time. While a guest waits for the host,
# ticks are late, and a deadline that was counted from a late tick is early.
lasted() {
	_least=$2
	! has_the_hosts_clock || _least=$(($2 * 3 / 4))
	between "$1" "$_least" $(($3 * SLOW)) "$4"
}

# The time in hundredths of a second.
now() {
	read -r _uptime _ </proc/uptime
	# In the first second "0.98": 098 would be octal.
	echo "$((${_uptime%.*} * 100 + 1${_uptime#*.} - 100))"
}

# slowness: the factor of margins. With checkers each system call and each new process
# takes longer. By the host's clock the guest also waits for the host: new processes tell
# for how long. With a larger factor some tests could not fail.
slowness() {
	if has_checkers; then
		echo 4
		return
	fi
	has_the_hosts_clock || {
		echo 1
		return
	}
	_began=$(now)
	for _ in $(seq 30); do /bin/true; done
	# On an idle machine, each takes 7 ms.
	_times=$((($(now) - _began) / 21))
	[ "$_times" -ge 1 ] || _times=1
	[ "$_times" -le 4 ] || _times=4
	echo "$_times"
}

SLOW=$(slowness)

# wait_for SECONDS COMMAND...: waits until the command succeeds.
wait_for() {
	_end=$(($(now) + 100 * SLOW * $1))
	shift
	until "$@"; do
		[ "$(now)" -lt "$_end" ] || fail "timed out: $*"
		usleep 10000
	done
}

# is WANTED COMMAND...: whether the command prints just that.
is() {
	_wanted=$1
	shift
	[ "$("$@")" = "$_wanted" ]
}

# more_than NUMBER COMMAND...: whether the command prints a larger number.
more_than() {
	_number=$1
	shift
	[ "$("$@")" -gt "$_number" ]
}

# gone PID: whether there is no such process any more.
gone() {
	[ ! -d "/proc/$1" ]
}

# A Handler of tests/evil waits for a variable at this address; see
# tests/src/test_handlers.rs.
HOLD=$((0x50000000))

# go_on PID: ends the wait of a Handler for that variable, this one or the next.
go_on() {
	printf '\001' | dd of="/proc/$1/mem" bs=1 seek=$HOLD conv=notrunc \
		2>/dev/null || fail "the memory of process $1 cannot be written"
}

# resident PID: what a process has of memory, in KiB, page by page: the counters
# of /proc/PID/status are only near it.
resident() {
	awk '/^Rss:/ {print $2}' "/proc/$1/smaps_rollup"
}

# write_errno FILE TEXT: writes TEXT and a newline in one write() and prints
# the name of its error, or 0.
#
# The shell's echo (not its printf) says why a write failed in the words of
# glibc's strerror, which has another text for each number: below, for those
# that the drivers can return.
write_errno() {
	if _said=$( (echo "$2" >"$1") 2>&1); then
		echo 0
	else
		errno_name "$_said"
	fi
}

# As write_errno, but sends what it reads on standard input as it is, in one
# write() of at most 1 MiB.
write_input_errno() {
	# dd ends with a count of records, after what is of interest here.
	if _said=$(dd of="$1" bs=1M iflag=fullblock conv=notrunc 2>&1); then
		echo 0
	else
		errno_name "$(echo "$_said" | grep -v records)"
	fi
}

errno_name() {
	case ${1##*: } in
	"Operation not permitted") echo EPERM ;;
	"No such file or directory" | "nonexistent directory") echo ENOENT ;;
	"No such process") echo ESRCH ;;
	"Interrupted system call") echo EINTR ;;
	"Input/output error") echo EIO ;;
	"Argument list too long") echo E2BIG ;;
	"Exec format error") echo ENOEXEC ;;
	"Bad file descriptor") echo EBADF ;;
	"Resource temporarily unavailable") echo EAGAIN ;;
	"Cannot allocate memory") echo ENOMEM ;;
	"Permission denied") echo EACCES ;;
	"Bad address") echo EFAULT ;;
	"Device or resource busy") echo EBUSY ;;
	"Resource deadlock avoided" | "Resource deadlock would occur") echo EDEADLK ;;
	"File exists") echo EEXIST ;;
	"No such device") echo ENODEV ;;
	"Not a directory") echo ENOTDIR ;;
	"Invalid argument") echo EINVAL ;;
	"Too many open files") echo EMFILE ;;
	"Inappropriate ioctl for device") echo ENOTTY ;;
	"File too large") echo EFBIG ;;
	"No space left on device") echo ENOSPC ;;
	"Illegal seek") echo ESPIPE ;;
	"Read-only file system") echo EROFS ;;
	"Broken pipe") echo EPIPE ;;
	"Numerical argument out of domain") echo EDOM ;;
	"Numerical result out of range") echo ERANGE ;;
	"Protocol error") echo EPROTO ;;
	"Bad message") echo EBADMSG ;;
	"Message too long") echo EMSGSIZE ;;
	"Protocol not available") echo ENOPROTOOPT ;;
	"Operation not supported") echo EOPNOTSUPP ;;
	"Cannot send after transport endpoint shutdown") echo ESHUTDOWN ;;
	"Connection timed out") echo ETIMEDOUT ;;
	"Host is down") echo EHOSTDOWN ;;
	"Operation canceled") echo ECANCELED ;;
	"No data available") echo ENODATA ;;
	"Required key not available") echo ENOKEY ;;
	"Key was rejected by service") echo EKEYREJECTED ;;
	"Key has been revoked") echo EKEYREVOKED ;;
	"Key has expired") echo EKEYEXPIRED ;;
	"Package not installed") echo ENOPKG ;;
	"Disk quota exceeded") echo EDQUOT ;;
	*) echo "unknown: $1" ;;
	esac
}
