/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Attacks on the channel by system calls that the seal forbids. */
#ifndef EVIL_CHANNEL_H
#define EVIL_CHANNEL_H

#include <linux/aio_abi.h>
#include <linux/uio.h>

#include "evil.h"

#define FIONREAD_ 0x541b
#define LOCK_EX_ 2
#define RWF_NOWAIT_ 8

static inline long in_parts(long number, unsigned long parts, unsigned long first)
{
	const struct iovec part[2] = {
		{ &frame, first },
		{ (char *)&frame + first, HEADER + frame.header.len - first },
	};

	return call6(number, writes_to, (long)part, parts, 0, 0, 0);
}

static inline long write_in_one_part(void)
{
	return in_parts(__NR_writev, 1, HEADER + frame.header.len);
}

static inline long write_nowait(void)
{
	const struct iovec part = { &frame, HEADER + frame.header.len };

	return call6(__NR_pwritev2, 1, (long)&part, 1, -1, -1, RWF_NOWAIT_);
}

static inline long read_in_one_part(void)
{
	const struct iovec part = { &frame, 16 };

	return SYS(readv, 0, &part, 1);
}

static inline long splice_memory(void)
{
	const struct iovec part = { &frame, HEADER + frame.header.len };

	return SYS4(vmsplice, 1, &part, 1, 0);
}

static inline long write_later(void)
{
	struct iocb block = {
		.aio_lio_opcode = IOCB_CMD_PWRITE,
		.aio_fildes = 1,
		.aio_buf = (unsigned long)&frame,
		.aio_nbytes = HEADER + frame.header.len,
	};
	struct iocb *blocks[] = { &block };
	aio_context_t context = 0;
	long ret = SYS(io_setup, 1, &context, 0);

	if (ret)
		return ret;
	ret = SYS(io_submit, context, 1, blocks);
	SYS(io_destroy, context, 0, 0);
	return ret;
}

static inline long map_channel(void)
{
	return call6(__NR_mmap, 0, PAGE, PROT_READ, MAP_PRIVATE, 0, 0);
}

static inline long poll_channel(void)
{
	struct pollfd fd = { 0, POLLIN | POLLOUT, 0 };
	long ret = poll_(&fd);

	return ret == 1 && fd.revents == (POLLIN | POLLOUT) ? 0 : -EDOM;
}

static inline void close_0(void)
{
	SYS(close, 0, 0, 0);
	if (SYS(read, 0, &frame, sizeof(frame)) != -EBADF)
		leave(99);
	dup2_(1, 0);
	send();
}

static inline void close_1(void)
{
	SYS(close, 1, 0, 0);
	if (send() != -EBADF)
		leave(99);
	dup2_(0, 1);
	send();
}

static inline void close_both(void)
{
	SYS(close, 0, 0, 0);
	SYS(close, 1, 0, 0);
	hang();
}

#endif
