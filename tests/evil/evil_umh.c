// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * A Handler that answers well until a request asks for an attack of
 * attacks.def. Operation UMD_OP_DRIVER is an echo, the next operation the
 * first attack, and so on. If the request has a count N, the attack follows N
 * requests later; the Handler answers well until then. The status for an
 * unknown attack is -ERANGE.
 *
 * The name of the driver, under which the Handler runs, selects an attack that
 * precedes requests: start-N, hello-N, ping-N.
 *
 * The Handler also answers as the sample's Handler, with a wrong reply for two
 * offsets.
 */
#include "evil_channel.h"
#include "evil_memory.h"
#include "evil_process.h"
#include "sample/umd_sample_abi.h"
#include EVIL_OF_ARCH

#define ATTACK(kind, name, options, outcomes, end, ...) \
	static void attack_##name(void) { __VA_ARGS__; }
#include "attacks.def"
#include ATTACKS_OF_ARCH
#undef ATTACK

static void (*const attacks[])(void) = {
#define ATTACK(kind, name, ...) attack_##name,
#include "attacks.def"
#include ATTACKS_OF_ARCH
};
#define ATTACKS (sizeof(attacks) / sizeof(attacks[0]))

/* The attack to make later, and the number of requests until then. */
static unsigned long armed;
static unsigned long requests_left;

/* The attack that the name selects instead of the answer to named_op. */
static unsigned long named = ATTACKS;
static unsigned int named_op = UMD_OP_DRIVER;

static void answer_sample(unsigned int offset)
{
	frame.header.len = UMD_SAMPLE_SIZE;
	clear(frame.payload, UMD_SAMPLE_SIZE);
	frame.payload[offset] = offset != SAMPLE_NO_BYTE;
	frame.payload[0] |= offset == SAMPLE_ANOTHER_BYTE;
	send();
}

static void attack_later(unsigned long number, unsigned long count)
{
	armed = number;
	requests_left = count;
	send();
}

static void answer_request(void)
{
	const struct umd_test_request *request = (void *)frame.payload;
	const struct umd_sample_request *sample = (void *)frame.payload;
	unsigned long number = frame.header.op - UMD_OP_DRIVER - 1UL;
	unsigned long len = frame.header.len;

	if (requests_left && !--requests_left)
		attacks[armed]();
	else if (frame.header.op == UMD_OP_SAMPLE_SET && len == sizeof(*sample))
		answer_sample(sample->offset);
	else if (frame.header.op == UMD_OP_DRIVER)
		brings_echoes ? bring() : (void)send();
	else if (number >= ATTACKS)
		send_status(-ERANGE);
	else if (len >= sizeof(*request) && request->count)
		attack_later(number, request->count);
	else
		attacks[number]();
}

static void answer(void)
{
	if (frame.header.op == named_op && named < ATTACKS)
		attacks[named]();
	else if (frame.header.op < UMD_OP_DRIVER)
		send();
	else
		answer_request();
}

/* Returns the number after this prefix, or ATTACKS. */
static unsigned long number_after(const char *name, const char *prefix)
{
	unsigned long number = 0;

	while (*prefix) {
		if (*name++ != *prefix++)
			return ATTACKS;
	}
	while (*name >= '0' && *name <= '9')
		number = 10 * number + *name++ - '0';
	return number;
}

static void begin(const long *stack)
{
	const char *name = (const char *)stack[1];
	unsigned long at_start = number_after(name, "start-");

	if (at_start < ATTACKS)
		attacks[at_start]();
	named_op = UMD_OP_HELLO;
	named = number_after(name, "hello-");
	if (named < ATTACKS)
		return;
	named_op = UMD_OP_PING;
	named = number_after(name, "ping-");
}
