/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Two processes that share memory, for peers.c: payloads are copied to that memory and
 * from there, so that either side has its own. Each process wakes up the other by an
 * eventfd or by a futex.
 */
#ifndef SHARED_H
#define SHARED_H

#include <linux/futex.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>

struct shared {
	volatile uint32_t turn;
	char request[MAX_PAYLOAD] __attribute__((aligned(64)));
	char reply[MAX_PAYLOAD];
};

enum turn { CLIENT, SERVER };

static struct shared *shared_new(void)
{
	struct shared *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (shared == MAP_FAILED)
		err(1, "mmap");
	return shared;
}

static void signal_event(int file)
{
	const uint64_t one = 1;

	if (write(file, &one, sizeof(one)) != sizeof(one))
		err(1, "eventfd");
}

static void wait_for_event(int file)
{
	uint64_t count;

	if (read(file, &count, sizeof(count)) != sizeof(count))
		err(1, "eventfd");
}

/* Lets the other side go on, whose turn it is now. */
static void pass_turn(struct shared *shared, enum turn next)
{
	__atomic_store_n(&shared->turn, next, __ATOMIC_SEQ_CST);
	syscall(SYS_futex, &shared->turn, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static void wait_for_turn(struct shared *shared, enum turn own)
{
	uint32_t now;

	while ((now = shared->turn) != own)
		syscall(SYS_futex, &shared->turn, FUTEX_WAIT, now, NULL, NULL, 0);
}

static void over_eventfd(size_t in, size_t out, long count)
{
	struct shared *shared = shared_new();
	int request = eventfd(0, EFD_CLOEXEC), reply = eventfd(0, EFD_CLOEXEC);
	pid_t pid;

	if (request < 0 || reply < 0)
		err(1, "eventfd");
	pid = start_child();
	while (!pid) {
		wait_for_event(request);
		memcpy(buffer, shared->request, in);
		memcpy(shared->reply, buffer, out);
		signal_event(reply);
	}
	begin();
	while (count--) {
		memcpy(shared->request, buffer, in);
		signal_event(request);
		wait_for_event(reply);
		memcpy(buffer, shared->reply, out);
	}
	end();
	end_child(pid);
}

static void over_futex(size_t in, size_t out, long count)
{
	struct shared *shared = shared_new();
	pid_t pid = start_child();

	while (!pid) {
		wait_for_turn(shared, SERVER);
		memcpy(buffer, shared->request, in);
		memcpy(shared->reply, buffer, out);
		pass_turn(shared, CLIENT);
	}
	begin();
	while (count--) {
		memcpy(shared->request, buffer, in);
		pass_turn(shared, SERVER);
		wait_for_turn(shared, CLIENT);
		memcpy(buffer, shared->reply, out);
	}
	end();
	end_child(pid);
}

#endif
