// SPDX-License-Identifier: MIT OR Apache-2.0

//! Key packets.

use super::*;

const P256: &[u8] = b"\x2a\x86\x48\xce\x3d\x03\x01\x07";
const P384: &[u8] = b"\x2b\x81\x04\x00\x22";
const P521: &[u8] = b"\x2b\x81\x04\x00\x23";
const ED25519: &[u8] = b"\x2b\x06\x01\x04\x01\xda\x47\x0f\x01";
const X25519: &[u8] = b"\x2b\x06\x01\x04\x01\x97\x55\x01\x05\x01";
const BRAINPOOL_P256: &[u8] = b"\x2b\x24\x03\x03\x02\x08\x01\x01\x07";
const BRAINPOOL_P384: &[u8] = b"\x2b\x24\x03\x03\x02\x08\x01\x01\x0b";
const BRAINPOOL_P512: &[u8] = b"\x2b\x24\x03\x03\x02\x08\x01\x01\x0d";

/// Returns the item for a key, and its values. Primary keys and subkeys are the
/// same.
fn key(version: u8, algorithm: u8, values: &[u8]) -> (PgpItem, [Vec<u8>; 2]) {
    let body = key_body(version, algorithm, values);
    let item = one(6, &body);
    assert_eq!(item, one(14, &body));
    let values = super::values(&body, &item).map(<[u8]>::to_vec);
    (item, values)
}

fn verdict(version: u8, algorithm: u8, values: &[u8]) -> u32 {
    key(version, algorithm, values).0.verdict
}

fn point(oid: &[u8], first: u8, len: usize) -> Vec<u8> {
    let point = [&[first][..], &vec![7; len]].concat();
    let len = u8::try_from(oid.len()).unwrap();
    [&[len], oid, &integer(&point)].concat()
}

#[test]
fn a_key_has_these_fields_and_no_others() {
    for version in [4, 6] {
        let (item, _) = key(version, 27, &[1; 32]);
        let offset = if version == 6 { 10 } else { 6 };
        let expected = PgpItem {
            created: MADE,
            version,
            algorithm: 27,
            curve: UMD_PGP_CURVE_ED25519,
            values: [PgpRange { offset, len: 32 }, PgpRange::default()],
            ..PgpItem::default()
        };
        assert_eq!(item, expected);
    }
}

#[test]
fn other_versions_are_not_supported() {
    for version in 0..=255 {
        let expected = match version {
            4 | 6 => UMD_PGP_PARSED,
            _ => UMD_PGP_UNSUPPORTED,
        };
        assert_eq!(verdict(version, 27, &[1; 32]), expected, "{version}");
        if expected == UMD_PGP_UNSUPPORTED {
            assert_eq!(one(6, &[version]).verdict, expected, "{version}");
        }
    }
}

#[test]
fn a_key_packet_is_whole() {
    for version in [4, 6] {
        for (algorithm, values) in [
            (1, [integer(&[9; 256]), integer(&[1, 0, 1])].concat()),
            (19, point(P256, 4, 64)),
            (22, point(ED25519, 0x40, 32)),
            (27, vec![1; 32]),
            (28, vec![1; 57]),
        ] {
            let has_any_values = (version, algorithm) == (6, 22);
            let whole = key_body(version, algorithm, &values);
            assert_eq!(one(6, &whole).verdict, UMD_PGP_PARSED);
            for len in 0..whole.len() {
                let item = one(6, &whole[..len]);
                assert_eq!(item.verdict, UMD_PGP_MALFORMED, "{algorithm} {len}");
                if len >= whole.len() - values.len() && !has_any_values {
                    // With a length that is true.
                    let len = len + values.len() - whole.len();
                    let verdict = verdict(version, algorithm, &values[..len]);
                    assert_eq!(verdict, UMD_PGP_MALFORMED, "{algorithm} {len}");
                }
            }
            let behind = [&values[..], &[0]].concat();
            let verdict = verdict(version, algorithm, &behind);
            assert_eq!(verdict == UMD_PGP_PARSED, has_any_values, "{algorithm}");
        }
    }
}

#[test]
fn lengths_of_version_6_are_true() {
    for (algorithm, values) in [(27, vec![1; 32]), (99, vec![1; 9]), (25, vec![1; 32])] {
        let body = key_body(6, algorithm, &values);
        let len = u32::try_from(values.len()).unwrap();
        for said in [0, len - 1, len + 1, 0x100 + len, u32::MAX] {
            let mut body = body.clone();
            body[6..10].copy_from_slice(&said.to_be_bytes());
            assert_eq!(one(6, &body).verdict, UMD_PGP_MALFORMED, "{said}");
        }
    }
    // The fingerprint of version 4 hashes the length as two bytes.
    for (version, len, expected) in [
        (4, 65_529, UMD_PGP_PARSED),
        (4, 65_530, UMD_PGP_MALFORMED),
        (6, 65_526, UMD_PGP_PARSED),
    ] {
        assert_eq!(verdict(version, 99, &vec![0; len]), expected, "{len}");
    }
}

