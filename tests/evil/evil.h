/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the attacks are made of; attacks.def says what each must lead to. */
#ifndef EVIL_H
#define EVIL_H

#include "umd_test_abi.h"

#define MAX_PAYLOAD UMD_MAX_PAYLOAD
#include "crash.h"
#include "handler.h"

#define PAGE 4096UL
/* What no program may use, and what is in neither half of the addresses. */
#define OF_THE_KERNEL ((void *)0xffff888000001000UL)
#define IN_NO_HALF ((void *)0x0800000000000000UL)
/* The most that the kernel copies in one read() or write(). */
#define MAX_RW_COUNT (0x7fffffffUL & ~(PAGE - 1))

/* Whether the sample Manager's next request is to get a wrong byte, or none. */
#define SAMPLE_ANOTHER_BYTE 70000
#define SAMPLE_NO_BYTE 70001

/* From now on each echo is brought by the next read(). */
static int brings_echoes;

static inline long write_frame(const void *from, unsigned long size)
{
	return SYS(write, writes_to, from, size);
}

/* The whole frame, whatever its header says. */
static inline void send_bytes(unsigned long payload)
{
	write_frame(&frame, HEADER + payload);
}

static inline void send_status(int status)
{
	frame.header.status = status;
	frame.header.len = 0;
	send();
}

/* Says what an attempt came to: a negative errno, or success by an echo. */
static inline void send_result(long result)
{
	if (result < 0)
		send_status(result);
	else
		send();
}

/* An echo if the attempt was refused with this errno, else the end. */
static inline void send_if(long result, long wanted)
{
	if (result != wanted)
		leave(99);
	send();
}

#endif
