// SPDX-License-Identifier: MIT OR Apache-2.0

//! Ed25519: the vectors of RFC 8032, and signatures at the edges of its rules.

use super::{assert_answer, hex, request};
use crate::*;
use curve25519_dalek::Scalar;
use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
use curve25519_dalek::edwards::EdwardsPoint;
use ed25519_dalek::{Signer, SigningKey};
use sha2::{Digest, Sha512};
use std::vec::Vec;

/// The order of the group that the base point generates.
const L: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// A signature of that digest.
pub(super) fn signed(digest: &[u8]) -> VerifyRequest {
    let key = SigningKey::from_bytes(&[7; 32]);
    let signature = key.sign(digest).to_bytes();
    let public = key.verifying_key().to_bytes();
    request(UMD_VERIFY_ED25519, digest, &public, &signature)
}

pub(super) fn true_request() -> VerifyRequest {
    signed(&[0x5a; 32])
}

/// RFC 8032, section 7.1: the key, the message and the signature of those tests whose
/// message is as short as a digest.
const VECTORS: [[&str; 3]; 4] = [
    [
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155
         5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ],
    [
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da
         085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ],
    [
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac
         18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ],
    [
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a
         2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589
         09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ],
];

#[test]
fn vectors_of_the_rfc() {
    for [key, message, signature] in VECTORS {
        let request = request(
            UMD_VERIFY_ED25519,
            &hex(message),
            &hex(key),
            &hex(signature),
        );
        assert_answer(&request, |_| (), Ok(true));
        for at in 0..64 {
            assert_answer(&request, |r| r.signature[at] ^= 1, Ok(false));
        }
        if request.digest_len != 0 {
            assert_answer(&request, |r| r.digest[0] ^= 0x80, Ok(false));
        }
    }
}

#[test]
fn lengths_are_exact() {
    let request = true_request();
    for (key, signature) in [(31, 64), (33, 64), (32, 63), (32, 65), (57, 64), (32, 114)] {
        let change = |r: &mut VerifyRequest| {
            (r.key_len, r.signature_len) = (key, signature);
            r.key[key.min(32) as usize..].fill(0);
            r.signature[signature.min(64) as usize..].fill(0);
        };
        assert_answer(&request, change, Err(Status::EINVAL));
    }
    assert_answer(&request, |r| r.exponent = 1, Err(Status::EINVAL));
}

/// The sum of S and `times` L, as bytes.
fn plus_order(s: &[u8], times: u32) -> Option<Vec<u8>> {
    let mut sum = s.to_vec();
    for _ in 0..times {
        let mut carry = 0;
        for (byte, order) in sum.iter_mut().zip(L) {
            let digit = u16::from(*byte) + u16::from(order) + carry;
            *byte = digit.to_le_bytes()[0];
            carry = digit >> 8;
        }
        if carry != 0 {
            return None;
        }
    }
    Some(sum)
}

#[test]
fn s_must_be_below_the_order() {
    let request = true_request();
    let mut tried = 0;
    while let Some(s) = plus_order(&request.signature[32..64], tried) {
        let set = |r: &mut VerifyRequest| r.signature[32..64].copy_from_slice(&s);
        assert_answer(&request, set, Ok(tried == 0));
        tried += 1;
    }
    assert!(tried > 14);
    for s in [L, [0xff; 32], [0; 32]] {
        let set = |r: &mut VerifyRequest| r.signature[32..64].copy_from_slice(&s);
        assert_answer(&request, set, Ok(false));
    }
}

/// The number that a signature's hash is, modulo the order.
fn challenge(r: &[u8], key: &[u8], digest: &[u8]) -> Scalar {
    let hash = Sha512::new()
        .chain_update(r)
        .chain_update(key)
        .chain_update(digest)
        .finalize();
    Scalar::from_bytes_mod_order_wide(&hash.into())
}

/// A signature for the secret number `a`, with the key and R as given, for which the
/// equation may hold only after a multiplication by the cofactor.
fn crafted(a: Scalar, key: [u8; 32], r: Scalar, point: [u8; 32], digest: &[u8]) -> VerifyRequest {
    let s = r + challenge(&point, &key, digest) * a;
    let signature = [point, s.to_bytes()].concat();
    request(UMD_VERIFY_ED25519, digest, &key, &signature)
}

