// SPDX-License-Identifier: GPL-2.0-only
/*
 * The descriptors of a Handler: the channel's two, and no other. A new process
 * begins with a copy of the table that all kernel threads share. This table is
 * empty unless somebody has opened a file in a kernel thread, as some module may.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/fdtable.h>

#include "process.h"

static int umd_descriptor_found(const void *none, struct file *file, unsigned int fd)
{
	return fd + 1;
}

/* The first descriptor of the current process that is open, from @from on, or -1. */
static int umd_descriptors_first(unsigned int from)
{
	return iterate_fd(current->files, from, umd_descriptor_found, NULL) - 1;
}

/**
 * umd_descriptors_clear - close all descriptors that the current process has inherited
 * @name: whom to name in the log
 *
 * Context: the new process, before exec; sleeps.
 * Return: 0; -EMFILE when the table is not the process's own, so that closing would
 * close descriptors of others.
 */
int umd_descriptors_clear(const char *name)
{
	int fd, closed = 0;

	might_sleep();
	if (atomic_read(&current->files->count) != 1) {
		pr_err_ratelimited("%s: a new process shares the table of its descriptors\n",
				   name);
		return -EMFILE;
	}
	for (fd = umd_descriptors_first(0); fd >= 0; fd = umd_descriptors_first(fd + 1)) {
		/* The descriptor is free even if the file reports an error. */
		close_fd(fd);
		closed++;
	}
	if (closed)
		pr_warn_ratelimited("%s: closed descriptors that kernel threads leave to each new process: %d\n",
				    name, closed);
	return 0;
}

/**
 * umd_descriptors_check - look whether the current process has two descriptors alone
 * @name: whom to name in the log
 *
 * Context: the new process, before exec, with the channel.
 * Return: 0; -EMFILE when another one than 0 and 1 is open, after which the process
 * must not run.
 */
int umd_descriptors_check(const char *name)
{
	int fd = umd_descriptors_first(2);

	if (fd < 0)
		return 0;
	pr_err_ratelimited("%s: a new process has descriptor %d\n", name, fd);
	return -EMFILE;
}
