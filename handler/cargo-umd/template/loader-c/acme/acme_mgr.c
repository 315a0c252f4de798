// SPDX-License-Identifier: GPL-2.0-only
/*
 * The Manager. A file that is written to /sys/kernel/security/umd_acme is parsed by
 * the Handler, and what its header says is read there.
 */
#include "umd_manager.h"
#include "umd_acme_abi.h"

UMD_MANAGER_EXPORT(acme_mgmt) = {
	.driver_name = "acme_umh",
	.kmod = "acme_loader_kmod",
	.max_request = UMD_ACME_MAX_FILE,
	.max_reply = sizeof(struct umd_acme_elf),
	.idempotent = true,
};

/* The Handler may say anything: each field is looked at, entry and types are any. */
static bool acme_is_valid(const struct umd_mgmt_call *call)
{
	const struct umd_acme_elf *elf = call->out;
	u64 programs = mul_u32_u32(elf->phnum, elf->phentsize);
	u64 sections = mul_u32_u32(elf->shnum, elf->shentsize);
	u64 len = call->in_len;

	return (elf->bits == 64 || (elf->bits == 32 && elf->entry <= U32_MAX)) &&
	       (elf->order == UMD_ACME_ORDER_LITTLE ||
		elf->order == UMD_ACME_ORDER_BIG) && !elf->reserved &&
	       (!elf->phnum || (elf->phoff <= len && programs <= len - elf->phoff)) &&
	       (!elf->shnum || (elf->shoff <= len && sections <= len - elf->shoff));
}

static const struct umd_mgmt_request_file acme_file = {
	.mgmt = &acme_mgmt,
	.name = "umd_acme",
	.mode = 0600,
	.op = UMD_OP_ACME_PARSE,
	.min_reply = sizeof(struct umd_acme_elf),
	.is_valid = acme_is_valid,
};

UMD_MANAGER(acme_file, "acme_loader_kmod", "ELF headers: Manager");
