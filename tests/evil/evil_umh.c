// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * A Handler that answers HELLO and PING well and then does what the request's
 * offset names: the attacks below. Offsets from EVIL_ATTACKS on are answered
 * as the sample Handler would.
 *
 * cc -O1 -static -nostdlib -fno-builtin -fno-stack-protector
 *    -I loader-c/include -o evil_umh evil_umh.c
 */
#include "umd_abi.h"

#define SYS_READ 0
#define SYS_WRITE 1
#define SYS_GETPID 39
#define SYS_EXIT 60

#define HEADER sizeof(struct umd_frame_header)
/* No address space has this mapped. */
#define UNMAPPED ((const void *)16)

static struct {
	struct umd_frame_header header;
	unsigned char payload[4096];
} request;

/* One byte more than is allowed, then to the end of a page of its own. */
static struct {
	struct umd_frame_header header;
	unsigned char payload[UMD_SAMPLE_SIZE + 1];
} reply __attribute__((aligned(4096)));

static long call(long number, long a, const void *b, unsigned long c)
{
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(number), "D"(a), "S"(b), "d"(c)
			 : "rcx", "r11", "memory");
	return ret;
}

static void leave(long code)
{
	for (;;)
		call(SYS_EXIT, code, 0, 0);
}

static void read_request(unsigned long size)
{
	if (call(SYS_READ, 0, &request, size) < (long)HEADER)
		leave(UMD_EXIT_READ);
}

static void send(void)
{
	call(SYS_WRITE, 1, &reply, HEADER + reply.header.len);
}

/* Each gets a correct reply in reply and spoils it or what follows. */
static void exit_unasked(void) { leave(7); }
static void fault(void) { (void)*(volatile const char *)UNMAPPED; }
static void illegal(void) { __asm__ volatile("ud2"); }
static void forbidden_call(void) { call(SYS_GETPID, 0, 0, 0); }
static void never_reply(void) { for (;;) __asm__ volatile("pause"); }
static void header_only(void) { call(SYS_WRITE, 1, &reply, HEADER); }
static void short_payload(void) { reply.header.len = 4; send(); }
static void long_payload(void) { reply.header.len++; send(); }
static void huge_len(void)
{
	reply.header.len = 0xffffffff;
	call(SYS_WRITE, 1, &reply, HEADER + UMD_SAMPLE_SIZE);
}
static void huge_write(void) { call(SYS_WRITE, 1, &reply, 1UL << 40); }
static void nothing(void) { call(SYS_WRITE, 1, &reply, 0); }
static void bad_magic(void) { reply.header.magic ^= 1; send(); }
static void bad_version(void) { reply.header.version++; send(); }
static void bad_op(void) { reply.header.op++; send(); }
static void older_id(void) { reply.header.id--; send(); }
static void newer_id(void) { reply.header.id++; send(); }
static void bad_status(int status)
{
	reply.header.status = status;
	reply.header.len = 0;
	send();
}
static void positive_status(void) { bad_status(1); }
static void restart_status(void) { bad_status(-512); }
static void low_status(void) { bad_status(UMD_STATUS_MIN - 1); }
static void lowest_status(void) { bad_status(-2147483647 - 1); }
static void own_status(void) { bad_status(-5); }
static void status_and_payload(void) { reply.header.status = -5; send(); }
static void bad_flags(void) { reply.header.flags = 1; send(); }
static void bad_reserved(void) { reply.header.reserved = 1; send(); }
static void byte_by_byte(void)
{
	for (unsigned long i = 0; i < HEADER; i++)
		call(SYS_WRITE, 1, (char *)&reply + i, 1);
}
static void twice(void) { send(); send(); }
static void read_before_reply(void) { read_request(sizeof(request)); }
static void another_byte(void)
{
	reply.payload[70000] = 1;
	send();
	reply.payload[70000] = 0;
}
static void no_byte(void)
{
	for (unsigned long i = 0; i < UMD_SAMPLE_SIZE; i++)
		reply.payload[i] = 0;
	send();
}
static void from_unmapped(void)
{
	call(SYS_WRITE, 1, UNMAPPED, HEADER + UMD_SAMPLE_SIZE);
}
static void from_half_mapped(void)
{
	/* Ends behind .bss, so that the payload runs into nothing. */
	char *end = (char *)(((unsigned long)(&reply + 1) + 4095) & ~4095UL);
	struct umd_frame_header *header = (void *)(end - 4096);
	struct umd_frame_header copy = reply.header;

	*header = copy;
	call(SYS_WRITE, 1, header, HEADER + UMD_SAMPLE_SIZE);
}
static void reply_and_exit(void) { send(); leave(0); }
static void small_read_next(void) { send(); read_request(HEADER); }
static void unmapped_read_next(void)
{
	send();
	call(SYS_READ, 0, UNMAPPED, sizeof(request));
	leave(UMD_EXIT_READ);
}
static void swapped(void)
{
	call(SYS_WRITE, 0, &reply, HEADER + reply.header.len);
}
static void write_to_2(void)
{
	if (call(SYS_WRITE, 2, &reply, 1) == -9)
		send();
}

static void (*const attacks[])(void) = {
	exit_unasked, fault, illegal, forbidden_call,		/* 0 */
	never_reply, header_only, short_payload, long_payload,	/* 4 */
	huge_len, huge_write, nothing, bad_magic,		/* 8 */
	bad_version, bad_op, older_id, newer_id,		/* 12 */
	positive_status, restart_status, low_status, lowest_status, /* 16 */
	own_status, status_and_payload, bad_flags, bad_reserved, /* 20 */
	byte_by_byte, twice, read_before_reply, another_byte,	/* 24 */
	no_byte, from_unmapped, from_half_mapped, reply_and_exit, /* 28 */
	small_read_next, unmapped_read_next, swapped, write_to_2, /* 32 */
};
#define EVIL_ATTACKS (sizeof(attacks) / sizeof(attacks[0]))

static void answer_hello(void)
{
	struct umd_hello *hello = (void *)reply.payload;

	hello->version = UMD_ABI_VERSION;
	hello->max_request = sizeof(request.payload);
	hello->max_reply = UMD_SAMPLE_SIZE;
	hello->reserved = 0;
	reply.header.len = sizeof(*hello);
	send();
	for (unsigned long i = 0; i < sizeof(*hello); i++)
		reply.payload[i] = 0;
}

static void answer_sample(void)
{
	unsigned int offset = ((struct umd_sample_request *)request.payload)->offset;

	reply.header.len = UMD_SAMPLE_SIZE;
	reply.payload[offset] = 1;
	if (offset < EVIL_ATTACKS)
		attacks[offset]();
	else
		send();
	reply.payload[offset] = 0;
}

void serve(void);
void serve(void)
{
	for (;;) {
		read_request(sizeof(request));
		reply.header = request.header;
		reply.header.len = 0;
		if (request.header.op == UMD_OP_HELLO)
			answer_hello();
		else if (request.header.op == UMD_OP_PING)
			send();
		else
			answer_sample();
	}
}

__asm__(".globl _start\n_start:\n\tcall serve\n");
