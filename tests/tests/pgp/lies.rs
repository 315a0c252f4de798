// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the Manager believes of the handler's replies: all that is true, and
//! of what the request shows nothing else.

use crate::made::{has, made};
use std::mem::offset_of;
use std::ops::Range;
use umd_abi::*;
use umd_fuzz::pgp::check;
use umd_tests::openpgp::believed::{Checks, Said};
use umd_tests::openpgp::keys;
use zerocopy::IntoBytes;

/// The bytes of a field.
macro_rules! field {
    ($struct:ty, $($field:ident).+, $len:expr) => {{
        let start = offset_of!($struct, $($field).+);
        start..start + $len
    }};
}

/// What the handler says of the first thing in `data`.
fn said(op: u16, data: &[u8]) -> Said<'_> {
    let request = PgpRequest { index: 0, part: 0 };
    Said {
        op,
        index: request.index,
        data,
        reply: check(op, request, data).unwrap(),
    }
}

/// The same with each bit of `fields` flipped by turns.
fn lies<'a>(said: &Said<'a>, fields: &[Range<usize>]) -> Vec<(usize, Said<'a>)> {
    let mut lies = Vec::new();
    for at in fields.iter().cloned().flatten() {
        for bit in 0..8 {
            let mut lie = said.clone();
            lie.reply[at] ^= 1 << bit;
            lies.push((at, lie));
        }
    }
    lies
}

/// Expects that `said` is believed, and none of the lies.
#[track_caller]
fn assert_noticed(checks: &Checks, said: &Said<'_>, fields: &[Range<usize>]) -> usize {
    let truth = checks.verdicts(std::slice::from_ref(said)).unwrap();
    assert_eq!(truth, [None]);
    let lies = lies(said, fields);
    let (places, lies): (Vec<_>, Vec<_>) = lies.into_iter().unzip();
    let verdicts = checks.verdicts(&lies).unwrap();
    let believed: Vec<_> = places
        .iter()
        .zip(&verdicts)
        .filter(|(_, verdict)| verdict.is_none())
        .map(|(place, _)| place)
        .collect();
    assert!(believed.is_empty(), "bytes of the reply: {believed:?}");
    verdicts.len()
}

/// The fields of a signature at `start` that the request shows.
fn of_signature(start: usize) -> Vec<Range<usize>> {
    let fields = [
        field!(PgpSignature, version, 4),
        field!(PgpSignature, hashed, 8),
        field!(PgpSignature, trailer_len, 4),
        field!(PgpSignature, reserved, 4),
        field!(PgpSignature, trailer, 6),
    ];
    let place = |range: Range<usize>| range.start + start..range.end + start;
    fields.map(place).to_vec()
}

/// The fields of a key that the request shows.
fn of_key(key: &PgpKey) -> Vec<Range<usize>> {
    let mut fields = vec![
        field!(PgpKey, index, 4),
        field!(PgpKey, created, 8),
        field!(PgpKey, version, 2),
        field!(PgpKey, fingerprint_len, 1),
        field!(PgpKey, key_id, 8),
        field!(PgpKey, subject.offset, 4),
    ];
    let is_for_the_kernel = matches!(key.algorithm, 1 | 3)
        || key.algorithm == 19
            && matches!(
                key.curve,
                UMD_PGP_CURVE_P256 | UMD_PGP_CURVE_P384 | UMD_PGP_CURVE_P521
            );
    if is_for_the_kernel {
        // Of others, it is the fingerprint that would be another.
        fields.push(field!(PgpKey, subject.len, 4));
        fields.push(field!(PgpKey, bits, 4));
        fields.push(field!(PgpKey, material_len, 4));
        fields.push(field!(PgpKey, material, key.material_len as usize));
    }
    if has(key, UMD_PGP_KEY_PRIMARY) {
        // Of a subkey it must be that of the primary key before it, which
        // pgp_ring_next() sees.
        fields.push(field!(PgpKey, primary_index, 4));
        fields.push(field!(PgpKey, primary, 8));
        fields.push(field!(PgpKey, certified, 8));
        fields.push(field!(PgpKey, user_id_len, 4));
        fields.push(field!(PgpKey, user_id, key.user_id_len as usize));
    }
    fields.extend(of_signature(offset_of!(PgpKey, binding)));
    if has(key, UMD_PGP_KEY_BACK) {
        fields.extend(of_signature(offset_of!(PgpKey, back)));
    }
    fields
}

