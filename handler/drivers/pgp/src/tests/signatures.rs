// SPDX-License-Identifier: MIT OR Apache-2.0

//! Signature packets.

use super::*;

/// Returns a signature of any version with these values.
fn body(version: u8, algorithm: u8, values: &[u8]) -> Vec<u8> {
    if version == 3 {
        let head = [3, 5, 0x10, 0, 0, 0, 5, 1, 2, 3, 4, 5, 6, 7, 8];
        return [&head[..], &[algorithm, 8, 0x12, 0x34], values].concat();
    }
    Made {
        version,
        algorithm,
        hashed: &created(5),
        unhashed: &subpacket(100, &[7; 9]),
        salt: if version == 6 { &[0x55; 16] } else { &[] },
        values,
        ..MADE_BY_HAND
    }
    .body()
}

/// Returns the verdict on a signature, and its values.
fn found(version: u8, algorithm: u8, values: &[u8]) -> (u32, [Vec<u8>; 2]) {
    let body = body(version, algorithm, values);
    let item = one(2, &body);
    let values = super::values(&body, &item).map(<[u8]>::to_vec);
    (item.verdict, values)
}

#[test]
fn version_4_has_these_fields_and_no_others() {
    let hashed = [created(77), subpacket(3, &[0, 0, 0, 9])].concat();
    let body = Made {
        kind: 0x13,
        hash: 10,
        hashed: &hashed,
        unhashed: &subpacket(16, b"a key id"),
        ..MADE_BY_HAND
    }
    .body();
    let expected = PgpItem {
        created: 77,
        expires_in: 9,
        version: 4,
        algorithm: 27,
        kind: 0x13,
        hash: 10,
        hashed: PgpRange { offset: 0, len: 18 },
        left: PgpRange { offset: 30, len: 2 },
        values: [32, 64].map(|offset| PgpRange { offset, len: 32 }),
        issuer_key_id: *b"a key id",
        ..PgpItem::default()
    };
    assert_eq!(one(2, &body), expected);
}

#[test]
fn version_6_has_a_salt() {
    let body = Made {
        version: 6,
        hash: 9,
        hashed: &created(77),
        salt: &[0x55; 24],
        ..MADE_BY_HAND
    }
    .body();
    let expected = PgpItem {
        created: 77,
        version: 6,
        algorithm: 27,
        hash: 9,
        hashed: PgpRange { offset: 0, len: 14 },
        left: PgpRange { offset: 18, len: 2 },
        salt: PgpRange {
            offset: 21,
            len: 24,
        },
        values: [45, 77].map(|offset| PgpRange { offset, len: 32 }),
        ..PgpItem::default()
    };
    assert_eq!(one(2, &body), expected);
}

#[test]
fn version_3_has_no_subpackets() {
    let body = body(3, 1, &integer(&[9; 256]));
    let expected = PgpItem {
        created: 5,
        version: 3,
        algorithm: 1,
        kind: 0x10,
        hash: 8,
        hashed: PgpRange { offset: 2, len: 5 },
        left: PgpRange { offset: 17, len: 2 },
        values: [
            PgpRange {
                offset: 21,
                len: 256,
            },
            PgpRange::default(),
        ],
        issuer_key_id: [1, 2, 3, 4, 5, 6, 7, 8],
        ..PgpItem::default()
    };
    assert_eq!(one(2, &body), expected);
    for len in [0, 4, 6, 255] {
        let mut body = body.clone();
        body[1] = len;
        assert_eq!(one(2, &body).verdict, UMD_PGP_MALFORMED, "{len}");
    }
}

#[test]
fn other_versions_are_not_supported() {
    let body = signature_body(&created(5), &[]);
    for version in [0, 1, 2, 5, 7, 0x84, 255] {
        let body = [&[version], &body[1..]].concat();
        assert_eq!(one(2, &body).verdict, UMD_PGP_UNSUPPORTED, "{version}");
        assert_eq!(one(2, &[version]).verdict, UMD_PGP_UNSUPPORTED);
    }
}

