/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Attacks by a process that ends, stops or multiplies. */
#ifndef EVIL_PROCESS_H
#define EVIL_PROCESS_H

#include "evil.h"

/* In assembly, as the compiler would reject the code or leave it out. */
static inline void divide(void)
{
	__asm__ volatile("xor %%edx, %%edx\n\tdiv %0" : : "r"(0), "a"(1) : "rdx");
}
static inline void breakpoint(void) { __asm__ volatile("int3"); }
static inline void halt(void) { __asm__ volatile("hlt"); }
static inline void use_port(void)
{
	__asm__ volatile("in %%dx, %%al" : : "d"(0x60) : "rax");
}
static inline void single_step(void)
{
	__asm__ volatile("pushfq\n\torl $0x100, (%rsp)\n\tpopfq\n\tnop");
}
static inline void run_data(void)
{
	__asm__ volatile("jmp *%0" : : "r"(frame.payload));
}
static inline void write_code(void)
{
	__asm__ volatile("movb $0, (%0)" : : "r"(answer) : "memory");
}
static inline void lose_stack(void)
{
	__asm__ volatile("mov $16, %rsp\n\tpush $0");
}

/* The request's status gives the number of cycles, in thousands. */
static inline void wait_as_asked(void)
{
	const struct umd_test_request *request = (void *)frame.payload;

	wait_cycles((unsigned long)request->status * 1000);
}

/* Returns from a signal that never came, with chosen registers. */
static inline void return_from_signal(const void *stack)
{
	__asm__ volatile("mov %0, %%rsp\n\tsyscall" : : "r"(stack), "a"(__NR_rt_sigreturn));
}
static unsigned char zeros[PAGE];

/* The other ways into the kernel, with the numbers of 32-bit programs. */
static inline long call32(long number, long a, long b, long c)
{
	long ret;

	__asm__ volatile("int $0x80"
			 : "=a"(ret)
			 : "a"(number), "b"(a), "c"(b), "d"(c)
			 : "r8", "r9", "r10", "r11", "memory");
	return ret;
}
#define WRITE32 4
#define GETPID32 20

static inline void call_vsyscall(void)
{
	__asm__ volatile("call *%0"
			 :
			 : "r"(0xffffffffff600000UL), "D"(0), "S"(0)
			 : "rax", "rcx", "rdx", "r8", "r9", "r10", "r11", "memory");
}
/* The bit that marks system calls of the x32 ABI. */
#define X32 0x40000000

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
	long pid = SYS(fork, 0, 0, 0);
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
	if (!SYS(fork, 0, 0, 0)) {
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
__asm__("restore_signal:\n\tmov $15, %eax\n\tsyscall\n");
void restore_signal(void);

static inline void interrupt_always(void)
{
	const struct {
		void (*handler)(int signal);
		unsigned long flags;
		void (*restorer)(void);
		unsigned long mask;
	} action = { on_alarm, SA_RESTORER_ | SA_RESTART_, restore_signal, 0 };
	static const long times[4] = { 0, 1000, 0, 1000 };

	if (SYS4(rt_sigaction, SIGALRM_, &action, 0, 8) ||
	    SYS(setitimer, ITIMER_REAL_, times, 0))
		leave(99);
	send();
}

#endif
