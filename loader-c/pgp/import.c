// SPDX-License-Identifier: GPL-2.0-only
/* Adds the usable keys of a ring to a keyring. */
#include <linux/err.h>

#include "pgp.h"

static int pgp_import_ring(key_ref_t keyring, struct pgp_ring *ring,
			   struct pgp_text *text)
{
	unsigned int count = 0;
	struct public_key *pub;
	key_ref_t ref;
	int err;

	for (;;) {
		err = pgp_ring_next(ring, false, &pub);
		if (err == -ENOKEY && count)
			return 0;
		if (err == -ENOKEY)
			return ring->err ?: -EKEYREJECTED;
		if (err)
			return err;
		err = pgp_key_create(keyring, ring, pub, &ref);
		if (err)
			return err;
		pgp_text_key(text, key_ref_to_ptr(ref));
		key_ref_put(ref);
		count++;
	}
}

/**
 * pgp_import - put the keys of a ring into a keyring
 * @keyring: the keyring
 * @bytes: the ring, binary or armored
 * @len: length of the ring in bytes
 * @text: gets a line for each key
 *
 * A key that cannot be used is passed over without an error, as long as
 * another can be used. After an error, the keys that were added remain in the
 * keyring.
 *
 * Return: 0, or an error: if no key can be used, the error of the first key.
 */
int pgp_import(key_ref_t keyring, const void *bytes, size_t len,
	       struct pgp_text *text)
{
	struct pgp_ring *ring;
	struct pgp_data *data;
	int err;

	data = pgp_ask_binary(bytes, len, UMD_PGP_ARMOR_PUBLIC_KEY);
	if (IS_ERR(data))
		return PTR_ERR(data);
	ring = pgp_ring_new(data);
	if (IS_ERR(ring)) {
		err = PTR_ERR(ring);
		goto out_free_data;
	}
	err = pgp_import_ring(keyring, ring, text);
	pgp_ring_free(ring);
out_free_data:
	pgp_data_free(data);
	return err;
}
