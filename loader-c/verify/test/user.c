// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module that has the kernel verify a signature by a key, in a kernel thread: the
 * module loads if the signature is true. Otherwise, loading fails with the errno.
 */
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/kernel_read_file.h>
#include <linux/key.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "../compat.h"

static int key;
module_param(key, int, 0444);
MODULE_PARM_DESC(key, "Number of the key");

static char *digest = "";
module_param(digest, charp, 0444);
MODULE_PARM_DESC(digest, "Path of the digest");

static char *signature = "";
module_param(signature, charp, 0444);
MODULE_PARM_DESC(signature, "Path of the signature");

static char *hash;
module_param(hash, charp, 0444);
MODULE_PARM_DESC(hash, "Name of the hash");

static char *encoding;
module_param(encoding, charp, 0444);
MODULE_PARM_DESC(encoding, "Name of the signature's encoding");

static char *algorithm;
module_param(algorithm, charp, 0444);
MODULE_PARM_DESC(algorithm, "Name of the signature's algorithm");

static bool is_data;
module_param(is_data, bool, 0444);
MODULE_PARM_DESC(is_data, "The digest is the data itself, where the kernel knows such signatures");

struct work {
	struct key *key;
	struct public_key_signature sig;
	struct completion done;
	int err;
};

static int verify_thread(void *argument)
{
	struct work *work = argument;

	work->err = verify_signature(work->key, &work->sig);
	complete(&work->done);
	return 0;
}

static int verify_in_thread(struct work *work)
{
	struct task_struct *thread;

	init_completion(&work->done);
	thread = kthread_run(verify_thread, work, "verify_user");
	if (IS_ERR(thread))
		return PTR_ERR(thread);
	wait_for_completion(&work->done);
	return work->err;
}

static ssize_t read_file(const char *path, void **data)
{
	return kernel_read_file_from_path(path, 0, data, INT_MAX, NULL,
					  READING_FIRMWARE);
}

static int verify(struct work *work)
{
	void *bytes = NULL, *value = NULL;
	ssize_t len;
	int err;

	len = read_file(digest, &bytes);
	if (len < 0)
		return len;
	verify_set_digest(&work->sig, bytes, len);
	len = read_file(signature, &value);
	err = len;
	if (len < 0)
		goto out_free_digest;
	work->sig.s = value;
	work->sig.s_size = len;
	work->sig.hash_algo = hash;
	work->sig.encoding = encoding;
	work->sig.pkey_algo = algorithm;
#ifdef VERIFY_MESSAGE_MAY_BE_DATA
	work->sig.algo_takes_data = is_data;
#endif
	err = verify_in_thread(work);
	vfree(value);
out_free_digest:
	vfree(bytes);
	return err;
}

static int __init verify_user_init(void)
{
	struct work work = {};
	key_ref_t ref;
	int err;

	ref = lookup_user_key(key, 0, KEY_NEED_SEARCH);
	if (IS_ERR(ref))
		return PTR_ERR(ref);
	work.key = key_ref_to_ptr(ref);
	err = verify(&work);
	key_ref_put(ref);
	return err;
}

static void __exit verify_user_exit(void)
{
}

module_init(verify_user_init);
module_exit(verify_user_exit);

MODULE_DESCRIPTION("Has the kernel verify a signature in a kernel thread");
MODULE_LICENSE("GPL");