pub(crate) fn each_lie_about_a_key_is_noticed() {
    let checks = Checks::compile().unwrap();
    let ring = &made().ring;
    let mut count = 0;
    for (index, key) in (0..).zip(keys(ring).unwrap()) {
        let said = Said {
            op: UMD_OP_PGP_KEY,
            index,
            data: ring,
            reply: key.as_bytes().to_vec(),
        };
        count += assert_noticed(&checks, &said, &of_key(&key));
    }
    println!("{count} lies about keys");
}

pub(crate) fn each_lie_about_a_signature_is_noticed() {
    let checks = Checks::compile().unwrap();
    let gpg = &made().gpg;
    let packets = gpg.run(&["--detach-sign"], b"a document").unwrap();
    let said = said(UMD_OP_PGP_SIGNATURE, &packets);
    let mut fields = of_signature(offset_of!(PgpSignatureReply, signature));
    fields.push(field!(PgpSignatureReply, index, 4));
    assert_noticed(&checks, &said, &fields);
}

pub(crate) fn each_lie_about_a_length_is_noticed() {
    let checks = Checks::compile().unwrap();
    let armored = made().gpg.run(&["--armor", "--export"], b"").unwrap();
    let said = said(UMD_OP_PGP_DEARMOR, &armored);
    let fields = [field!(PgpPiece, len, 4), field!(PgpPiece, reserved, 4)];
    assert_noticed(&checks, &said, &fields);
    let mut long = said.clone();
    let total = 2 * u32::try_from(armored.len()).unwrap() + 1;
    long.reply[..4].copy_from_slice(&total.to_ne_bytes());
    let verdict = checks.verdicts(&[long]).unwrap();
    assert_eq!(verdict, [Some("wrong length of a content".to_owned())]);
    let mut short = said.clone();
    short.reply.pop();
    assert!(checks.verdicts(&[short]).unwrap()[0].is_some());
}

/// A change of a key's reply, and what is said of it.
type Change = (fn(&mut PgpKey, &PgpKey), &'static str);

/// Of the first primary key; the other one is its subkey that signs.
const OF_PRIMARY: [Change; 12] = [
    (
        |key, _| key.binding.version = 5,
        "unknown version of a signature",
    ),
    (
        |key, _| key.binding.issuer_len = 21,
        "wrong length of an issuer",
    ),
    (|key, _| key.binding.salt_len = 1, "wrong length of a salt"),
    (|key, _| key.binding.value_len = 545, "signature too long"),
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
        "may sign without a binding",
    ),
    (|key, _| key.version = 5, "unknown version of a key"),
    (|key, _| key.user_id_len = 257, "user id too long"),
    (|key, _| key.material_len = 545, "key too long"),
    (
        |key, other| key.binding = other.binding,
        "no self-signature",
    ),
];

/// Of that subkey; the other one is the primary key.
const OF_SUBKEY: [Change; 4] = [
    (
        |key, _| key.flags ^= UMD_PGP_KEY_PRIMARY,
        "wrong primary key",
    ),
    (
        |key, _| key.flags ^= UMD_PGP_KEY_BACK,
        "may sign without a binding",
    ),
    (
        |key, other| key.binding = other.binding,
        "no binding signature",
    ),
    (|key, _| key.back = key.binding, "no back signature"),
];

pub(crate) fn what_does_not_fit_together_is_noticed() {
    let checks = Checks::compile().unwrap();
    let ring = &made().ring;
    let keys = keys(ring).unwrap();
    let (primary, subkey) = (&keys[0], &keys[1]);
    assert!(has(subkey, UMD_PGP_KEY_BACK));
    for (key, other, changes) in [
        (primary, subkey, &OF_PRIMARY[..]),
        (subkey, primary, &OF_SUBKEY),
    ] {
        for (change, expected) in changes {
            let mut changed = *key;
            change(&mut changed, other);
            let said = Said {
                op: UMD_OP_PGP_KEY,
                index: key.index,
                data: ring,
                reply: changed.as_bytes().to_vec(),
            };
            let verdict = checks.verdicts(&[said]).unwrap();
            assert_eq!(verdict, [Some((*expected).to_owned())]);
        }
    }
}
