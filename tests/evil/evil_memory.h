/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Attacks with unmapped, read-only or changing buffers. */
#ifndef EVIL_MEMORY_H
#define EVIL_MEMORY_H

#include "evil.h"

/*
 * A writable page, a read-only page behind it, and nothing behind that; then a
 * page with nothing on either side. The linker gets the addresses from
 * gcc.flags and arch/ARCH.flags. The read-only page is code, because the linker
 * gives only code a segment of its own behind data.
 */
static unsigned char writable[PAGE] __attribute__((section(".writable"))) = { 1 };
extern unsigned char constant[PAGE];
__asm__(".section .constant, \"ax\", @progbits\n"
	"constant: .skip " PAGE_TEXT "\n"
	".previous");
static unsigned char alone[PAGE] __attribute__((section(".alone"))) = { 1 };

/* The last bytes, of this number, before an unmapped page. */
static inline unsigned char *last(unsigned long mapped)
{
	return alone + PAGE - mapped;
}

static inline void write_last(unsigned long mapped)
{
	copy(last(mapped), &frame, mapped);
	write_frame(last(mapped), HEADER + frame.header.len);
}

/* The header is in the writable page, the payload in the read-only page. */
static inline void write_from_constant(void)
{
	unsigned char *at = writable + PAGE - HEADER;

	frame.header.len = 24;
	copy(at, &frame, HEADER);
	write_frame(at, HEADER + frame.header.len);
}

/* Replies and reads the next request to this address. */
static inline void read_next(void *to, unsigned long size)
{
	send();
	SYS(read, reads_from, to, size);
	leave(UMD_EXIT_READ);
}

static inline void read_last(unsigned long mapped)
{
	read_next(last(mapped), PAGE);
}

/* Brings a reply that is mapped to this length only. */
static inline void bring_last(unsigned long mapped)
{
	copy(last(mapped), &frame, mapped);
	SYS(read, reads_from, last(mapped) - ROOM, ROOM + PAGE);
	leave(UMD_EXIT_READ);
}

static inline void write_from_protected(void)
{
	copy(alone, &frame, HEADER + frame.header.len);
	if (SYS(mprotect, alone, PAGE, PROT_READ))
		leave(99);
	write_frame(alone, HEADER + frame.header.len);
	SYS(mprotect, alone, PAGE, PROT_READ | PROT_WRITE);
}

static inline void write_from_inaccessible(void)
{
	if (SYS(mprotect, alone, PAGE, PROT_NONE))
		leave(99);
	write_frame(alone, HEADER + frame.header.len);
}

/* Maps all memory that there is and keeps it. */
static inline long map_all(void)
{
	const long flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE;
	unsigned long size = 1UL << 40;
	long at = 0;

	while (size >= PAGE) {
		at = call6(__NR_mmap, 0, size, PROT_READ | PROT_WRITE, flags, -1, 0);
		if (at < 0 && at > -4096)
			size /= 2;
	}
	return at;
}

/* A task that shares the memory, but is no thread, modifies the reply. */
static volatile int scribbles;
static volatile int may_scribble;

static inline void scribble_payload(void)
{
	unsigned long i;

	for (i = 0; i < (1UL << 26) && may_scribble; i++) {
		frame.payload[i % frame.header.len]++;
		scribbles = 1;
	}
	leave(0);
}

static inline void scribble_header(void)
{
	struct umd_frame_header good = frame.header;
	unsigned long i;

	for (i = 0; i < (1UL << 26) && may_scribble; i++) {
		frame.header.len ^= 1U << (i % 32);
		frame.header.status = -(int)(i % 600);
		frame.header.flags ^= 1;
		*(volatile struct umd_frame_header *)&frame.header = good;
		scribbles = 1;
	}
	leave(0);
}

static inline void send_beside(void (*scribbler)(void))
{
	long pid;

	scribbles = 0;
	may_scribble = 1;
	pid = start_task(CLONE_VM, scribbler);
	if (pid < 0)
		leave(99);
	while (!scribbles)
		SYS(sched_yield, 0, 0, 0);
	send();
	may_scribble = 0;
	SYS4(wait4, pid, 0, __WALL, 0);
}

#endif