#[test]
fn a_signature_packet_is_whole() {
    let two = [integer(&[9; 32]), integer(&[9; 32])].concat();
    for version in [3, 4, 6] {
        for (algorithm, values) in [
            (1, &integer(&[9; 256])[..]),
            (17, &two),
            (19, &two),
            (22, &two),
            (27, &[1; 64]),
            (28, &[1; 114]),
        ] {
            let has_any_values = (version, algorithm) == (6, 22);
            let whole = body(version, algorithm, values);
            assert_eq!(one(2, &whole).verdict, UMD_PGP_PARSED);
            let ends = if has_any_values { values.len() } else { 0 };
            for len in 0..whole.len() - ends {
                let item = one(2, &whole[..len]);
                assert_eq!(item.verdict, UMD_PGP_MALFORMED, "{algorithm} {len}");
            }
            let behind = [&whole[..], &[0]].concat();
            let verdict = one(2, &behind).verdict;
            assert_eq!(verdict == UMD_PGP_PARSED, has_any_values, "{algorithm}");
        }
    }
}

#[test]
fn values_are_numbers_or_of_fixed_length() {
    let two = [integer(&[0x80]), integer(&[5, 6])].concat();
    let halves = |len| [vec![1; len], vec![2; len]];
    for version in [3, 4, 6] {
        for algorithm in [1, 3] {
            let answer = found(version, algorithm, &integer(&[9; 600]));
            assert_eq!(answer, (UMD_PGP_PARSED, [vec![9; 600], vec![]]));
        }
        for algorithm in [17, 19, 22] {
            let expected = if (version, algorithm) == (6, 22) {
                [vec![], vec![]]
            } else {
                [vec![0x80], vec![5, 6]]
            };
            let answer = found(version, algorithm, &two);
            assert_eq!(answer, (UMD_PGP_PARSED, expected), "{algorithm}");
        }
        for (algorithm, len) in [(27, 32), (28, 57)] {
            let both = halves(len);
            let answer = found(version, algorithm, &both.concat());
            assert_eq!(answer, (UMD_PGP_PARSED, both), "{algorithm}");
        }
        // Zero has no bytes.
        let zero = found(version, 19, &[0, 0, 0, 0]);
        assert_eq!(zero, (UMD_PGP_PARSED, [vec![], vec![]]));
        for algorithm in [0, 2, 16, 18, 20, 23, 25, 26, 29, 99, 255] {
            for values in [&[][..], &[1, 2, 3]] {
                let answer = found(version, algorithm, values);
                assert_eq!(answer, (UMD_PGP_PARSED, [vec![], vec![]]), "{algorithm}");
            }
        }
    }
}

#[test]
fn leading_zeros_are_taken_before_version_6() {
    for version in [3, 4, 6] {
        let expected = |values| match version {
            6 => (UMD_PGP_MALFORMED, [vec![], vec![]]),
            _ => (UMD_PGP_PARSED, values),
        };
        for (padded, exact) in [
            (&[0, 24, 0, 0x80, 1][..], &[0x80, 1][..]),
            (&[0, 9, 0, 0x80], &[0x80]),
            (&[0, 8, 0], &[]),
            (&[0, 8, 1], &[1]),
        ] {
            let answer = found(version, 1, padded);
            assert_eq!(answer, expected([exact.to_vec(), vec![]]), "{padded:x?}");
            let two = [&integer(&[5]), padded].concat();
            let answer = found(version, 19, &two);
            assert_eq!(answer, expected([vec![5], exact.to_vec()]), "{padded:x?}");
            let two = [padded, &integer(&[5])].concat();
            let answer = found(version, 19, &two);
            assert_eq!(answer, expected([exact.to_vec(), vec![5]]), "{padded:x?}");
        }
        let narrow = found(version, 1, &[0, 7, 0x80]);
        assert_eq!(narrow.0, UMD_PGP_MALFORMED);
    }
}

#[test]
fn salts_are_as_long_as_the_hash_has_it() {
    for hash in 0..=255 {
        let expected = match hash {
            8 | 11 | 12 => Some(16),
            9 => Some(24),
            10 | 14 => Some(32),
            _ => None,
        };
        for len in 0..=40 {
            let body = Made {
                version: 6,
                hash,
                hashed: &created(5),
                salt: &vec![0x55; len],
                ..MADE_BY_HAND
            }
            .body();
            let item = one(2, &body);
            let verdict = match expected {
                None => UMD_PGP_UNSUPPORTED,
                Some(expected) if expected == len => UMD_PGP_PARSED,
                Some(_) => UMD_PGP_MALFORMED,
            };
            assert_eq!(item.verdict, verdict, "{hash} {len}");
            if verdict == UMD_PGP_PARSED {
                assert_eq!(bytes_in(&body, item.salt), vec![0x55; len]);
            }
        }
        // In older versions, the hash may be any.
        let body = Made {
            hash,
            hashed: &created(5),
            ..MADE_BY_HAND
        }
        .body();
        assert_eq!(one(2, &body).hash, hash);
    }
}
