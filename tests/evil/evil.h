/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Parts of the attacks; attacks.def says what each attack must lead to. */
#ifndef EVIL_H
#define EVIL_H

#include "umd_test_abi.h"

#define MAX_PAYLOAD UMD_MAX_PAYLOAD
#include "crash.h"
#include "handler.h"

/* An address of the kernel's half, and an address of neither half. */
#define OF_THE_KERNEL ((void *)0xffff888000001000UL)
#define IN_NO_HALF ((void *)(1UL << 54))
/* The most that the kernel copies in one read() or write(), or a little more. */
#define MAX_RW_COUNT 0x7ffff000UL

/* Offsets for which the sample Manager gets a wrong byte, or none. */
#define SAMPLE_ANOTHER_BYTE 70000
#define SAMPLE_NO_BYTE 70001

/* If set, the next read() brings each echo. */
static int brings_echoes;

static inline long write_frame(const void *from, unsigned long size)
{
	return SYS(write, writes_to, from, size);
}

/* Writes a frame of this length, whatever the header says. */
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

/* Replies with the result of an attempt: a negative errno, or an echo. */
static inline void send_result(long result)
{
	if (result < 0)
		send_status(result);
	else
		send();
}

/* Replies with an echo if the attempt failed with this errno, else exits. */
static inline void send_if(long result, long wanted)
{
	if (result != wanted)
		leave(99);
	send();
}

#endif
