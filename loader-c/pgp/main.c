// SPDX-License-Identifier: GPL-2.0-only
/*
 * The OpenPGP driver's Manager: OpenPGP keys for the kernel's keyrings, and
 * signatures on documents.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>

#include "pgp.h"
#include "umd_version.h"

struct umd_mgmt pgp_mgmt = {
	.driver_name = "pgp_umh",
	.kmod = "pgp_loader_kmod",
	.max_request = UMD_PGP_MAX_REQUEST,
	.max_reply = UMD_PGP_MAX_REPLY,
	/* No request changes anything. */
	.idempotent = true,
	/* Data of one user are nothing to others, nor may they speak for them. */
	.isolation = UMD_PER_USER,
};
EXPORT_SYMBOL_GPL(pgp_mgmt);

static unsigned int timeout_ms;
module_param(timeout_ms, uint, 0444);
MODULE_PARM_DESC(timeout_ms,
		 "Deadline of a request in milliseconds (default 0: the library's, 5000)");

static unsigned int load_timeout_ms;
module_param(load_timeout_ms, uint, 0444);
MODULE_PARM_DESC(load_timeout_ms,
		 "Milliseconds that a request waits for the Loader before its deadline begins (default 0: the library's, 5000)");

static unsigned int max_workers;
module_param(max_workers, uint, 0444);
MODULE_PARM_DESC(max_workers,
		 "Number of Handlers that may run at a time, at most 64 (default 0: the library's, 2)");

static unsigned int idle_ms = 60000;
module_param(idle_ms, uint, 0444);
MODULE_PARM_DESC(idle_ms,
		 "Milliseconds without a request after which a Handler ends (default 60000; 0: never)");

unsigned long pgp_sha1_until;
module_param_named(sha1_until, pgp_sha1_until, ulong, 0644);
MODULE_PARM_DESC(sha1_until,
		 "SHA-1 binds keys in signatures that were made before this time, in seconds since 1970 (default 0: never)");

unsigned int pgp_min_rsa_bits = 2048;
module_param_named(min_rsa_bits, pgp_min_rsa_bits, uint, 0644);
MODULE_PARM_DESC(min_rsa_bits,
		 "The least bits of RSA keys that are taken (default 2048)");

bool pgp_refuse_unverified;
module_param_named(refuse_unverified, pgp_refuse_unverified, bool, 0644);
MODULE_PARM_DESC(refuse_unverified,
		 "Refuse keys with a revocation by their designated revoker that cannot be verified (default N)");

bool pgp_rsa_is_on = true;
module_param_named(rsa, pgp_rsa_is_on, bool, 0644);
MODULE_PARM_DESC(rsa, "Keys and signatures of RSA count (default Y)");

bool pgp_ecdsa_is_on = true;
module_param_named(ecdsa, pgp_ecdsa_is_on, bool, 0644);
MODULE_PARM_DESC(ecdsa, "Keys and signatures of ECDSA count (default Y)");

bool pgp_eddsa_is_on = true;
module_param_named(eddsa, pgp_eddsa_is_on, bool, 0644);
MODULE_PARM_DESC(eddsa, "Keys and signatures of Ed25519 count (default Y)");

static int __init pgp_mgr_init(void)
{
	int err;

	pgp_mgmt.timeout_ms = timeout_ms;
	pgp_mgmt.load_timeout_ms = load_timeout_ms;
	pgp_mgmt.max_workers = max_workers;
	pgp_mgmt.idle_ms = idle_ms;
	err = umd_mgmt_register(&pgp_mgmt);
	if (err)
		return err;
	err = pgp_parser_register();
	if (err)
		goto err_unregister;
	err = pgp_files_create();
	if (err)
		goto err_parser;
	pr_info("loaded, version %s: the kernel takes OpenPGP keys\n",
		UMD_VERSION);
	return 0;

err_parser:
	pgp_parser_unregister();
err_unregister:
	umd_mgmt_unregister(&pgp_mgmt);
	return err;
}

static void __exit pgp_mgr_exit(void)
{
	pgp_files_remove();
	pgp_parser_unregister();
	umd_mgmt_unregister(&pgp_mgmt);
	pr_info("unloaded: OpenPGP keys that were taken stay\n");
}

module_init(pgp_mgr_init);
module_exit(pgp_mgr_exit);

MODULE_DESCRIPTION("OpenPGP user mode driver: Manager");
MODULE_AUTHOR(UMD_AUTHOR);
MODULE_VERSION(UMD_VERSION);
MODULE_LICENSE("GPL");
UMD_MGMT_IMPORT_NS();
UMD_MGMT_LOADER("pgp_loader_kmod");
