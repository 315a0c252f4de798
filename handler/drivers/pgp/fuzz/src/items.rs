// SPDX-License-Identifier: MIT OR Apache-2.0

//! What must hold for the item of a packet, read from the packet in another
//! way.

use crate::bytes_in;
use umd_pgp::*;

/// Asserts that an item is well-formed, and shows what is in the packet.
///
/// # Panics
///
/// Panics if it is not.
pub(crate) fn check(item: &PgpItem, tag: u32, body: &[u8]) {
    let is_signature = tag == UMD_PGP_TAG_SIGNATURE;
    if item.verdict != UMD_PGP_PARSED {
        let alone = PgpItem {
            verdict: item.verdict,
            ..PgpItem::default()
        };
        assert_eq!(*item, alone);
        let is_known = match body {
            [] => true,
            [3, ..] => is_signature,
            [4, ..] => true,
            [6, _, _, hash, ..] if is_signature => salt_len(*hash).is_some(),
            [6, ..] => true,
            _ => false,
        };
        let expected = if is_known {
            UMD_PGP_MALFORMED
        } else {
            UMD_PGP_UNSUPPORTED
        };
        // A signature of version 6 may be cut off before its salt.
        let is_cut = is_signature && body.first() == Some(&6);
        assert!(item.verdict == expected || is_cut && item.verdict == UMD_PGP_MALFORMED);
        return;
    }
    assert_eq!(body[0], item.version);
    assert_eq!(item.flags & !UMD_PGP_ITEM_FLAGS, 0);
    match (is_signature, item.version) {
        (false, 4 | 6) => check_key(item, body),
        (true, 3) => check_version_3(item, body),
        (true, 4 | 6) => check_signature(item, body),
        _ => panic!("a version that is not supported"),
    }
}

fn number(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .fold(0, |number, byte| (number << 8) | u32::from(*byte))
}

fn check_key(item: &PgpItem, body: &[u8]) {
    let start = if item.version == 6 { 10 } else { 6 };
    if item.version == 6 {
        assert_eq!(number(&body[6..10]) as usize, body.len() - start);
    } else {
        assert!(body.len() <= 0xffff);
    }
    let of_keys = PgpItem {
        created: number(&body[1..5]),
        version: item.version,
        algorithm: body[5],
        curve: item.curve,
        values: item.values,
        ..PgpItem::default()
    };
    assert_eq!(*item, of_keys);
    let [first, second] = item.values.map(|range| bytes_in(body, range));
    let rest = &body[start..];
    if first.is_empty() {
        // A malformed key that signs has no item.
        assert!(second.is_empty());
        assert!(!matches!(item.algorithm, 1 | 3 | 27 | 28));
        return;
    }
    let oid_len = usize::from(rest[0]);
    match item.algorithm {
        1..=3 => check_numbers(item, rest, &[first, second]),
        19 | 22 => {
            assert_eq!((&rest[1..=oid_len], oid_len), (second, second.len()));
            check_numbers(item, &rest[1 + oid_len..], &[first]);
            let (form, len) = match item.curve {
                UMD_PGP_CURVE_P256 | UMD_PGP_CURVE_BRAINPOOL_P256 => (4, 65),
                UMD_PGP_CURVE_P384 | UMD_PGP_CURVE_BRAINPOOL_P384 => (4, 97),
                UMD_PGP_CURVE_P521 => (4, 133),
                UMD_PGP_CURVE_BRAINPOOL_P512 => (4, 129),
                UMD_PGP_CURVE_ED25519 => (0x40, 33),
                curve => panic!("a point of curve {curve}"),
            };
            assert_eq!((first[0], first.len()), (form, len));
            let is_legacy = item.algorithm == 22;
            assert_eq!(item.curve == UMD_PGP_CURVE_ED25519, is_legacy);
        }
        25..=28 => {
            let (curve, len) = match item.algorithm {
                25 => (UMD_PGP_CURVE_X25519, 32),
                26 => (UMD_PGP_CURVE_X448, 56),
                27 => (UMD_PGP_CURVE_ED25519, 32),
                _ => (UMD_PGP_CURVE_ED448, 57),
            };
            assert_eq!((item.curve, first.len()), (curve, len));
            assert_eq!((first, second), (rest, &[][..]));
        }
        algorithm => panic!("values of algorithm {algorithm}"),
    }
}

/// Asserts that `rest` consists of these numbers (section 3.2).
fn check_numbers(item: &PgpItem, mut rest: &[u8], numbers: &[&[u8]]) {
    for exact in numbers {
        let bits = number(&rest[..2]);
        let (padded, behind) = rest[2..].split_at(bits.div_ceil(8) as usize);
        let zeros = padded.len() - exact.len();
        assert!(padded.ends_with(exact));
        assert!(padded[..zeros].iter().all(|byte| *byte == 0));
        assert_ne!(exact.first(), Some(&0));
        let unused = exact.first().map_or(0, |byte| byte.leading_zeros());
        let len = u32::try_from(exact.len()).unwrap() * 8 - unused;
        assert!(len == bits || item.version != 6 && len < bits);
        rest = behind;
    }
    assert!(rest.is_empty());
}

