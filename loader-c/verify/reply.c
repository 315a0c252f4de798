// SPDX-License-Identifier: GPL-2.0-only
/* What the Handler's reply means. The Handler is not trusted. */
#ifdef __KERNEL__
#include <linux/errno.h>
#else
#include <errno.h>
#endif

#include "der.h"

/* The kernel has checked all lengths: the Handler has no reason for -EINVAL. */
static int verify_status_errno(int status)
{
	switch (status) {
	case 0:
	case -EKEYREJECTED:
	case -ENOPKG:
		return status;
	}
	return -EPROTO;
}

/**
 * verify_reply_errno - return what a reply says of a signature
 * @status: the status of the reply
 * @reply: the reply's payload, which counts with status zero only
 *
 * Return: 0 if the signature is true, -EKEYREJECTED if it is false or the key is
 * none, -ENOPKG if the Handler lacks the algorithm, -EPROTO for anything else.
 */
int verify_reply_errno(int status, const struct umd_verify_reply *reply)
{
	int err = verify_status_errno(status);

	if (err)
		return err;
	switch (reply->verdict) {
	case UMD_VERIFY_TRUE:
		return 0;
	case UMD_VERIFY_FALSE:
		return -EKEYREJECTED;
	}
	return -EPROTO;
}

/**
 * verify_key_errno - return what a reply says of a key
 * @status: the status of the reply to a request with a signature of zeros
 * @reply: the reply's payload, which counts with status zero only
 *
 * Zeros are a true signature of no key.
 *
 * Return: 0 if the key is one, -EKEYREJECTED if not, -ENOPKG if the Handler lacks the
 * algorithm, -EPROTO for anything else.
 */
int verify_key_errno(int status, const struct umd_verify_reply *reply)
{
	int err = verify_status_errno(status);

	if (err)
		return err;
	return reply->verdict == UMD_VERIFY_FALSE ? 0 : -EPROTO;
}
