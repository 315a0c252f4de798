// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parser for the kernel's asymmetric key type, which takes the keys that
 * add_key() passes on and the keys that import.c has found already.
 *
 * The kernel locks the list of parsers for reading while a parser runs.
 * Loading and starting the Handler must therefore not register another parser.
 */
#include <linux/err.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/slab.h>

#include "pgp.h"

/* First octets of a public key packet (RFC 9580, section 4.2). */
#define PGP_OLD_PUBLIC_KEY		0x98
#define PGP_OLD_LENGTH_TYPE		0x03
#define PGP_NEW_PUBLIC_KEY		0xc6

/*
 * A key on its way into a keyring. The parser knows the key by the address of
 * the payload, which nobody outside of the kernel can choose: no bytes can
 * make a user's own key pass for a checked one. The payload is the key's
 * packet, so that a measurement of keyrings covers the key; no other parser
 * accepts the packet.
 */
struct pgp_made {
	struct list_head node;
	const struct pgp_ring *ring;
	struct public_key *pub;
};

static LIST_HEAD(pgp_all_made);
/* Protects the list, and pub of each entry, which the parser takes over. */
static DEFINE_MUTEX(pgp_made_lock);

static const u8 *pgp_ring_payload(const struct pgp_ring *ring)
{
	return ring->data->bytes + ring->key.subject.offset;
}

/* After success, @prep owns @pub. */
static int pgp_fill(struct key_preparsed_payload *prep,
		    const struct pgp_ring *ring, struct public_key *pub)
{
	struct asymmetric_key_ids *ids;

	ids = pgp_key_ids_new(&ring->key);
	if (IS_ERR(ids))
		return PTR_ERR(ids);
	prep->description = pgp_description_new(&ring->key, &ring->primary);
	if (!prep->description) {
		kfree(ids->id[0]);
		kfree(ids->id[1]);
		kfree(ids);
		return -ENOMEM;
	}
	__module_get(public_key_subtype.owner);
	prep->payload.data[asym_subtype] = &public_key_subtype;
	prep->payload.data[asym_key_ids] = ids;
	prep->payload.data[asym_crypto] = pub;
	/* No signature vouches for the key: restricted keyrings refuse it. */
	prep->payload.data[asym_auth] = NULL;
	/* The quota that other parsers charge. */
	prep->quotalen = 100;
	if (ring->key.expires)
		prep->expiry = ring->key.expires;
	return 0;
}

static bool pgp_fill_made(struct key_preparsed_payload *prep, int *err)
{
	struct pgp_made *made;
	bool found = false;

	mutex_lock(&pgp_made_lock);
	list_for_each_entry(made, &pgp_all_made, node) {
		if (prep->data != pgp_ring_payload(made->ring) || !made->pub)
			continue;
		found = true;
		*err = pgp_fill(prep, made->ring, made->pub);
		if (!*err)
			made->pub = NULL;
		break;
	}
	mutex_unlock(&pgp_made_lock);
	return found;
}

static int pgp_fill_first(struct key_preparsed_payload *prep,
			  struct pgp_data *data)
{
	struct public_key *pub;
	struct pgp_ring *ring;
	int err;

	ring = pgp_ring_new(data);
	if (IS_ERR(ring))
		return PTR_ERR(ring);
	err = pgp_ring_next(ring, true, &pub);
	if (err == -ENOKEY)
		err = ring->err ?: -EKEYREJECTED;
	if (err)
		goto out_free_ring;
	err = pgp_fill(prep, ring, pub);
	if (err)
		public_key_free(pub);
out_free_ring:
	pgp_ring_free(ring);
	return err;
}

/* -EBADMSG lets the kernel try the next parser. */
static int pgp_parse(struct key_preparsed_payload *prep)
{
	struct pgp_data *data;
	u8 first;
	int err;

	if (pgp_fill_made(prep, &err))
		return err;
	if (!prep->datalen)
		return -EBADMSG;
	first = *(const u8 *)prep->data;
	if ((first & ~PGP_OLD_LENGTH_TYPE) != PGP_OLD_PUBLIC_KEY &&
	    first != PGP_NEW_PUBLIC_KEY)
		return -EBADMSG;
	data = pgp_data_new(prep->data, prep->datalen);
	if (IS_ERR(data))
		return PTR_ERR(data);
	/* A frozen caller would keep everybody's keys waiting. */
	data->holds_lock = true;
	err = pgp_fill_first(prep, data);
	pgp_data_free(data);
	return err;
}

static struct asymmetric_key_parser pgp_parser = {
	.owner = THIS_MODULE,
	.name = "pgp",
	.parse = pgp_parse,
};

int pgp_parser_register(void)
{
	return register_asymmetric_key_parser(&pgp_parser);
}

/* Waits until no call of the parser runs any more. */
void pgp_parser_unregister(void)
{
	unregister_asymmetric_key_parser(&pgp_parser);
}

/**
 * pgp_key_create - put a key into a keyring
 * @keyring: the keyring
 * @ring: the search, with the key that pgp_ring_next() has found
 * @pub: the kernel's form of the key; freed in any case
 * @ref: set to the new key
 *
 * The new key replaces a key of the same description.
 *
 * Return: 0, or an error of key_create_or_update().
 */
int pgp_key_create(key_ref_t keyring, struct pgp_ring *ring,
		   struct public_key *pub, key_ref_t *ref)
{
	struct pgp_made *made;
	int err;

	made = kmalloc(sizeof(*made), GFP_KERNEL);
	if (!made) {
		public_key_free(pub);
		return -ENOMEM;
	}
	made->ring = ring;
	made->pub = pub;
	mutex_lock(&pgp_made_lock);
	list_add(&made->node, &pgp_all_made);
	mutex_unlock(&pgp_made_lock);
	*ref = key_create_or_update(keyring, "asymmetric", NULL,
				    pgp_ring_payload(ring),
				    ring->key.subject.len, KEY_PERM_UNDEF,
				    KEY_ALLOC_IN_QUOTA);
	mutex_lock(&pgp_made_lock);
	list_del(&made->node);
	mutex_unlock(&pgp_made_lock);
	err = IS_ERR(*ref) ? PTR_ERR(*ref) : 0;
	public_key_free(made->pub);
	kfree(made);
	return err;
}
