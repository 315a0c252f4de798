/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The checks of a Handler's answer. No kernel service is used,
 * so that the same file can be fuzzed, measured and proved outside of one.
 */
#ifndef _UMD_REPLY_H
#define _UMD_REPLY_H

#ifndef __KERNEL__
#include <stddef.h>
#endif

#include "umd_abi.h"

const char *umd_reply_check(const struct umd_frame_header *sent,
			    const struct umd_frame_header *reply,
			    size_t payload, __u32 max_reply);
const char *umd_hello_check(const struct umd_hello *ours,
			    const struct umd_hello *theirs);

#endif /* _UMD_REPLY_H */
