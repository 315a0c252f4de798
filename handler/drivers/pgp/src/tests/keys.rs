// SPDX-License-Identifier: MIT OR Apache-2.0

//! Key packets: their values, and the material for the kernel.

use super::*;

fn one(version: u8, algorithm: u8, values: &[u8]) -> Result<PgpKey, Status> {
    key(&packet(6, &key_body(version, algorithm, values)), 0)
}

fn rsa(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    [integer(modulus), integer(exponent)].concat()
}

fn material(key: &PgpKey) -> &[u8] {
    &key.material[..key.material_len as usize]
}

#[test]
fn rsa_is_der() {
    // A first bit that is set needs a zero byte; lengths of one, two and three
    // bytes.
    let cases: [(Vec<u8>, Vec<u8>); 4] = [
        (vec![0x81], vec![0x30, 7, 2, 2, 0, 0x81, 2, 1, 3]),
        (vec![0x7f; 100], {
            let head = [0x30, 105, 2, 100];
            [&head[..], &[0x7f; 100], &[2, 1, 3]].concat()
        }),
        (vec![0x80; 127], {
            let head = [0x30, 0x81, 134, 2, 0x81, 128, 0];
            [&head[..], &[0x80; 127], &[2, 1, 3]].concat()
        }),
        (vec![0x80; 512], {
            let head = [0x30, 0x82, 2, 8, 2, 0x82, 2, 1, 0];
            [&head[..], &[0x80; 512], &[2, 1, 3]].concat()
        }),
    ];
    for (modulus, expected) in cases {
        for algorithm in 1..=3 {
            let key = one(4, algorithm, &rsa(&modulus, &[3])).unwrap();
            assert_eq!(
                key.bits,
                u32::from(integer(&modulus)[0]) << 8 | u32::from(integer(&modulus)[1])
            );
            assert_eq!(material(&key), expected);
        }
    }
}

#[test]
fn rsa_of_any_size_is_told() {
    for (modulus, exponent) in [(513, 1), (1024, 3), (4000, 1), (512, 30)] {
        let key = one(4, 1, &rsa(&vec![0xff; modulus], &vec![1; exponent])).unwrap();
        assert_eq!(key.bits as usize, modulus * 8);
        assert_eq!(key.material_len, 0, "{modulus} {exponent}");
    }
    let none = [0, 0];
    for values in [
        [&none[..], &integer(&[3])].concat(),
        [&integer(&[3])[..], &none].concat(),
        [&rsa(&[9], &[3])[..], &[0]].concat(),
        integer(&[3]),
        rsa(&[9], &[3])[..5].to_vec(),
        vec![],
    ] {
        assert_eq!(one(4, 1, &values), Err(Status::EBADMSG), "{values:x?}");
    }
}

#[test]
fn numbers_have_no_leading_zeros() {
    let exact = rsa(&[0x91, 1], &[3]);
    let zeros = [&[0, 24, 0, 0x91, 1], &integer(&[3])[..]].concat();
    let narrow = [&[0, 15, 0x91, 1], &integer(&[3])[..]].concat();
    let wide = [&[0, 16, 0x71, 1], &integer(&[3])[..]].concat();
    for version in [4, 6] {
        assert_eq!(one(version, 1, &exact).unwrap().bits, 16);
        for values in [&zeros, &narrow, &wide] {
            let answer = one(version, 1, values);
            assert_eq!(answer, Err(Status::EBADMSG), "{version} {values:x?}");
        }
    }
}