#[test]
fn rsa_has_two_numbers() {
    for version in [4, 6] {
        for algorithm in 1..=3 {
            for modulus in [&[0x91, 1][..], &[0x7f; 100], &[0x80; 512], &[0xff; 4000]] {
                let both = [integer(modulus), integer(&[1, 0, 1])].concat();
                let (item, values) = key(version, algorithm, &both);
                assert_eq!((item.verdict, item.curve), (0, 0));
                assert_eq!(values, [modulus, &[1, 0, 1]]);
            }
        }
        for zero in [
            [integer(&[]), integer(&[3])].concat(),
            [integer(&[3]), integer(&[])].concat(),
        ] {
            assert_eq!(verdict(version, 1, &zero), UMD_PGP_MALFORMED);
        }
    }
    let zero = [&[0, 8, 0][..], &integer(&[3])].concat();
    assert_eq!(verdict(4, 1, &zero), UMD_PGP_MALFORMED);
}

#[test]
fn leading_zeros_are_taken_in_version_4() {
    for (padded, zero_bytes) in [
        (&[0, 24, 0, 0x91, 1][..], true),
        (&[0, 20, 0, 0x91, 1], true),
        (&[0, 40, 0, 0, 0, 0x91, 1], true),
        (&[0, 16, 0x11, 1], false),
        (&[0, 14, 0x11, 1], false),
    ] {
        let both = [padded, &integer(&[3])].concat();
        let (item, values) = key(4, 1, &both);
        assert_eq!(item.verdict, UMD_PGP_PARSED, "{padded:x?}");
        let first = if zero_bytes { 0x91 } else { 0x11 };
        assert_eq!(values, [&[first, 1][..], &[3]]);
        assert_eq!(verdict(6, 1, &both), UMD_PGP_MALFORMED, "{padded:x?}");
        let both = [&integer(&[3]), padded].concat();
        assert_eq!(key(4, 1, &both).1, [&[3][..], &[first, 1]]);
        assert_eq!(verdict(6, 1, &both), UMD_PGP_MALFORMED, "{padded:x?}");
    }
    // The number has more bits than it states.
    for version in [4, 6] {
        let narrow = [&[0, 15, 0x91, 1][..], &integer(&[3])].concat();
        assert_eq!(verdict(version, 1, &narrow), UMD_PGP_MALFORMED);
    }
}

#[test]
fn points_are_as_they_are_with_the_name_of_the_curve() {
    for version in [4, 6] {
        for (oid, size, curve) in [
            (P256, 32, UMD_PGP_CURVE_P256),
            (P384, 48, UMD_PGP_CURVE_P384),
            (P521, 66, UMD_PGP_CURVE_P521),
            (BRAINPOOL_P256, 32, UMD_PGP_CURVE_BRAINPOOL_P256),
            (BRAINPOOL_P384, 48, UMD_PGP_CURVE_BRAINPOOL_P384),
            (BRAINPOOL_P512, 64, UMD_PGP_CURVE_BRAINPOOL_P512),
        ] {
            let (item, values) = key(version, 19, &point(oid, 4, 2 * size));
            assert_eq!((item.verdict, item.curve), (UMD_PGP_PARSED, curve));
            let expected = [&[4][..], &vec![7; 2 * size]].concat();
            assert_eq!(values, [&expected, oid]);
            // Compressed, hybrid, of another length, in another form.
            for (first, len) in [
                (2, size),
                (3, size),
                (6, 2 * size),
                (4, 2 * size - 1),
                (4, 2 * size + 1),
                (4, 0),
                (0x40, 2 * size),
            ] {
                let (item, values) = key(version, 19, &point(oid, first, len));
                assert_eq!((item.verdict, item.curve), (UMD_PGP_PARSED, curve));
                assert_eq!(values, [&[][..], &[]], "{first} {len}");
            }
        }
    }
    let (item, values) = key(4, 22, &point(ED25519, 0x40, 32));
    assert_eq!((item.verdict, item.curve), (0, UMD_PGP_CURVE_ED25519));
    assert_eq!(values, [&[&[0x40][..], &[7; 32]].concat(), ED25519]);
    for (first, len) in [(4, 32), (0x40, 31), (0x40, 33), (0x40, 64), (7, 31)] {
        let (item, values) = key(4, 22, &point(ED25519, first, len));
        assert_eq!((item.verdict, item.curve), (0, UMD_PGP_CURVE_ED25519));
        assert_eq!(values, [&[][..], &[]], "{first} {len}");
    }
    // The legacy form does not exist in version 6.
    let (item, values) = key(6, 22, &point(ED25519, 0x40, 32));
    assert_eq!((item.verdict, item.curve), (0, UMD_PGP_CURVE_NONE));
    assert_eq!(values, [&[][..], &[]]);
}

