// SPDX-License-Identifier: MIT OR Apache-2.0

//! Items that break one rule and no rule before it, or that only just keep it.

use umd_pgp::*;

const DSA: u8 = 17;

const OTHER_RSA: &str = "another RSA key than in the request";
const OTHER_POINT: &str = "another point than in the request";
const OTHER_CURVE: &str = "another curve than in the request";
const OTHER_FIXED: &str = "another key of a curve than in the request";
const NOT_IN_PACKET: &str = "a number is not in its packet";
const NOT_IN_SIGNATURE: &str = "a part of a signature is not in it";
const WRONG_HASHED: &str = "wrong length of the hashed part";
const WRONG_SALT: &str = "wrong length of a salt";
const OTHER_SIGNATURE: &str = "another signature than in the request";
const OTHER_KEY: &str = "another key than in the request";
const ACCEPTED: &str = "-";

/// A change of an item and its body, and the expected verdict.
pub(super) type Change = (fn(&mut PgpItem, &mut Vec<u8>), &'static str);

fn len(body: &[u8]) -> u32 {
    u32::try_from(body.len()).expect("a short body")
}

fn set_hash(item: &mut PgpItem, body: &mut [u8], hash: u8) {
    item.hash = hash;
    body[3] = hash;
}

pub(super) const OF_KEY: &[Change] = &[
    (|item, _| item.verdict = 1, ACCEPTED),
    (|item, _| item.verdict = 2, ACCEPTED),
    (
        |item, _| {
            item.verdict = 2;
            item.version = 99;
        },
        ACCEPTED,
    ),
    (|item, _| item.verdict = 3, "unknown flags of a packet"),
    (|item, _| item.flags = 32, "unknown flags of a packet"),
    (
        |item, _| item.flags = 31,
        "a key with what only signatures have",
    ),
    (
        |item, body| {
            item.values[1] = PgpRange {
                offset: len(body),
                len: 0,
            };
        },
        OTHER_RSA,
    ),
    (
        |item, body| {
            item.values[1] = PgpRange {
                offset: len(body) + 1,
                len: 0,
            };
        },
        NOT_IN_PACKET,
    ),
    (|item, _| item.values[1].len += 1, NOT_IN_PACKET),
    (
        |item, body| {
            item.version = 5;
            body[0] = 5;
        },
        "unknown version of a key",
    ),
    (|_, body| body[0] = 6, OTHER_KEY),
    (|_, body| body[4] ^= 1, OTHER_KEY),
    (|_, body| body[5] = 3, OTHER_KEY),
    (
        |item, body| {
            item.values = [PgpRange::default(); 2];
            body.truncate(6);
        },
        ACCEPTED,
    ),
    (
        |item, body| {
            item.values = [PgpRange::default(); 2];
            body.truncate(5);
        },
        "wrong length of a key",
    ),
    (
        |item, body| {
            item.values = [PgpRange::default(); 2];
            body.resize(65_535, 0);
        },
        ACCEPTED,
    ),
    (
        |item, body| {
            item.values = [PgpRange::default(); 2];
            body.resize(65_536, 0);
        },
        "wrong length of a key",
    ),
    // Numbers that are not as they are in the body.
    (|_, body| body.push(0), OTHER_RSA),
    (|_, body| body[6] = 0, OTHER_RSA),
    (|_, body| body[8] = 0, OTHER_RSA),
    (
        // A zero in front, which counts as bits.
        |item, body| {
            body.insert(8, 0);
            body[7] = 16;
            item.values[0].offset += 1;
            item.values[1].offset += 1;
        },
        ACCEPTED,
    ),
    (
        |item, body| {
            body.insert(8, 1);
            body[7] = 16;
            item.values[0].offset += 1;
            item.values[1].offset += 1;
        },
        OTHER_RSA,
    ),
    (
        |item, _| {
            item.values[0] = PgpRange {
                offset: 7,
                len: 258,
            };
        },
        OTHER_RSA,
    ),
    (
        |item, body| {
            body.truncate(7);
            item.values = [PgpRange { offset: 6, len: 1 }, PgpRange::default()];
        },
        OTHER_RSA,
    ),
    (
        |item, body| {
            // The second number has no room for its length.
            body.truncate(6 + 2 + 257 + 1);
            item.values[1] = PgpRange {
                offset: 265,
                len: 1,
            };
        },
        OTHER_RSA,
    ),
    (
        |item, body| {
            item.algorithm = DSA;
            body[5] = DSA;
        },
        ACCEPTED,
    ),
];

/// Of a key of version 6.
pub(super) const OF_KEY_6: &[Change] = &[
    (
        |item, body| {
            body.truncate(9);
            item.values = [PgpRange { offset: 6, len: 1 }, PgpRange::default()];
        },
        "a key without numbers",
    ),
    (
        |item, body| {
            body.truncate(10);
            item.values = [PgpRange { offset: 6, len: 1 }, PgpRange::default()];
        },
        OTHER_RSA,
    ),
];

/// Of ECDSA with P-256.
pub(super) const OF_POINT: &[Change] = &[
    (
        |item, _| item.curve = UMD_PGP_CURVE_X25519,
        "a curve that has no point",
    ),
    (
        |item, _| item.curve = UMD_PGP_CURVE_ED25519,
        "a curve that has no point",
    ),
    (|item, _| item.curve = UMD_PGP_CURVE_P384, OTHER_CURVE),
    (|_, body| body[6] = 9, OTHER_CURVE),
    (|_, body| body[14] ^= 1, OTHER_CURVE),
    (|_, body| body[17] = 2, OTHER_POINT),
    (|_, body| body.push(0), OTHER_POINT),
    (
        |item, body| {
            // A point of 64 bytes.
            body.remove(40);
            body[15] = 1;
            body[16] = 0xfb;
            item.values[0].len -= 1;
        },
        OTHER_POINT,
    ),
    (
        |item, body| {
            body.truncate(14);
            item.values = [PgpRange { offset: 6, len: 1 }, PgpRange::default()];
        },
        OTHER_CURVE,
    ),
    (
        |item, body| {
            body.truncate(15);
            item.values = [PgpRange { offset: 6, len: 1 }, PgpRange::default()];
        },
        OTHER_POINT,
    ),
];

/// Of Ed25519.
pub(super) const OF_FIXED: &[Change] = &[
    (|_, body| body.push(0), OTHER_FIXED),
    (|item, _| item.values[0].len = 31, OTHER_FIXED),
    (
        |item, body| {
            body.truncate(37);
            item.values[0].len = 31;
        },
        OTHER_FIXED,
    ),
    (|item, _| item.values[0].offset = 5, OTHER_FIXED),
    (|item, _| item.curve = UMD_PGP_CURVE_ED448, OTHER_FIXED),
];

pub(super) const OF_SIGNATURE: &[Change] = &[
    (
        |item, body| {
            item.version = 5;
            body[0] = 5;
        },
        "unknown version of a signature",
    ),
    (|_, body| body[0] = 5, OTHER_SIGNATURE),
    (
        |item, body| {
            item.values[0] = PgpRange {
                offset: len(body),
                len: 0,
            }
        },
        ACCEPTED,
    ),
    (
        |item, body| {
            item.values[0] = PgpRange {
                offset: len(body),
                len: 1,
            }
        },
        NOT_IN_PACKET,
    ),
    (|item, _| item.left.len = 1, NOT_IN_SIGNATURE),
    (|item, _| item.left.len = 3, NOT_IN_SIGNATURE),
    (|item, body| item.left.offset = len(body) - 2, ACCEPTED),
    (
        |item, body| item.left.offset = len(body) - 1,
        NOT_IN_SIGNATURE,
    ),
    (
        |item, body| {
            item.embedded = PgpRange {
                offset: len(body),
                len: 0,
            }
        },
        ACCEPTED,
    ),
    (
        |item, body| {
            item.embedded = PgpRange {
                offset: len(body),
                len: 1,
            }
        },
        NOT_IN_SIGNATURE,
    ),
    (
        |item, body| {
            item.salt = PgpRange {
                offset: len(body),
                len: 1,
            }
        },
        NOT_IN_SIGNATURE,
    ),
    (
        |item, body| {
            item.revoker = PgpRange {
                offset: len(body) - 19,
                len: 20,
            }
        },
        NOT_IN_SIGNATURE,
    ),
    (
        |item, body| {
            item.revoker = PgpRange {
                offset: len(body) - 20,
                len: 20,
            }
        },
        ACCEPTED,
    ),
    (
        |item, _| item.revoker = PgpRange { offset: 0, len: 19 },
        "wrong length of a revoker",
    ),
    (
        |item, body| {
            body.resize(100, 0);
            item.revoker = PgpRange { offset: 0, len: 32 };
        },
        ACCEPTED,
    ),
    (
        |item, body| {
            body.resize(100, 0);
            item.revoker = PgpRange { offset: 0, len: 33 };
        },
        "wrong length of a revoker",
    ),
    (|item, _| item.issuer_len = 0, ACCEPTED),
    (|item, _| item.issuer_len = 20, ACCEPTED),
    (|item, _| item.issuer_len = 32, "wrong length of an issuer"),
    (
        |item, _| item.salt = PgpRange { offset: 0, len: 1 },
        WRONG_SALT,
    ),
    (|item, _| item.hashed.offset = 1, WRONG_HASHED),
    (
        |item, body| item.hashed.offset = len(body),
        NOT_IN_SIGNATURE,
    ),
    (|_, body| body[5] ^= 1, WRONG_HASHED),
    (|_, body| body[4] ^= 1, WRONG_HASHED),
    (
        |item, body| {
            item.version = 6;
            body[0] = 6;
            item.salt = PgpRange { offset: 0, len: 16 };
        },
        WRONG_HASHED,
    ),
    (
        |item, body| {
            body.truncate(5);
            item.values = [PgpRange::default(); 2];
            item.left.offset = 0;
            item.hashed.len = 5;
        },
        WRONG_HASHED,
    ),
    (
        |item, body| {
            body.truncate(6);
            body[5] = 0;
            item.values = [PgpRange::default(); 2];
            item.left.offset = 0;
            item.hashed.len = 6;
        },
        ACCEPTED,
    ),
];

/// Of SHA-256 in version 6.
pub(super) const OF_SIGNATURE_6: &[Change] = &[
    (|item, _| item.issuer_len = 20, "wrong length of an issuer"),
    (|item, _| item.salt.len = 15, WRONG_SALT),
    (|item, _| item.salt.len = 17, WRONG_SALT),
    (|item, body| set_hash(item, body, 9), WRONG_SALT),
    (|item, body| set_hash(item, body, 11), ACCEPTED),
    (
        |item, body| {
            set_hash(item, body, 11);
            item.salt.len = 15;
        },
        WRONG_SALT,
    ),
    (
        |item, body| {
            set_hash(item, body, 12);
            item.salt.len = 17;
        },
        WRONG_SALT,
    ),
    (|item, body| set_hash(item, body, 14), WRONG_SALT),
    (
        |item, body| {
            set_hash(item, body, 99);
            item.salt.len = 32;
        },
        ACCEPTED,
    ),
    (
        |item, body| {
            set_hash(item, body, 99);
            item.salt.len = 33;
        },
        WRONG_SALT,
    ),
    (|_, body| body[4] ^= 1, WRONG_HASHED),
    (
        |item, body| {
            body.truncate(7);
            item.values = [PgpRange::default(); 2];
            item.left.offset = 0;
            set_hash(item, body, 99);
            item.salt = PgpRange::default();
            item.hashed.len = 7;
            item.issuer_len = 0;
        },
        WRONG_HASHED,
    ),
    (
        |item, body| {
            body.truncate(8);
            body[7] = 0;
            item.values = [PgpRange::default(); 2];
            item.left.offset = 0;
            set_hash(item, body, 99);
            item.salt = PgpRange::default();
            item.hashed.len = 8;
            item.issuer_len = 0;
        },
        ACCEPTED,
    ),
];

/// Of version 3.
pub(super) const OF_SIGNATURE_3: &[Change] = &[
    (|item, _| item.created += 1, OTHER_SIGNATURE),
    (|_, body| body[1] = 6, OTHER_SIGNATURE),
    (|_, body| body[0] = 4, OTHER_SIGNATURE),
    (|_, body| body[2] = 1, OTHER_SIGNATURE),
    (|_, body| body[15] = 3, OTHER_SIGNATURE),
    (|_, body| body[16] = 8, OTHER_SIGNATURE),
    (|item, _| item.hashed.len = 4, WRONG_HASHED),
    (|item, _| item.hashed.offset = 3, WRONG_HASHED),
    (
        |item, body| {
            body.truncate(17);
            item.values = [PgpRange::default(); 2];
            item.left.offset = 0;
        },
        ACCEPTED,
    ),
    (
        |item, body| {
            body.truncate(16);
            item.values = [PgpRange::default(); 2];
            item.left.offset = 0;
        },
        WRONG_HASHED,
    ),
];
