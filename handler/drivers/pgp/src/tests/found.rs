// SPDX-License-Identifier: MIT OR Apache-2.0

//! Packets as others have found them in real rings, each between two good
//! ones, which stay as they are.

use super::*;

/// Asserts the verdict on a packet between others.
#[track_caller]
fn assert_verdict(tag: u32, body: &[u8], expected: u32) -> PgpItem {
    let good = signature_body(&created(5), &[]);
    let request = [
        packet(6, &ed25519()),
        packet(2, &good),
        packet(tag, body),
        packet(2, &good),
        packet(14, &ed25519()),
    ]
    .concat();
    let items = items(&request).unwrap();
    let key = one(6, &ed25519());
    assert_eq!((items[0], items[4]), (key, key));
    let signature = one(2, &good);
    assert_eq!((items[1], items[3]), (signature, signature));
    assert_eq!(items[2].verdict, expected);
    items[2]
}

#[test]
fn a_subpacket_may_lead_behind_the_unhashed_area() {
    let mut unhashed = subpacket(16, &[1; 8]);
    unhashed[0] = 25;
    let body = signature_body(&created(5), &unhashed);
    assert_verdict(2, &body, UMD_PGP_MALFORMED);
}

#[test]
fn a_time_may_be_unhashed_only() {
    let body = signature_body(&subpacket(27, &[3]), &created(5));
    assert_verdict(2, &body, UMD_PGP_MALFORMED);
}

#[test]
fn a_signature_may_be_cut() {
    let body = signature_body(&created(5), &[]);
    for len in [0, 3, 20, body.len() - 1] {
        assert_verdict(2, &body[..len], UMD_PGP_MALFORMED);
    }
}

#[test]
fn a_lifetime_may_have_five_bytes() {
    for kind in [3, 9] {
        let odd = subpacket(kind, &[0; 5]);
        let body = signature_body(&[created(5), odd.clone()].concat(), &[]);
        assert_verdict(2, &body, UMD_PGP_MALFORMED);
        let body = signature_body(&created(5), &odd);
        assert_verdict(2, &body, UMD_PGP_PARSED);
    }
}

#[test]
fn numbers_may_have_a_leading_zero() {
    let values = [&[0, 16, 0, 0x91][..], &integer(&[3])].concat();
    let body = Made {
        algorithm: 19,
        hashed: &created(5),
        values: &values,
        ..MADE_BY_HAND
    }
    .body();
    let item = assert_verdict(2, &body, UMD_PGP_PARSED);
    assert_eq!(super::values(&body, &item), [[0x91], [3]]);
    // In an embedded signature, which nobody has asked for, anything goes.
    let body = signature_body(&[created(5), subpacket(32, &body[..20])].concat(), &[]);
    assert_verdict(2, &body, UMD_PGP_PARSED);
}

#[test]
fn a_key_that_encrypts_may_state_a_wrong_number_of_bits() {
    let point = [&[1, 8, 0x40][..], &[7; 32]].concat();
    let oid = b"\x0a\x2b\x06\x01\x04\x01\x97\x55\x01\x05\x01";
    let values = [oid, &point[..], &[3, 1, 8, 7]].concat();
    let item = assert_verdict(14, &key_body(4, 18, &values), UMD_PGP_PARSED);
    assert_eq!((item.algorithm, item.curve), (18, UMD_PGP_CURVE_X25519));
}

#[test]
fn a_point_may_be_compressed() {
    let point = integer(&[&[2][..], &[7; 32]].concat());
    let oid = b"\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
    let body = key_body(4, 19, &[oid, &point[..]].concat());
    let item = assert_verdict(14, &body, UMD_PGP_PARSED);
    assert_eq!(item.values, [PgpRange::default(); 2]);
    assert_eq!(item.curve, UMD_PGP_CURVE_P256);
}

#[test]
fn an_algorithm_may_be_unknown() {
    let body = Made {
        algorithm: 99,
        hashed: &created(5),
        values: b"whatever",
        ..MADE_BY_HAND
    }
    .body();
    let item = assert_verdict(2, &body, UMD_PGP_PARSED);
    assert_eq!((item.algorithm, item.values[0].len), (99, 0));
}

#[test]
fn a_signature_of_fixed_length_may_be_short() {
    let body = Made {
        hashed: &created(5),
        values: &[0x77; 63],
        ..MADE_BY_HAND
    }
    .body();
    assert_verdict(2, &body, UMD_PGP_MALFORMED);
}

#[test]
fn old_keys_and_signatures_are_among_others() {
    let key = [3, 0, 0, 0, 5, 0, 0, 1, 0, 8, 0x91, 0, 2, 3];
    assert_verdict(6, &key, UMD_PGP_UNSUPPORTED);
    assert_verdict(2, &[2, 5, 0, 0, 0, 0, 5], UMD_PGP_UNSUPPORTED);
    let signature = [
        &[
            3, 5, 0x10, 0, 0, 0, 5, 1, 2, 3, 4, 5, 6, 7, 8, 17, 2, 0x12, 0x34,
        ][..],
        &integer(&[9; 20]),
        &integer(&[7; 20]),
    ]
    .concat();
    let item = assert_verdict(2, &signature, UMD_PGP_PARSED);
    assert_eq!((item.version, item.algorithm, item.hash), (3, 17, 2));
}