fn check_version_3(item: &PgpItem, body: &[u8]) {
    let of_version_3 = PgpItem {
        created: number(&body[3..7]),
        version: 3,
        algorithm: body[15],
        kind: body[2],
        hash: body[16],
        hashed: PgpRange { offset: 2, len: 5 },
        left: PgpRange { offset: 17, len: 2 },
        values: item.values,
        issuer_key_id: body[7..15].try_into().unwrap(),
        ..PgpItem::default()
    };
    assert_eq!(*item, of_version_3);
    assert_eq!(body[1], 5);
    check_values(item, body, &body[19..]);
}

fn check_signature(item: &PgpItem, body: &[u8]) {
    assert_eq!(body[1..4], [item.kind, item.algorithm, item.hash]);
    assert_eq!(item.curve, 0);
    let count_size = if item.version == 6 { 4 } else { 2 };
    let hashed_at = 4 + count_size;
    let unhashed_count_at = hashed_at + number(&body[4..hashed_at]) as usize;
    let unhashed_at = unhashed_count_at + count_size;
    let left_at = unhashed_at + number(&body[unhashed_count_at..unhashed_at]) as usize;
    let place = |offset: usize, len: usize| PgpRange {
        offset: u32::try_from(offset).unwrap(),
        len: u32::try_from(len).unwrap(),
    };
    assert_eq!(item.hashed, place(0, unhashed_count_at));
    assert_eq!(item.left, place(left_at, 2));
    let mut values_at = left_at + 2;
    if item.version == 6 {
        let len = salt_len(item.hash).expect("a salt of unknown length");
        assert_eq!(body[values_at], len);
        assert_eq!(item.salt, place(values_at + 1, len.into()));
        values_at += 1 + usize::from(len);
    } else {
        assert_eq!(item.salt, PgpRange::default());
    }
    check_values(item, body, &body[values_at..]);
    let is_within = |range: PgpRange, start: usize, end: usize| {
        let at = range.offset as usize;
        range == PgpRange::default() || at >= start && at + range.len as usize <= end
    };
    assert!(
        is_within(item.embedded, hashed_at, unhashed_count_at)
            || is_within(item.embedded, unhashed_at, left_at)
    );
    assert!(is_within(item.revoker, hashed_at, unhashed_count_at));
    check_said(item, body);
}

/// Checks what subpackets say.
fn check_said(item: &PgpItem, body: &[u8]) {
    let has = |flag| item.flags & flag != 0;
    assert!(has(UMD_PGP_ITEM_KEY_FLAGS) || item.key_flags == 0);
    assert!(has(UMD_PGP_ITEM_KEY_EXPIRES) || item.key_expires_in == 0);
    assert!(has(UMD_PGP_ITEM_REASON) || item.reason == 0);
    let (len, key_id) = match item.version {
        4 => (20, &item.issuer[12..20]),
        _ => (32, &item.issuer[..8]),
    };
    let (issuer, padding) = item.issuer.split_at(item.issuer_len.into());
    assert!(padding.iter().all(|byte| *byte == 0));
    if !issuer.is_empty() {
        assert_eq!(
            (issuer.len(), item.issuer_key_id),
            (len, key_id.try_into().unwrap())
        );
        assert!(body.windows(len).any(|bytes| bytes == issuer));
    }
    let hashed = bytes_in(body, item.hashed);
    let created = [&[2][..], &item.created.to_be_bytes()].concat();
    let is_time = |bytes: &[u8]| bytes[0] & 0x7f == 2 && bytes[1..] == created[1..];
    assert!(hashed.windows(5).any(is_time));
    if item.revoker.len != 0 {
        assert_eq!(item.revoker.len, 20);
        let at = item.revoker.offset as usize;
        assert!(body[at - 3] & 0x7f == 12 && body[at - 2] >= 0x80);
    }
    if item.embedded.len != 0 {
        assert_eq!(body[item.embedded.offset as usize - 1] & 0x7f, 32);
    }
}

/// Checks the values of a signature, which are `rest`.
fn check_values(item: &PgpItem, body: &[u8], rest: &[u8]) {
    let [first, second] = item.values.map(|range| bytes_in(body, range));
    match item.algorithm {
        1 | 3 => {
            check_numbers(item, rest, &[first]);
            assert!(second.is_empty());
        }
        17 | 19 => check_numbers(item, rest, &[first, second]),
        22 if item.version != 6 => check_numbers(item, rest, &[first, second]),
        27 | 28 => {
            let len = if item.algorithm == 27 { 32 } else { 57 };
            assert_eq!((first.len(), second.len()), (len, len));
            assert_eq!([first, second].concat(), rest);
        }
        _ => assert!(first.is_empty() && second.is_empty()),
    }
}

/// Returns the length of the salt for a hash algorithm (section 9.5).
fn salt_len(hash: u8) -> Option<u8> {
    match hash {
        8 | 11 | 12 => Some(16),
        9 => Some(24),
        10 | 14 => Some(32),
        _ => None,
    }
}
