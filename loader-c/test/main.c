// SPDX-License-Identifier: GPL-2.0-only
/*
 * umd_test.ko: a UMD Manager and Loader for tests. Each opening of debugfs's
 * umd_test/control runs one command:
 *
 *	COMMAND DRIVER [KEY=VALUE]...
 *
 * written in one piece. A read then returns lines of a key and a value. The
 * last line is `error`, the command's errno by name or 0. After a command with
 * fail_nth, another line follows: `left`, the rest of the count. The write
 * fails if there is no such command or driver.
 */
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "umd_test.h"

static struct dentry *umd_test_folder;

static int umd_test_load_command(struct umd_test_driver *driver,
				 const struct umd_test_args *args,
				 struct seq_buf *out)
{
	return umd_test_load(driver, args->path);
}

static int umd_test_unload_command(struct umd_test_driver *driver,
				   const struct umd_test_args *args,
				   struct seq_buf *out)
{
	umd_mgmt_unload(&driver->mgmt);
	return 0;
}

/* Needs a driver that was registered with a post_start. */
static int umd_test_post_start_command(struct umd_test_driver *driver,
				       const struct umd_test_args *args,
				       struct seq_buf *out)
{
	WRITE_ONCE(driver->post_start, args->post_start);
	return 0;
}

static const struct {
	const char *name;
	int (*run)(struct umd_test_driver *driver,
		   const struct umd_test_args *args, struct seq_buf *out);
} umd_test_commands[] = {
	{ "load", umd_test_load_command },
	{ "unload", umd_test_unload_command },
	{ "post_start", umd_test_post_start_command },
	{ "call", umd_test_call },
	{ "call_async", umd_test_call_async },
	{ "sweep", umd_test_sweep },
	{ "stress", umd_test_stress },
	{ "cycle", umd_test_cycle },
	{ "measure", umd_test_measure },
	{ "recover", umd_test_recover },
	{ "helper", umd_test_helper },
	{ "pipes", umd_test_pipes },
	{ "turns", umd_test_turns },
	{ "speculation", umd_test_speculation },
	{ "open", umd_test_open },
	{ "close", umd_test_close },
	{ "file", umd_test_file },
	{ "file_remove", umd_test_file_remove },
};

/* Makes the Nth operation of this task that can fail do so; 0: none. */
static void umd_test_inject(int nth)
{
#ifdef CONFIG_FAULT_INJECTION
	current->fail_nth = nth;
#endif
}

/* Ends the injection and returns the rest of the count. */
static int umd_test_injected(void)
{
	int left = 0;

#ifdef CONFIG_FAULT_INJECTION
	left = current->fail_nth;
	current->fail_nth = 0;
#endif
	return left;
}

/* Returns an error if there is no such command or driver. */
static int umd_test_run(const struct umd_test_args *args, struct seq_buf *out)
{
	struct umd_test_driver *driver;
	int i;

	for (i = 0; i < ARRAY_SIZE(umd_test_commands); i++) {
		if (!strcmp(args->command, umd_test_commands[i].name))
			break;
	}
	if (i == ARRAY_SIZE(umd_test_commands))
		return -EINVAL;
	driver = umd_test_get(args->name);
	if (!driver)
		return -ENOENT;
	umd_test_show_error(out, "error",
			    umd_test_commands[i].run(driver, args, out));
	umd_test_put(driver);
	return 0;
}

static int umd_test_command(struct umd_test_args *args, struct seq_buf *out)
{
	int err;

	err = umd_test_parse(args);
	if (err)
		return err;
	umd_test_inject(args->fail_nth);
	if (!strcmp(args->command, "register"))
		umd_test_show_error(out, "error", umd_test_register(args));
	else if (!strcmp(args->command, "unregister"))
		umd_test_show_error(out, "error", umd_test_unregister(args));
	else
		err = umd_test_run(args, out);
	if (args->fail_nth)
		seq_buf_printf(out, "left %d\n", umd_test_injected());
	return err;
}

static ssize_t umd_test_write(struct file *file, const char __user *buf,
			      size_t count, loff_t *pos)
{
	struct umd_test_args *args;
	struct seq_buf out;
	char *text;
	int err;

	text = simple_transaction_get(file, buf, count);
	if (IS_ERR(text))
		return PTR_ERR(text);
	args = kzalloc(sizeof(*args), GFP_KERNEL);
	if (!args)
		return -ENOMEM;
	err = -E2BIG;
	if (strscpy(args->text, text, sizeof(args->text)) >= 0) {
		seq_buf_init(&out, text, SIMPLE_TRANSACTION_LIMIT);
		err = umd_test_command(args, &out);
		simple_transaction_set(file, seq_buf_used(&out));
	}
	kfree(args);
	return err ?: count;
}

static const struct file_operations umd_test_fops = {
	.owner = THIS_MODULE,
	.write = umd_test_write,
	.read = simple_transaction_read,
	.release = simple_transaction_release,
	.llseek = noop_llseek,
};

/* Asks a driver while this module, its Manager, is being loaded. */
static int umd_test_call_in_init(void)
{
	struct umd_mgmt mgmt = {
		.driver_name = "umd_init",
		.kmod = "umd_test_loader",
	};
	struct umd_mgmt_call call = { .op = UMD_OP_PING };
	int err;

	err = umd_mgmt_register(&mgmt);
	if (err)
		return err;
	err = umd_mgmt_call(&mgmt, &call);
	umd_mgmt_unregister(&mgmt);
	return err;
}

static bool call_in_init;
module_param(call_in_init, bool, 0444);
MODULE_PARM_DESC(call_in_init,
		 "Ask a driver while this module is being loaded, which fails with the error of that call");

static int __init umd_test_init(void)
{
	int err = call_in_init ? umd_test_call_in_init() : 0;

	if (err)
		return err;
	err = umd_test_mount_init();
	if (err)
		return err;
	umd_test_folder = debugfs_create_dir("umd_test", NULL);
	debugfs_create_file("control", 0600, umd_test_folder, NULL,
			    &umd_test_fops);
	return 0;
}

static void __exit umd_test_exit(void)
{
	debugfs_remove(umd_test_folder);
	umd_test_mount_exit();
	umd_test_file_exit();
	umd_test_unregister_all();
}

module_init(umd_test_init);
module_exit(umd_test_exit);

MODULE_DESCRIPTION("Tests of user mode drivers");
MODULE_LICENSE("GPL");
UMD_MGMT_IMPORT_NS();
UMD_MGMT_LOADER("umd_test_loader");
