// SPDX-License-Identifier: GPL-2.0-only
/* The users of a driver: who may have how many Handlers, and how long theirs take. */
#include <linux/hashtable.h>
#include <linux/math64.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/time64.h>

#include "state.h"

static bool umd_user_is_present(const struct umd_user *user)
{
	lockdep_assert_held(&user->driver->lock);
	return time_before64(get_jiffies_64(), user->seen + UMD_USER_PRESENT);
}

static void umd_user_free(struct umd_user *user)
{
	lockdep_assert_held(&user->driver->lock);
	list_del(&user->node);
	hash_del(&user->hash);
	user->driver->user_count--;
	kfree(user);
}

/*
 * Frees users of whom nothing needs to be known any more: of those beside the id of a
 * new user, at whom a look-up has looked anyway.
 */
static void umd_users_trim(struct umd_driver *driver, kuid_t uid)
{
	struct hlist_node *next;
	struct umd_user *user;

	lockdep_assert_held(&driver->lock);
	hash_for_each_possible_safe(driver->user_table, user, next, hash,
				    __kuid_val(uid)) {
		if (!user->queued && !user->running &&
		    !umd_user_is_present(user) && !umd_failure_is_known(user))
			umd_user_free(user);
	}
}

static struct umd_user *umd_user_create(struct umd_driver *driver, kuid_t uid)
{
	struct umd_user *user;

	lockdep_assert_held(&driver->lock);
	umd_users_trim(driver, uid);
	user = kzalloc(sizeof(*user), GFP_ATOMIC | __GFP_NOWARN);
	if (!user)
		return NULL;
	user->driver = driver;
	user->uid = uid;
	/* The user was not here until now. */
	user->seen = get_jiffies_64() - UMD_USER_PRESENT;
	INIT_LIST_HEAD(&user->turn);
	INIT_LIST_HEAD(&user->queue);
	list_add(&user->node, &driver->users);
	hash_add(driver->user_table, &user->hash, __kuid_val(uid));
	driver->user_count++;
	return user;
}

/**
 * umd_user_find - find a user
 * @driver: the driver
 * @uid: the user's id
 *
 * Context: caller holds the driver's lock.
 * Return: the user, for as long as the lock is held, or the user has a request
 * in the queue or at a worker; NULL when nothing is known of the user.
 */
struct umd_user *umd_user_find(struct umd_driver *driver, kuid_t uid)
{
	struct umd_user *user;

	lockdep_assert_held(&driver->lock);
	hash_for_each_possible(driver->user_table, user, hash,
			       __kuid_val(uid)) {
		if (uid_eq(user->uid, uid))
			return user;
	}
	return NULL;
}

/**
 * umd_user_look_up - find a user who is not the last one to have called, or make one
 * @driver: the driver
 * @uid: the user's id
 *
 * Context: caller holds the driver's lock; umd_user_get() calls this.
 * Return: as umd_user_find(), but NULL only when there is no memory.
 */
struct umd_user *umd_user_look_up(struct umd_driver *driver, kuid_t uid)
{
	lockdep_assert_held(&driver->lock);
	return umd_user_find(driver, uid) ?: umd_user_create(driver, uid);
}

/**
 * umd_users_free - free all users
 * @driver: a driver without requests
 *
 * Context: caller holds the driver's lock.
 */
void umd_users_free(struct umd_driver *driver)
{
	struct umd_user *user, *next;

	lockdep_assert_held(&driver->lock);
	list_for_each_entry_safe(user, next, &driver->users, node)
		umd_user_free(user);
}

static unsigned int umd_workers_left(const struct umd_driver *driver)
{
	lockdep_assert_held(&driver->lock);
	return driver->running < driver->max_workers ?
	       driver->max_workers - driver->running : 0;
}

/**
 * umd_users_idle - how many users are present and have no Handler at work
 * @driver: the driver
 *
 * Context: caller holds the driver's lock.
 * Return: the number, or that of the workers that are left and one more, when it
 * is larger.
 */
unsigned int umd_users_idle(const struct umd_driver *driver)
{
	const struct umd_user *user;
	unsigned int most, count = 0;

	lockdep_assert_held(&driver->lock);
	most = umd_workers_left(driver) + 1;
	list_for_each_entry_reverse(user, &driver->users, node) {
		if (count == most || !umd_user_is_present(user))
			break;
		count += !user->running;
	}
	return count;
}

/**
 * umd_user_room - how many Handlers more may work for a user
 * @user: the user
 * @idle: what umd_users_idle() has returned
 *
 * Each user may have one. A user may have another one only as long as there is
 * one left for each other user who is present and has none: users whose requests
 * hang delay nobody else, as long as these users are fewer than Handlers.
 *
 * Context: caller holds the driver's lock.
 * Return: the number.
 */
unsigned int umd_user_room(const struct umd_user *user, unsigned int idle)
{
	unsigned int left, room;

	lockdep_assert_held(&user->driver->lock);
	left = umd_workers_left(user->driver);
	if (idle && !user->running && umd_user_is_present(user))
		idle--;
	room = left - min(left, idle);
	return room || user->running ? room : 1;
}

/**
 * umd_user_served - note how long a Handler took for a user's request
 * @user: the user
 * @op: the operation
 * @ns: the time in nanoseconds
 *
 * Context: caller holds the driver's lock.
 */
void umd_user_served(struct umd_user *user, u16 op, u64 ns)
{
	struct umd_service *service = &user->services[op % UMD_SERVICES];

	lockdep_assert_held(&user->driver->lock);
	if (service->op != op) {
		service->op = op;
		service->count = 0;
	}
	service->us[service->next++ % UMD_SERVICE_TIMES] =
		min_t(u64, div_u64(ns, NSEC_PER_USEC), U32_MAX);
	if (service->count < UMD_SERVICE_TIMES)
		service->count++;
	service->last = jiffies;
}

static int umd_user_compare_times(const void *a, const void *b)
{
	u32 x = *(const u32 *)a, y = *(const u32 *)b;

	return x < y ? -1 : x > y;
}

/**
 * umd_user_service_time - estimate how long a user's request will take
 * @user: the user
 * @op: the operation
 * @low: gets the time that one of four requests needs at most, in jiffies
 * @most: gets twice the time that half of them need, in jiffies
 *
 * Context: caller holds the driver's lock.
 * Return: false when there is no estimate: too few requests, or too long ago.
 */
bool umd_user_service_time(const struct umd_user *user, u16 op,
			   unsigned long *low, unsigned long *most)
{
	const struct umd_service *service = &user->services[op % UMD_SERVICES];
	u32 us[UMD_SERVICE_TIMES];

	lockdep_assert_held(&user->driver->lock);
	if (service->op != op || service->count < UMD_SERVICE_TIMES ||
	    time_after(jiffies, service->last + UMD_SERVICE_AGE))
		return false;
	memcpy(us, service->us, sizeof(us));
	sort(us, UMD_SERVICE_TIMES, sizeof(us[0]), umd_user_compare_times,
	     NULL);
	*low = usecs_to_jiffies(us[UMD_SERVICE_TIMES / 4 - 1]);
	*most = 2 * usecs_to_jiffies(us[UMD_SERVICE_TIMES / 2]);
	return true;
}
