// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module that has the OpenPGP driver verify a document: the module loads if
 * the document is good. Otherwise, loading fails with the errno.
 */
#include <linux/err.h>
#include <linux/kernel_read_file.h>
#include <linux/key.h>
#include <linux/module.h>
#include <linux/vmalloc.h>

#include "umd_pgp.h"

static int keyring;
module_param(keyring, int, 0444);
MODULE_PARM_DESC(keyring, "Number of the keyring");

static char *document = "";
module_param(document, charp, 0444);
MODULE_PARM_DESC(document, "Path of the document");

static char *signature = "";
module_param(signature, charp, 0444);
MODULE_PARM_DESC(signature, "Path of the signature (default none: the document is clearsigned)");

static ssize_t read_file(const char *path, void **data)
{
	return kernel_read_file_from_path(path, 0, data, INT_MAX, NULL,
					  READING_FIRMWARE);
}

static int verify(struct key *ring)
{
	ssize_t len, signature_len = 0;
	void *signed_by = NULL;
	void *data = NULL;
	int err;

	len = read_file(document, &data);
	if (len < 0)
		return len;
	if (*signature) {
		signature_len = read_file(signature, &signed_by);
		err = signature_len;
		if (signature_len < 0)
			goto out_free_data;
	}
	err = umd_pgp_verify(ring, data, len, signed_by, signature_len);
	vfree(signed_by);
out_free_data:
	vfree(data);
	return err;
}

static int __init pgp_user_init(void)
{
	key_ref_t ref;
	int err;

	ref = lookup_user_key(keyring, 0, KEY_NEED_SEARCH);
	if (IS_ERR(ref))
		return PTR_ERR(ref);
	err = verify(key_ref_to_ptr(ref));
	key_ref_put(ref);
	return err;
}

static void __exit pgp_user_exit(void)
{
}

module_init(pgp_user_init);
module_exit(pgp_user_exit);

MODULE_DESCRIPTION("Verifies a document by the OpenPGP driver");
MODULE_LICENSE("GPL");
