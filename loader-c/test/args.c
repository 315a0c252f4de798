// SPDX-License-Identifier: GPL-2.0-only
/* Parses the words of a command. */
#include <linux/kernel.h>
#include <linux/string.h>

#include "umd_test.h"

#define UMD_TEST_KEY(key) { #key, offsetof(struct umd_test_args, key) }

static const struct {
	const char *name;
	size_t offset;
} umd_test_keys[] = {
	UMD_TEST_KEY(timeout_ms),
	UMD_TEST_KEY(load_timeout_ms),
	UMD_TEST_KEY(max_workers),
	UMD_TEST_KEY(spare_workers),
	UMD_TEST_KEY(isolation),
	UMD_TEST_KEY(max_requests),
	UMD_TEST_KEY(idle_ms),
	UMD_TEST_KEY(max_queued),
	UMD_TEST_KEY(max_queued_uid),
	UMD_TEST_KEY(idempotent),
	UMD_TEST_KEY(max_request),
	UMD_TEST_KEY(max_reply),
	UMD_TEST_KEY(memory_max),
	UMD_TEST_KEY(nice),
	UMD_TEST_KEY(oom_score_adj),
	UMD_TEST_KEY(post_start),
	UMD_TEST_KEY(tolerant),
	UMD_TEST_KEY(inner),
	UMD_TEST_KEY(op),
	UMD_TEST_KEY(in),
	UMD_TEST_KEY(out),
	UMD_TEST_KEY(min),
	UMD_TEST_KEY(count),
	UMD_TEST_KEY(status),
	UMD_TEST_KEY(uid),
	UMD_TEST_KEY(simple),
	UMD_TEST_KEY(memalloc),
	UMD_TEST_KEY(holds_lock),
	UMD_TEST_KEY(threads),
	UMD_TEST_KEY(requests),
	UMD_TEST_KEY(pause_us),
	UMD_TEST_KEY(cycles),
	UMD_TEST_KEY(to),
	UMD_TEST_KEY(from),
	UMD_TEST_KEY(layout),
	UMD_TEST_KEY(mode),
	UMD_TEST_KEY(text_mode),
	UMD_TEST_KEY(max_write),
	UMD_TEST_KEY(fail_nth),
};

static const char *const umd_test_ops[UMD_TEST_OPS] = {
	[UMD_OP_HELLO] = "hello",
	[UMD_OP_PING] = "ping",
	[UMD_TEST_ECHO] = "echo",
	[UMD_TEST_SPIN] = "spin",
	[UMD_TEST_NEVER] = "never",
	[UMD_TEST_EXIT] = "exit",
	[UMD_TEST_FAULT] = "fault",
	[UMD_TEST_ILLEGAL] = "illegal",
	[UMD_TEST_CALL] = "call",
	[UMD_TEST_BAD] = "bad",
	[UMD_TEST_LENGTH] = "length",
	[UMD_TEST_CRASH_AFTER] = "crash_after",
	[UMD_TEST_TOUCH] = "touch",
	[UMD_TEST_REPLY_EXIT] = "reply_exit",
	[UMD_TEST_REPLY_HANG] = "reply_hang",
	[UMD_TEST_STACK] = "stack",
	[UMD_TEST_HOLD] = "hold",
};

static int umd_test_number(const char *key, const char *value, s64 *number)
{
	int op;

	if (!strcmp(key, "op")) {
		for (op = 0; op < UMD_TEST_OPS; op++) {
			if (umd_test_ops[op] && !strcmp(value, umd_test_ops[op])) {
				*number = op;
				return 0;
			}
		}
	}
	return kstrtos64(value, 0, number);
}

static int umd_test_argument(struct umd_test_args *args, char *word)
{
	char *value = strchr(word, '=');
	int i;

	if (!value)
		return -EINVAL;
	*value++ = '\0';
	if (!strcmp(word, "path")) {
		args->path = value;
		return 0;
	}
	if (!strcmp(word, "kmod")) {
		args->kmod = value;
		return 0;
	}
	for (i = 0; i < ARRAY_SIZE(umd_test_keys); i++) {
		if (!strcmp(word, umd_test_keys[i].name))
			return umd_test_number(word, value, (void *)args +
					       umd_test_keys[i].offset);
	}
	return -EINVAL;
}

/**
 * umd_test_parse - find the words of a command
 * @args: the text of the command; the other fields are filled in
 *
 * Return: 0, or -EINVAL or -ERANGE if the text is no command.
 */
int umd_test_parse(struct umd_test_args *args)
{
	char *rest = strim(args->text), *word;
	int err;

	args->path = "";
	args->kmod = "umd_test_loader";
	args->max_workers = 1;
	args->max_request = UMD_MAX_PAYLOAD;
	args->max_reply = UMD_MAX_PAYLOAD;
	args->op = UMD_TEST_ECHO;
	args->in = sizeof(struct umd_test_request);
	args->out = -1;
	args->threads = 1;
	args->requests = 1;
	args->cycles = 1;
	args->command = strsep(&rest, " ");
	args->name = strsep(&rest, " ");
	if (!args->name)
		return -EINVAL;
	while ((word = strsep(&rest, " "))) {
		err = *word ? umd_test_argument(args, word) : 0;
		if (err)
			return err;
	}
	/* An echo needs as much room. */
	if (args->out < 0)
		args->out = args->in;
	if (args->in < 0 || args->in > 2 * UMD_MAX_PAYLOAD ||
	    args->out > 2 * UMD_MAX_PAYLOAD ||
	    args->threads < 1 || args->threads > 1024)
		return -ERANGE;
	return 0;
}