#[test]
fn points_are_uncompressed() {
    const P256: &[u8] = b"\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
    const ED25519: &[u8] = b"\x09\x2b\x06\x01\x04\x01\xda\x47\x0f\x01";
    let values = |oid: &[u8], first, len| {
        let point = [&[first][..], &vec![7; len]].concat();
        [oid, &integer(&point)].concat()
    };
    let key = one(4, 19, &values(P256, 4, 64)).unwrap();
    assert_eq!((key.curve, key.bits), (UMD_PGP_CURVE_P256, 256));
    assert_eq!(material(&key), [&[4][..], &[7; 64]].concat());
    for (first, len) in [(2, 32), (3, 32), (4, 63), (4, 65), (4, 0), (6, 64)] {
        let answer = one(4, 19, &values(P256, first, len));
        assert_eq!(answer, Err(Status::EBADMSG), "{first} {len}");
    }
    let key = one(4, 22, &values(ED25519, 0x40, 32)).unwrap();
    assert_eq!((key.curve, key.bits), (UMD_PGP_CURVE_ED25519, 255));
    assert_eq!(material(&key), [7; 32]);
    for (first, len) in [(4, 32), (0x40, 31), (0x40, 33)] {
        let answer = one(4, 22, &values(ED25519, first, len));
        assert_eq!(answer, Err(Status::EBADMSG), "{first} {len}");
    }
    // Version 6 and other curves have no material, but the reply still has the
    // key.
    let key = one(6, 22, &values(ED25519, 0x40, 32)).unwrap();
    assert_eq!((key.curve, key.material_len), (UMD_PGP_CURVE_NONE, 0));
    let key = one(4, 19, &values(&[2, 1, 2], 0x40, 99)).unwrap();
    assert_eq!((key.curve, key.bits, key.material_len), (0, 0, 0));
    let key = one(4, 18, &[&values(P256, 4, 64)[..], &[3, 1, 8, 7]].concat()).unwrap();
    assert_eq!((key.curve, key.material_len), (UMD_PGP_CURVE_P256, 0));
    for values in [&[0, 1, 2][..], &[255, 1], &[8, 1], &[], P256] {
        assert_eq!(one(4, 19, values), Err(Status::EBADMSG), "{values:x?}");
    }
    let behind = [&values(P256, 4, 64)[..], &[0]].concat();
    assert_eq!(one(4, 19, &behind), Err(Status::EBADMSG));
}

#[test]
fn keys_of_fixed_length_are_as_they_are() {
    for (algorithm, len, curve, bits, signs) in [
        (25, 32, UMD_PGP_CURVE_X25519, 255, false),
        (26, 56, UMD_PGP_CURVE_X448, 448, false),
        (27, 32, UMD_PGP_CURVE_ED25519, 255, true),
        (28, 57, UMD_PGP_CURVE_ED448, 448, true),
    ] {
        for version in [4, 6] {
            let key = one(version, algorithm, &vec![9; len]).unwrap();
            assert_eq!((key.curve, key.bits), (curve, bits));
            let expected = if signs { vec![9; len] } else { vec![] };
            assert_eq!(material(&key), expected);
            for len in [0, len - 1, len + 1] {
                let answer = one(version, algorithm, &vec![9; len]);
                assert_eq!(answer, Err(Status::EBADMSG), "{algorithm} {len}");
            }
        }
    }
}

#[test]
fn other_algorithms_are_told_without_material() {
    for algorithm in [0, 4, 16, 17, 20, 21, 23, 99, 110, 255] {
        for values in [&[][..], &[1, 2, 3]] {
            let key = one(4, algorithm, values).unwrap();
            assert_eq!(key.algorithm, algorithm);
            assert_eq!((key.bits, key.curve, key.material_len), (0, 0, 0));
        }
    }
}

#[test]
fn a_key_packet_is_whole() {
    let body = key_body(6, 27, &[1; 32]);
    for len in 0..body.len() {
        let answer = key(&packet(6, &body[..len]), 0);
        assert_eq!(answer, Err(Status::EBADMSG), "{len}");
    }
    let longer = [&body[..], &[0]].concat();
    assert_eq!(key(&packet(6, &longer), 0), Err(Status::EBADMSG));
    // A version 4 fingerprint hashes the length as two bytes.
    let long = key_body(4, 99, &vec![0; 65_530]);
    assert_eq!(key(&packet(6, &long), 0), Err(Status::EBADMSG));
    assert!(key(&packet(6, &long[..65_535]), 0).is_ok());
    assert!(key(&packet(6, &key_body(6, 99, &vec![0; 65_530])), 0).is_ok());
}