#[test]
fn algorithms_and_curves_belong_together() {
    for (algorithm, values, curve) in [
        (19, point(ED25519, 0x40, 32), UMD_PGP_CURVE_ED25519),
        (19, point(ED25519, 4, 64), UMD_PGP_CURVE_ED25519),
        (19, point(X25519, 4, 64), UMD_PGP_CURVE_X25519),
        (22, point(P256, 4, 64), UMD_PGP_CURVE_P256),
        (22, point(P256, 0x40, 32), UMD_PGP_CURVE_P256),
        (22, point(X25519, 0x40, 32), UMD_PGP_CURVE_X25519),
        // A curve without a number, and the start of an identifier.
        (19, point(&[1, 2], 4, 64), UMD_PGP_CURVE_NONE),
        (19, point(&P256[..7], 4, 64), UMD_PGP_CURVE_NONE),
        (22, point(&[1, 2], 0x40, 32), UMD_PGP_CURVE_NONE),
    ] {
        let (item, found) = key(4, algorithm, &values);
        assert_eq!((item.verdict, item.curve), (UMD_PGP_PARSED, curve));
        assert_eq!(found, [&[][..], &[]], "{algorithm} {values:x?}");
    }
    for algorithm in [19, 22] {
        for len in [0, 255] {
            let values = [&[len][..], &vec![1; len.into()], &integer(&[4; 65])].concat();
            assert_eq!(verdict(4, algorithm, &values), UMD_PGP_MALFORMED, "{len}");
        }
    }
}

#[test]
fn keys_of_fixed_length_are_as_they_are() {
    for (algorithm, len, curve, signs) in [
        (25, 32, UMD_PGP_CURVE_X25519, false),
        (26, 56, UMD_PGP_CURVE_X448, false),
        (27, 32, UMD_PGP_CURVE_ED25519, true),
        (28, 57, UMD_PGP_CURVE_ED448, true),
    ] {
        for version in [4, 6] {
            let (item, values) = key(version, algorithm, &vec![9; len]);
            assert_eq!((item.verdict, item.curve), (UMD_PGP_PARSED, curve));
            assert_eq!(values, [&vec![9; len][..], &[]]);
            for len in [0, len - 1, len + 1] {
                let (item, values) = key(version, algorithm, &vec![9; len]);
                assert_eq!(
                    item.verdict == UMD_PGP_MALFORMED,
                    signs,
                    "{algorithm} {len}"
                );
                assert_eq!(values, [&[][..], &[]]);
            }
        }
    }
}

#[test]
fn keys_that_cannot_sign_are_never_malformed() {
    let p256 = point(P256, 4, 64);
    let with_hash = [&p256[..], &[3, 1, 8, 7]].concat();
    for version in [4, 6] {
        for (values, curve) in [
            (&with_hash[..], UMD_PGP_CURVE_P256),
            (&with_hash[..9], UMD_PGP_CURVE_P256),
            (&with_hash[..8], UMD_PGP_CURVE_NONE),
            (&p256, UMD_PGP_CURVE_P256),
            (&[1, 9, 0, 1, 0xff], UMD_PGP_CURVE_NONE),
            (&[], UMD_PGP_CURVE_NONE),
            (&[0, 1], UMD_PGP_CURVE_NONE),
            (&[255, 1], UMD_PGP_CURVE_NONE),
        ] {
            let (item, found) = key(version, 18, values);
            assert_eq!((item.verdict, item.curve), (UMD_PGP_PARSED, curve));
            assert_eq!(found, [&[][..], &[]]);
        }
        for malformed in [&[][..], &[0], &[0, 1, 1], &[0, 1, 1, 0, 1, 1, 9]] {
            let (item, values) = key(version, 2, malformed);
            assert_eq!(item.verdict, UMD_PGP_PARSED);
            assert_eq!(values, [&[][..], &[]]);
        }
    }
}

#[test]
fn other_algorithms_have_no_values() {
    for version in [4, 6] {
        for algorithm in [0, 4, 16, 17, 20, 21, 23, 24, 29, 99, 110, 255] {
            for values in [&[][..], &[1, 2, 3]] {
                let (item, _) = key(version, algorithm, values);
                let expected = PgpItem {
                    created: MADE,
                    version,
                    algorithm,
                    ..PgpItem::default()
                };
                assert_eq!(item, expected);
            }
        }
    }
}
