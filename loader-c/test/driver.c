// SPDX-License-Identifier: GPL-2.0-only
/* Registers, loads and unregisters drivers by command. */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kernel_read_file.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "umd_test.h"

static LIST_HEAD(umd_test_drivers);
static DEFINE_MUTEX(umd_test_lock);

/* What must not be called within post_start, and does nothing there. */
static int umd_test_inner(struct umd_test_driver *driver)
{
	struct umd_mgmt_call call = { .op = UMD_OP_PING };
	const char *start = driver->name;

	switch (driver->inner) {
	case 1:
		return umd_mgmt_call(&driver->mgmt, &call);
	case 2:
		return umd_mgmt_load(&driver->mgmt, start, start + 1);
	case 3:
		umd_mgmt_unload(&driver->mgmt);
	}
	return 0;
}

static int umd_test_post_start(struct umd_mgmt *mgmt,
			       struct umd_worker *worker)
{
	struct umd_test_driver *driver = container_of(mgmt,
						      struct umd_test_driver,
						      mgmt);
	struct umd_mgmt_call call = { .op = UMD_OP_PING };
	int what = READ_ONCE(driver->post_start);
	int err;

	if (what <= 0)
		return what;
	msleep(what);
	err = umd_test_inner(driver);
	if (err)
		return err;
	err = umd_mgmt_call_worker(worker, &call);
	/* The Handler may still be busy with the first call. */
	if (err == -ETIMEDOUT && !driver->tolerant)
		err = umd_mgmt_call_worker(worker, &call);
	return driver->tolerant ? 0 : err ?: call.status;
}

static struct umd_test_driver *umd_test_find(const char *name)
{
	struct umd_test_driver *driver;

	list_for_each_entry(driver, &umd_test_drivers, node) {
		if (!strcmp(driver->name, name))
			return driver;
	}
	return NULL;
}

/**
 * umd_test_register - register a driver
 * @args: the name and the description of the driver
 *
 * Return: the result of umd_mgmt_register(). This function allows two drivers
 * with the same name.
 */
int umd_test_register(const struct umd_test_args *args)
{
	struct umd_test_driver *driver;
	int err;

	driver = kzalloc(sizeof(*driver), GFP_KERNEL);
	if (!driver)
		return -ENOMEM;
	strscpy(driver->name, args->name, sizeof(driver->name));
	strscpy(driver->kmod, args->kmod, sizeof(driver->kmod));
	driver->post_start = args->post_start;
	driver->tolerant = args->tolerant;
	driver->inner = args->inner;
	driver->mgmt = (struct umd_mgmt) {
		.driver_name = driver->name,
		.kmod = driver->kmod,
		.post_start = umd_test_post_start,
		.max_request = args->max_request,
		.max_reply = args->max_reply,
		.timeout_ms = args->timeout_ms,
		.load_timeout_ms = args->load_timeout_ms,
		.max_workers = args->max_workers,
		.spare_workers = args->spare_workers,
		.isolation = args->isolation,
		.max_requests = args->max_requests,
		.idle_ms = args->idle_ms,
		.max_queued = args->max_queued,
		.max_queued_uid = args->max_queued_uid,
		.idempotent = args->idempotent,
		.memory_max = args->memory_max,
		.nice = args->nice,
		.oom_score_adj = args->oom_score_adj,
	};
	if (!args->post_start)
		driver->mgmt.post_start = NULL;
	err = umd_mgmt_register_module(&driver->mgmt, THIS_MODULE,
				       UMD_MGMT_LAYOUT + args->layout);
	if (err) {
		kfree(driver);
		return err;
	}
	mutex_lock(&umd_test_lock);
	list_add(&driver->node, &umd_test_drivers);
	mutex_unlock(&umd_test_lock);
	return 0;
}

/**
 * umd_test_get - find a driver that will be used
 * @name: name of the driver
 *
 * Return: the driver, to be given back by umd_test_put(), or NULL.
 */
struct umd_test_driver *umd_test_get(const char *name)
{
	struct umd_test_driver *driver;

	mutex_lock(&umd_test_lock);
	driver = umd_test_find(name);
	if (driver)
		driver->users++;
	mutex_unlock(&umd_test_lock);
	return driver;
}

/**
 * umd_test_put - give a driver back
 * @driver: the driver
 */
void umd_test_put(struct umd_test_driver *driver)
{
	mutex_lock(&umd_test_lock);
	driver->users--;
	mutex_unlock(&umd_test_lock);
}

/**
 * umd_test_unregister - unregister a driver, loaded or not
 * @args: the name of the driver
 *
 * Return: 0; -ENOENT; -EBUSY while a command uses the driver.
 */
int umd_test_unregister(const struct umd_test_args *args)
{
	struct umd_test_driver *driver;
	int err = 0;

	mutex_lock(&umd_test_lock);
	driver = umd_test_find(args->name);
	if (!driver)
		err = -ENOENT;
	else if (driver->users)
		err = -EBUSY;
	else
		list_del(&driver->node);
	mutex_unlock(&umd_test_lock);
	if (err)
		return err;
	umd_mgmt_unregister(&driver->mgmt);
	kfree(driver);
	return 0;
}

/**
 * umd_test_unregister_all - unregister all drivers
 *
 * Context: no further command can arrive.
 */
void umd_test_unregister_all(void)
{
	struct umd_test_driver *driver, *next;

	list_for_each_entry_safe(driver, next, &umd_test_drivers, node) {
		umd_mgmt_unregister(&driver->mgmt);
		kfree(driver);
	}
}

/**
 * umd_test_read - read a file
 * @path: path of the file
 * @data: gets the contents, to be freed by vfree()
 * @size: gets the length
 *
 * Return: 0 or a negative errno.
 */
int umd_test_read(const char *path, void **data, size_t *size)
{
	ssize_t ret;

	*data = NULL;
	ret = kernel_read_file_from_path(path, 0, data, INT_MAX, size,
					 READING_FIRMWARE);
	return ret < 0 ? ret : 0;
}

/**
 * umd_test_load - load a Handler from a file
 * @driver: the driver
 * @path: path of an ELF file, or of any file to be tried as an ELF file
 *
 * Return: 0 or a negative errno.
 */
int umd_test_load(struct umd_test_driver *driver, const char *path)
{
	size_t size;
	void *data;
	int err;

	err = umd_test_read(path, &data, &size);
	if (err)
		return err;
	err = umd_mgmt_load(&driver->mgmt, data, data + size);
	vfree(data);
	return err;
}
