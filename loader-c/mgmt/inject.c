// SPDX-License-Identifier: GPL-2.0-only
/* See inject.h; this file is part of a build for tests only. */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/sched.h>

#include "inject.h"

#ifndef CONFIG_FAULT_INJECTION
#error "UMD_TEST_INJECT needs a kernel with CONFIG_FAULT_INJECTION"
#endif

MODULE_INFO(test, "Y");

static uint inject_place;
module_param(inject_place, uint, 0600);
MODULE_PARM_DESC(inject_place,
		 "Where to begin to count, see mgmt/inject.h (default 0: nowhere)");

static int inject_nth;
module_param(inject_nth, int, 0600);
MODULE_PARM_DESC(inject_nth,
		 "Which of the things that may fail there does; 0 when it has (default 0)");

static uint inject_delay_ms;
module_param(inject_delay_ms, uint, 0600);
MODULE_PARM_DESC(inject_delay_ms,
		 "How long to sleep there first, whatever signals come, in milliseconds (default 0)");

/**
 * umd_inject_begin - sleep, and count from here on, if the test wants it
 * @place: where this is
 *
 * Context: process context, sleeps.
 */
void umd_inject_begin(enum umd_inject_place place)
{
	int nth = READ_ONCE(inject_nth);

	if (READ_ONCE(inject_place) != place)
		return;
	if (READ_ONCE(inject_delay_ms))
		msleep(READ_ONCE(inject_delay_ms));
	if (nth > 0)
		current->fail_nth = nth;
}

/**
 * umd_inject_end - do not count any more
 * @place: where this is
 *
 * What is left to count goes on at the next begin, until the fault is injected.
 */
void umd_inject_end(enum umd_inject_place place)
{
	if (READ_ONCE(inject_place) != place)
		return;
	WRITE_ONCE(inject_nth, current->fail_nth);
	current->fail_nth = 0;
}
