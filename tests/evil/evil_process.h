/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Attacks by a process that ends, stops or multiplies. */
#ifndef EVIL_PROCESS_H
#define EVIL_PROCESS_H

#include "evil.h"

static inline void write_code(void)
{
	volatile char *at = (volatile char *)(unsigned long)answer;

	/* The compiler need not know whose address that is. */
	__asm__ volatile("" : "+r"(at));
	*at = 0;
}

/* The request's status gives the time in microseconds. */
static inline void wait_as_asked(void)
{
	const struct umd_test_request *request = (void *)frame.payload;

	wait_ns((unsigned long)request->status * 1000);
}

static unsigned char zeros[PAGE];

static inline long signal_itself(int signal)
{
	return SYS(kill, SYS(getpid, 0, 0, 0), signal, 0);
}

static inline long sleep_ms(long ms)
{
	const long time[2] = { ms / 1000, ms % 1000 * 1000000 };

	return SYS(nanosleep, time, 0, 0);
}

static inline long exec(const char *path)
{
	static const char *const none[] = { 0 };

	return SYS(execve, path, none, none);
}

/* A child goes on to reply after the parent has exited. */
static inline void leave_a_child(void)
{
	long pid = fork_();
	int i;

	if (pid < 0)
		leave(99);
	if (pid)
		leave(0);
	for (i = 0; i < 20; i++) {
		send();
		SYS(read, reads_from, &frame, sizeof(frame));
		sleep_ms(10);
	}
	leave(0);
}

/* The child keeps the channel open: the kernel sees no end of it. */
static inline void hand_to_child(void)
{
	if (!fork_()) {
		sleep_ms(1500);
		leave(0);
	}
	SYS(close, 0, 0, 0);
	SYS(close, 1, 0, 0);
	hang();
}

static inline long read_channel(void)
{
	return SYS(read, reads_from, &frame, sizeof(frame));
}

static inline void talk_on(void)
{
	for (;;) {
		send();
		sleep_ms(10);
	}
}

/* The end of the first thread does not end the process. */
static inline void leave_a_thread(void)
{
	if (start_thread(talk_on) < 0)
		leave(99);
	leave(0);
}

/* Starts a signal each millisecond that restarts interrupted system calls. */
static inline void on_alarm(int signal) { (void)signal; }
static inline void interrupt_always(void)
{
	const struct signal_action action = signal_action(on_alarm, SA_RESTART_);
	static const long times[4] = { 0, 1000, 0, 1000 };

	if (SYS4(rt_sigaction, SIGALRM_, &action, 0, 8) ||
	    SYS(setitimer, ITIMER_REAL_, times, 0))
		leave(99);
	send();
}

#endif