fn bytes(point: EdwardsPoint) -> [u8; 32] {
    point.compress().to_bytes()
}

/// All encodings of points of small order: the canonical ones, those with y + p for y,
/// and those of x = 0 with a sign.
fn small_order() -> Vec<[u8; 32]> {
    let mut all: Vec<_> = EIGHT_TORSION.iter().copied().map(bytes).collect();
    // p, which is 0, and p + 1, which is 1.
    for low in [0xed, 0xee] {
        let mut encoding = [0xff; 32];
        encoding[0] = low;
        encoding[31] = 0x7f;
        all.push(encoding);
    }
    let signed = |mut encoding: [u8; 32]| {
        encoding[31] ^= 0x80;
        encoding
    };
    let others: Vec<_> = all.iter().copied().map(signed).collect();
    all.extend(others);
    all.sort_unstable();
    all.dedup();
    all
}

#[test]
fn keys_of_small_order_are_none() {
    let all = small_order();
    assert_eq!(all.len(), 14);
    for key in all {
        for point in small_order() {
            for digest in [[1; 32], [2; 32], [3; 32]] {
                let request = crafted(Scalar::ZERO, key, Scalar::ZERO, point, &digest);
                assert_answer(&request, |_| (), Err(EKEYREJECTED));
            }
        }
    }
}

#[test]
fn keys_that_are_no_points_are_none() {
    let request = true_request();
    let set = |key: [u8; 32]| move |r: &mut VerifyRequest| r.key[..32].copy_from_slice(&key);
    // 2 is no y of a point; 2^255 - 1 is above p; p + 3 is the y of a point, that is 3.
    let mut two = [0; 32];
    two[0] = 2;
    assert_answer(&request, set(two), Err(EKEYREJECTED));
    assert_answer(&request, set([0xff; 32]), Err(EKEYREJECTED));
    let mut three = [0; 32];
    three[0] = 3;
    assert_answer(&request, set(three), Ok(false));
    let mut encoding = [0xff; 32];
    (encoding[0], encoding[31]) = (0xf0, 0x7f);
    assert_answer(&request, set(encoding), Err(EKEYREJECTED));
}

#[test]
fn r_of_small_order_is_false() {
    let a = Scalar::from(5_u64);
    let key = bytes(a * ED25519_BASEPOINT_POINT);
    for point in small_order() {
        let request = crafted(a, key, Scalar::ZERO, point, &[9; 32]);
        assert_answer(&request, |_| (), Ok(false));
    }
}

#[test]
fn the_cofactor_makes_nothing_true() {
    let (a, r) = (Scalar::from(5_u64), Scalar::from(11_u64));
    let key = a * ED25519_BASEPOINT_POINT;
    let point = r * ED25519_BASEPOINT_POINT;
    for torsion in EIGHT_TORSION {
        let is_zero = torsion == EIGHT_TORSION[0];
        // R of mixed order: true by ZIP 215.
        let mixed = bytes(point + torsion);
        let request = crafted(a, bytes(key), r, mixed, &[9; 32]);
        assert_answer(&request, |_| (), Ok(is_zero));
    }
}

#[test]
fn key_of_mixed_order_counts_where_the_equation_holds() {
    let (a, r) = (Scalar::from(5_u64), Scalar::from(11_u64));
    let torsion = EIGHT_TORSION[1];
    let key = a * ED25519_BASEPOINT_POINT + torsion;
    let point = r * ED25519_BASEPOINT_POINT;
    let mut verdicts = [0; 2];
    for digest in 0..64 {
        let digest = [digest; 32];
        let request = crafted(a, bytes(key), r, bytes(point), &digest);
        let k = challenge(&bytes(point), &bytes(key), &digest);
        let holds = k.as_bytes()[0].is_multiple_of(8);
        assert_answer(&request, |_| (), Ok(holds));
        verdicts[usize::from(holds)] += 1;
    }
    assert!(verdicts.iter().all(|count| *count > 0), "{verdicts:?}");
}
