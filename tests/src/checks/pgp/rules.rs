// SPDX-License-Identifier: MIT OR Apache-2.0

//! Replies that break one rule and no rule before it, or that only just keep
//! it.

use super::Reply;
use super::samples::{self, certificate};
use crate::openpgp::packet::{ECDSA, P256, RSA, curve_point, number};
use anyhow::{Context, Result};
use umd_pgp::*;
use zerocopy::{FromBytes, Immutable, IntoBytes};

/// A reply and the expected verdict.
type Rule = (Reply, &'static str);

/// A change of a reply, given the length of the request's data, and the
/// expected verdict.
type Change<T> = (fn(&mut T, u32), &'static str);

/// A time and a number of seconds after it have 32 bits each.
const END_MAX: u64 = 2 * (u32::MAX as u64);

const IS_ACCEPTED: &str = "-";
const OTHER_KEY: &str = "another key than asked";
const NOT_IN_REQUEST: &str = "a key is not in the request";
const OTHER_SIGNATURE: &str = "another signature than in the request";
const WRONG_SALT: &str = "wrong length of a salt";
const NOT_HASHED: &str = "the hashed part is not in the request";
const NO_RSA: &str = "malformed RSA key";
const OTHER_CURVE: &str = "another curve than in the request";
const OTHER_POINT: &str = "another point than in the request";

/// Changes of a primary key of version 4 that is certified with its user id.
const OF_PRIMARY: [Change<PgpKey>; 30] = [
    (|key, _| key.count = 0, OTHER_KEY),
    (|key, len| key.count = len, IS_ACCEPTED),
    (|key, len| key.count = len + 1, OTHER_KEY),
    (|key, _| key.flags |= 32, "unknown flags of a key"),
    (
        |key, _| key.flags ^= UMD_PGP_KEY_PRIMARY,
        "wrong primary key",
    ),
    (
        |key, _| key.flags |= UMD_PGP_KEY_BACK,
        "unexpected back signature",
    ),
    (
        |key, _| key.flags ^= UMD_PGP_KEY_BOUND,
        "a key may sign without a binding",
    ),
    (|key, _| key.version = 5, "unknown version of a key"),
    (|key, _| key.user_id_len = 257, "user id too long"),
    (|key, _| key.material_len = 545, "key too long"),
    (|key, _| key.expires = END_MAX, IS_ACCEPTED),
    (
        |key, _| key.expires = END_MAX + 1,
        "impossible expiry of a key",
    ),
    (
        |key, len| {
            key.certified = range(len, 0);
            key.user_id_len = 0;
        },
        IS_ACCEPTED,
    ),
    (
        |key, len| key.certified = range(len + 1, 0),
        "a user id is not in the request",
    ),
    (
        |key, _| key.binding.version = 6,
        "a binding of another version",
    ),
    (|key, _| key.binding.issuer_len = 0, IS_ACCEPTED),
    (
        |key, _| key.binding.issuer_len = 32,
        "wrong length of an issuer",
    ),
    (|key, _| key.binding.kind = 0x1f, OTHER_SIGNATURE),
    (|key, _| key.binding.salt_len = 1, WRONG_SALT),
    (|key, _| key.binding.value_len = 544, IS_ACCEPTED),
    (|key, _| key.binding.value_len = 545, "signature too long"),
    (|key, _| key.binding.expires = END_MAX, IS_ACCEPTED),
    (
        |key, _| key.binding.expires = END_MAX + 1,
        "impossible expiry of a signature",
    ),
    (|key, _| key.binding.flags = 1, IS_ACCEPTED),
    (
        |key, _| key.binding.flags = 2,
        "unknown flags of a signature",
    ),
    (|key, len| key.binding.hashed.offset = len, NOT_HASHED),
    (|key, _| hash(&mut key.binding, 7), NOT_HASHED),
    (
        |key, _| hash(&mut key.binding, 8),
        "wrong length of the hashed part",
    ),
    (
        |key, _| {
            let len = key.binding.hashed.len;
            hash(&mut key.binding, len + 1);
        },
        "wrong length of the hashed part",
    ),
    (|key, _| key.binding.trailer[5] ^= 1, "wrong trailer"),
];

/// Changes of a subkey that signs.
const OF_SUBKEY: [Change<PgpKey>; 7] = [
    (|key, _| key.count = 1, OTHER_KEY),
    (|key, _| key.primary_index = 2, "wrong primary key"),
    (
        |key, _| key.flags ^= UMD_PGP_KEY_BACK,
        "a key may sign without a binding",
    ),
    (
        |key, _| key.flags ^= UMD_PGP_KEY_BOUND,
        "unexpected back signature",
    ),
    (|key, len| key.primary.offset = len, NOT_IN_REQUEST),
    (|key, _| key.back = key.binding, "no back signature"),
    (
        |key, _| key.back.version = 6,
        "a back signature of another version",
    ),
];

/// Changes of a signature of version 4.
const OF_VERSION_4: [Change<PgpSignatureReply>; 2] = [
    (
        |reply, _| reply.signature.version = 5,
        "unknown version of a signature",
    ),
    (
        |reply, _| {
            let signature = &mut reply.signature;
            signature.version = 6;
            signature.trailer[0] = 6;
            signature.issuer_len = 0;
            // The length of the salt with SHA-256, SHA-384 or SHA-512.
            signature.salt_len = 8 * (signature.hash - 6);
        },
        OTHER_SIGNATURE,
    ),
];

/// Changes of a signature of version 6 with SHA-512.
const OF_VERSION_6: [Change<PgpSignatureReply>; 10] = [
    (|reply, _| salt(reply, 8, 17), WRONG_SALT),
    (|reply, _| salt(reply, 8, 16), OTHER_SIGNATURE),
    (|reply, _| salt(reply, 9, 25), WRONG_SALT),
    (|reply, _| salt(reply, 9, 24), OTHER_SIGNATURE),
    (|reply, _| salt(reply, 10, 31), WRONG_SALT),
    (|reply, _| salt(reply, 11, 33), WRONG_SALT),
    (|reply, _| salt(reply, 11, 32), OTHER_SIGNATURE),
    (|reply, _| reply.count = 0, "another signature than asked"),
    (
        |reply, len| reply.count = len + 1,
        "another signature than asked",
    ),
    (|reply, len| reply.count = len, IS_ACCEPTED),
];

fn range(offset: u32, len: u32) -> PgpRange {
    PgpRange { offset, len }
}

fn salt(reply: &mut PgpSignatureReply, hash: u8, len: u8) {
    reply.signature.hash = hash;
    reply.signature.salt_len = len;
}

/// Sets the number of hashed bytes, in the trailer too.
fn hash(signature: &mut PgpSignature, len: u32) {
    signature.hashed.len = len;
    signature.trailer[2..6].copy_from_slice(&len.to_be_bytes());
}

/// Applies `changes` to the handler's reply to one of the seeds, which is a
/// `T`.
fn of_seed<T: FromBytes + IntoBytes + Immutable>(
    rules: &mut Vec<Rule>,
    seed: &str,
    changes: &[Change<T>],
) -> Result<()> {
    let said = samples::of_seed(seed)?;
    for (change, verdict) in changes {
        let reply = T::read_from_bytes(&said.reply).ok();
        let mut reply = reply.context("another kind of reply")?;
        change(&mut reply, u32::try_from(said.data.len())?);
        let mut lie = said.clone();
        lie.reply = reply.as_bytes().to_vec();
        rules.push((lie, *verdict));
    }
    Ok(())
}

/// Adds a primary key with the binding of a subkey, and the reverse.
fn of_another(rules: &mut Vec<Rule>) -> Result<()> {
    let said = ["key-nistp256", "subkey-nistp256"].map(samples::of_seed);
    let [primary, subkey] = said;
    let [primary, subkey] = [primary?, subkey?];
    let binding = |said: &Reply| key(&said.reply).map(|key| key.binding);
    let bindings = [binding(&primary)?, binding(&subkey)?];
    for (mut said, binding, verdict) in [
        (primary, bindings[1], "no self-signature"),
        (subkey, bindings[0], "no binding signature"),
    ] {
        let mut key = key(&said.reply)?;
        key.binding = binding;
        said.reply = key.as_bytes().to_vec();
        rules.push((said, verdict));
    }
    Ok(())
}

/// Adds self-signatures of other types. Some of these certify a user id, which
/// is not enough for a key of version 6.
fn of_types(rules: &mut Vec<Rule>) -> Result<()> {
    const NONE: &str = "no self-signature";
    for (seed, kind, verdict) in [
        ("key-nistp256", 0x0f, NONE),
        ("key-nistp256", 0x10, IS_ACCEPTED),
        ("key-nistp256", 0x13, IS_ACCEPTED),
        ("key-nistp256", 0x14, NONE),
        ("key-version-6", 0x13, NONE),
        ("key-version-6", 0x1f, IS_ACCEPTED),
    ] {
        let mut said = samples::of_seed(seed)?;
        let mut key = key(&said.reply)?;
        key.binding.kind = kind;
        said.data[key.binding.hashed.offset as usize + 1] = kind;
        said.reply = key.as_bytes().to_vec();
        rules.push((said, verdict));
    }
    Ok(())
}

fn key(reply: &[u8]) -> Result<PgpKey> {
    PgpKey::read_from_bytes(reply).ok().context("no key")
}

/// Adds a key without certification that the handler has not parsed: the reply
/// is that for a well-formed key, modified by `change`.
fn bare(
    rules: &mut Vec<Rule>,
    (version, algorithm, values): (u8, u8, &[u8]),
    change: impl FnOnce(&mut PgpKey),
    verdict: &'static str,
) -> Result<()> {
    let right = [number(&[0x5a; 2])?, number(&[3])?].concat();
    let said = samples::of_key(verdict, &certificate(version, RSA, &right)?)?;
    let data = certificate(version, algorithm, values)?;
    let mut key = key(&said.reply)?;
    key.algorithm = algorithm;
    key.subject = range(6, u32::try_from(data.len() - 6)?);
    change(&mut key);
    key.primary = key.subject;
    rules.push((
        Reply {
            data,
            reply: key.as_bytes().to_vec(),
            ..said
        },
        verdict,
    ));
    Ok(())
}

fn of_bodies(rules: &mut Vec<Rule>) -> Result<()> {
    let values = [number(&[0x5a; 2])?, number(&[3])?].concat();
    let rsa = (4, RSA, &values[..]);
    bare(rules, rsa, |_| (), IS_ACCEPTED)?;
    let other = "another RSA key than in the request";
    for algorithm in [1, 3] {
        let rsa = (4, algorithm, &values[..]);
        bare(rules, rsa, |key| key.material[4] ^= 1, other)?;
    }
    bare(
        rules,
        rsa,
        |key| {
            key.version = 6;
            key.fingerprint_len = 32;
            key.key_id.copy_from_slice(&key.fingerprint[..8]);
        },
        "another key than in the request",
    )?;
    bare(rules, rsa, |key| key.subject.len = 5, NOT_IN_REQUEST)?;
    bare(rules, rsa, |key| key.subject.len = 6, NO_RSA)?;
    bare(rules, rsa, |key| key.subject.len = 7, NO_RSA)?;
    bare(rules, rsa, |key| key.subject.len -= 1, NO_RSA)?;
    let sixth = (6, RSA, &values[..]);
    let no_material = "a key without material";
    bare(rules, sixth, |key| key.subject.len = 9, no_material)?;
    bare(rules, sixth, |key| key.subject.len = 10, NO_RSA)?;
    // 65,535 is the largest length that is hashed as two bytes.
    let long = vec![0; 65_536];
    let long = (4, RSA, &long[..]);
    bare(rules, long, |key| key.subject.len = 65_535, NO_RSA)?;
    bare(rules, long, |key| key.subject.len = 65_536, NOT_IN_REQUEST)
}

fn of_numbers(rules: &mut Vec<Rule>) -> Result<()> {
    let zeros = [&[0, 24, 0, 0x5a, 0x5a][..], &number(&[3])?].concat();
    bare(rules, (4, RSA, &zeros), |_| (), IS_ACCEPTED)?;
    for values in [
        // No modulus, then a modulus of zero.
        &[0, 0, 0, 2, 3][..],
        &[0, 8, 0, 0, 2, 3],
        // More than two numbers.
        &[0, 15, 0x5a, 0x5a, 0, 2, 3, 0],
    ] {
        bare(rules, (4, RSA, values), |_| (), NO_RSA)?;
    }
    Ok(())
}

/// Adds keys that are claimed to be of P-256.
fn of_points(rules: &mut Vec<Rule>) -> Result<()> {
    let point = [&[4][..], &[0xa5; 64]].concat();
    let as_p256 = |key: &mut PgpKey, point: &[u8]| {
        key.curve = UMD_PGP_CURVE_P256;
        key.bits = 256;
        key.material_len = u32::try_from(point.len()).expect("a short point");
        key.material[..point.len()].copy_from_slice(point);
    };
    let mut other = P256;
    other[7] = 6;
    let longer = [&P256[..], &[1]].concat();
    for (name, point, verdict) in [
        (&P256[..], &point[..], IS_ACCEPTED),
        (&other, &point, OTHER_CURVE),
        (&longer, &point, OTHER_CURVE),
        (&P256, &point[..33], OTHER_POINT),
    ] {
        let values = curve_point(name, point)?;
        bare(
            rules,
            (4, ECDSA, &values),
            |key| as_p256(key, point),
            verdict,
        )?;
    }
    let values = curve_point(&P256, &point)?;
    for len in [6, 7, 8, 14] {
        let cut = |key: &mut PgpKey| {
            as_p256(key, &point);
            key.subject.len = len;
        };
        bare(rules, (4, ECDSA, &values), cut, OTHER_CURVE)?;
    }
    // The kernel ignores the curve of an algorithm that it does not implement.
    let none = |key: &mut PgpKey| key.curve = UMD_PGP_CURVE_P256;
    bare(rules, (4, 22, &[]), none, IS_ACCEPTED)
}

/// A piece of a content: its fields, the number of bytes that follow, the
/// requested offset, and the length of the text.
struct Piece {
    total: u32,
    kind: u32,
    len: u32,
    bytes: usize,
    index: u32,
    data: usize,
}

const PIECE: Piece = Piece {
    total: 100,
    kind: UMD_PGP_ARMOR_SIGNATURE,
    len: 100,
    bytes: 100,
    index: 0,
    data: 50,
};

fn of_pieces(rules: &mut Vec<Rule>) {
    let wrong_content = "wrong length of a content";
    let wrong_piece = "wrong length of a piece";
    #[rustfmt::skip]
    let pieces = [
        (PIECE, IS_ACCEPTED),
        (Piece { data: 49, ..PIECE }, wrong_content),
        (Piece { index: 100, len: 0, bytes: 0, ..PIECE }, IS_ACCEPTED),
        (Piece { index: 101, ..PIECE }, wrong_content),
        (Piece { len: 99, bytes: 99, ..PIECE }, wrong_piece),
        (Piece { bytes: 99, ..PIECE }, wrong_piece),
        (Piece { kind: 3, ..PIECE }, "unknown kind of a content"),
        (Piece { total: 16_385, len: 16_384, bytes: 16_384, data: 9_000, ..PIECE }, IS_ACCEPTED),
        (Piece { total: 16_385, len: 16_385, bytes: 16_385, data: 9_000, ..PIECE }, wrong_piece),
    ];
    for (piece, verdict) in pieces {
        let head = [piece.total, piece.kind, piece.len, 0];
        let said = Reply {
            name: format!("a piece of {} bytes", piece.len),
            op: UMD_OP_PGP_DEARMOR,
            index: piece.index,
            data: vec![b'x'; piece.data],
            reply: [head.as_bytes(), &vec![0; piece.bytes]].concat(),
        };
        rules.push((said, verdict));
    }
}

/// Returns all rules.
pub(super) fn all() -> Result<Vec<Rule>> {
    let mut rules = Vec::new();
    of_seed(&mut rules, "key-nistp256", &OF_PRIMARY)?;
    of_seed(&mut rules, "subkey-nistp256", &OF_SUBKEY)?;
    of_seed(&mut rules, "signature-nistp256", &OF_VERSION_4)?;
    of_seed(&mut rules, "signature-version-6", &OF_VERSION_6)?;
    of_seed(
        &mut rules,
        "key-version-6",
        &[(
            |key: &mut PgpKey, _| key.user_id_len = 1,
            "a user id that is not signed",
        )],
    )?;
    of_another(&mut rules)?;
    of_types(&mut rules)?;
    of_bodies(&mut rules)?;
    of_numbers(&mut rules)?;
    of_points(&mut rules)?;
    of_pieces(&mut rules);
    Ok(rules)
}
