// SPDX-License-Identifier: MIT OR Apache-2.0

//! ECDSA: the vectors of RFC 6979, and signatures at the edges of the rules.

use super::{assert_answer, hex, request};
use crate::*;
use ::ecdsa::EcdsaCurve;
use ::ecdsa::elliptic_curve::point::AffineCoordinates;
use ::ecdsa::elliptic_curve::{
    AffinePoint, CurveArithmetic, Field, FieldBytes, Group, PrimeField, ProjectivePoint, Scalar,
};
use sha2::{Digest, Sha256, Sha384, Sha512};
use std::vec;
use std::vec::Vec;

/// Runs a test for each curve.
macro_rules! on_each_curve {
    ($test:ident) => {{
        $test::<NistP256>(UMD_VERIFY_P256);
        $test::<NistP384>(UMD_VERIFY_P384);
        $test::<NistP521>(UMD_VERIFY_P521);
    }};
}

/// What tests need of a curve.
trait Curve: EcdsaCurve + CurveArithmetic {}

impl<C: EcdsaCurve + CurveArithmetic> Curve for C {}

/// The length of a curve's numbers.
fn len<C: Curve>() -> usize {
    FieldBytes::<C>::default().len()
}

/// A scalar's bytes.
fn bytes<C: Curve>(scalar: Scalar<C>) -> Vec<u8> {
    scalar.to_repr().to_vec()
}

/// The order of the curve, which no scalar is, plus `more`.
fn order<C: Curve>(more: u8) -> Vec<u8> {
    let mut order = bytes::<C>(-Scalar::<C>::ONE);
    let last = order.last_mut().unwrap();
    *last += 1 + more;
    order
}

/// x and y of a point.
fn coordinates<C: Curve>(point: ProjectivePoint<C>) -> Vec<u8> {
    let point: AffinePoint<C> = point.into();
    [&point.x()[..], &point.y()[..]].concat()
}

/// A digest, as long as the curve allows, that counts as `z`.
fn digest<C: Curve>(z: u64) -> Vec<u8> {
    let mut digest = vec![0; len::<C>().min(64) - 8];
    digest.extend(z.to_be_bytes());
    digest
}

const SECRET: u64 = 0x1234_5678_9abc_def1;

/// r and s for `z`, by the definition.
fn sign<C: Curve>(secret: Scalar<C>, z: Scalar<C>) -> (Vec<u8>, Vec<u8>) {
    let k = Scalar::<C>::from(0xfeed_face_cafe_f00d);
    let point: AffinePoint<C> = (ProjectivePoint::<C>::generator() * k).into();
    let r = Scalar::<C>::from_repr(point.x()).unwrap();
    let s = k.invert().unwrap() * (z + r * secret);
    (bytes::<C>(r), bytes::<C>(s))
}

/// A request that is true, for the digest of `z`.
fn signed<C: Curve>(algorithm: u32, z: u64) -> VerifyRequest {
    let secret = Scalar::<C>::from(SECRET);
    let key = coordinates::<C>(ProjectivePoint::<C>::generator() * secret);
    let (r, s) = sign::<C>(secret, Scalar::<C>::from(z));
    request(algorithm, &digest::<C>(z), &key, &[r, s].concat())
}

pub(super) fn true_request() -> VerifyRequest {
    signed::<NistP256>(UMD_VERIFY_P256, 99)
}

/// RFC 6979, appendices A.2.5 to A.2.7, for the message `sample`: algorithm, digest,
/// secret key, r and s.
fn vectors() -> [(u32, Vec<u8>, &'static str, &'static str); 3] {
    [
        (
            UMD_VERIFY_P256,
            Sha256::digest(b"sample").to_vec(),
            "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
            "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716
             f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
        ),
        (
            UMD_VERIFY_P384,
            Sha384::digest(b"sample").to_vec(),
            "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba
             9aa47740787137d896d5724e4c70a825f872c9ea60d2edf5",
            "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c
             81a648152e44acf96e36dd1e80fabe4699ef4aeb15f178cea1fe40db2603138f
             130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8",
        ),
        (
            UMD_VERIFY_P521,
            Sha512::digest(b"sample").to_vec(),
            "00fad06daa62ba3b25d2fb40133da757205de67f5bb0018fee8c86e1b68c7e75ca
             a896eb32f1f47c70855836a6d16fcc1466f6d8fbec67db89ec0c08b0e996b83538",
            "00c328fafcbd79dd77850370c46325d987cb525569fb63c5d3bc53950e6d4c5f17
             4e25a1ee9017b5d450606add152b534931d7d4e8455cc91f9b15bf05ec36e377fa
             00617cce7cf5064806c467f678d3b4080d6f1cc50af26ca209417308281b68af28
             2623eaa63e5b5c0723d8b8c37ff0777b1a20f8ccb1dccc43997f1ee0e44da4a67a",
        ),
    ]
}

/// The public key of a secret one.
fn public<C: Curve>(secret: &[u8]) -> Vec<u8> {
    let secret = <&FieldBytes<C>>::try_from(secret).unwrap();
    let secret = Scalar::<C>::from_repr(*secret).unwrap();
    coordinates::<C>(ProjectivePoint::<C>::generator() * secret)
}

#[test]
fn vectors_of_the_rfc() {
    for (algorithm, digest, secret, signature) in vectors() {
        let secret = hex(secret);
        let key = match algorithm {
            UMD_VERIFY_P256 => public::<NistP256>(&secret),
            UMD_VERIFY_P384 => public::<NistP384>(&secret),
            _ => public::<NistP521>(&secret),
        };
        let signature = hex(signature);
        let request = request(algorithm, &digest, &key, &signature);
        assert_answer(&request, |_| (), Ok(true));
        for at in [0, 1, signature.len() / 2, signature.len() - 1] {
            assert_answer(&request, |r| r.signature[at] ^= 1, Ok(false));
        }
        assert_answer(&request, |r| r.digest[0] ^= 1, Ok(false));
        let last = digest.len() - 1;
        assert_answer(&request, |r| r.digest[last] ^= 1, Ok(false));
    }
}

#[test]
fn lengths_are_exact() {
    fn test<C: Curve>(algorithm: u32) {
        let request = signed::<C>(algorithm, 1);
        let len = u32::try_from(2 * len::<C>()).unwrap();
        let refused = |change: &dyn Fn(&mut VerifyRequest)| {
            assert_answer(&request, change, Err(Status::EINVAL));
        };
        for other in [0, 1, len / 2, len - 1, len + 1, 64, 96, 132, 1024] {
            if other != len {
                refused(&|r| (r.key_len, r.key) = (other, [0; 1024]));
                refused(&|r| (r.signature_len, r.signature) = (other, [0; 1024]));
            }
        }
        refused(&|r| (r.digest_len, r.digest) = (19, [0; 64]));
        refused(&|r| r.exponent = 3);
    }
    on_each_curve!(test);
}

#[test]
fn r_and_s_must_be_between_zero_and_the_order() {
    fn test<C: Curve>(algorithm: u32) {
        let request = signed::<C>(algorithm, 1);
        let len = len::<C>();
        let zero = vec![0; len];
        let one = bytes::<C>(Scalar::<C>::ONE);
        let mut wrong = vec![zero, vec![0xff; len], order::<C>(0), order::<C>(1)];
        for value in &wrong {
            let r = |r: &mut VerifyRequest| r.signature[..len].copy_from_slice(value);
            assert_answer(&request, r, Ok(false));
            let s = |r: &mut VerifyRequest| r.signature[len..2 * len].copy_from_slice(value);
            assert_answer(&request, s, Ok(false));
        }
        // Nor do others than the right ones count.
        wrong.push(one);
        wrong.push(bytes::<C>(-Scalar::<C>::ONE));
        for r in &wrong {
            for s in &wrong {
                let both = [&r[..], s].concat();
                let set = |r: &mut VerifyRequest| r.signature[..2 * len].copy_from_slice(&both);
                assert_answer(&request, set, Ok(false));
            }
        }
    }
    on_each_curve!(test);
}

#[test]
fn both_values_of_s_are_true() {
    fn test<C: Curve>(algorithm: u32) {
        let request = signed::<C>(algorithm, 1);
        let len = len::<C>();
        let s = <&FieldBytes<C>>::try_from(&request.signature[len..2 * len]).unwrap();
        let other = bytes::<C>(-Scalar::<C>::from_repr(*s).unwrap());
        let set = |r: &mut VerifyRequest| r.signature[len..2 * len].copy_from_slice(&other);
        assert_answer(&request, set, Ok(true));
    }
    on_each_curve!(test);
}

#[test]
fn sum_at_infinity_is_false() {
    fn test<C: Curve>(algorithm: u32) {
        // r d = -3 * 5, and z = 15: the sum is zero whatever s is.
        let key = coordinates::<C>(ProjectivePoint::<C>::generator() * Scalar::<C>::from(5));
        for s in [1, 7] {
            let r = bytes::<C>(-Scalar::<C>::from(3));
            let s = bytes::<C>(Scalar::<C>::from(s));
            let request = request(algorithm, &digest::<C>(15), &key, &[r, s].concat());
            assert_answer(&request, |_| (), Ok(false));
        }
    }
    on_each_curve!(test);
}

#[test]
fn keys_that_are_no_points_are_none() {
    fn test<C: Curve>(algorithm: u32) {
        let request = signed::<C>(algorithm, 1);
        let len = len::<C>();
        let rejected = |change: &dyn Fn(&mut VerifyRequest)| {
            assert_answer(&request, change, Err(EKEYREJECTED));
        };
        for at in [0, 1, len - 1, len, 2 * len - 1] {
            rejected(&|r| r.key[at] ^= 1);
        }
        // Infinity has no coordinates; these are those that are written for it.
        rejected(&|r| r.key.fill(0));
        rejected(&|r| r.key[..2 * len].fill(0xff));
        rejected(&|r| r.key[..len].fill(0xff));
        rejected(&|r| r.key[len..2 * len].fill(0xff));
        // The same point upside down is another key.
        let key = -(ProjectivePoint::<C>::generator() * Scalar::<C>::from(SECRET));
        let key = coordinates::<C>(key);
        assert_answer(
            &request,
            |r| r.key[..2 * len].copy_from_slice(&key),
            Ok(false),
        );
    }
    on_each_curve!(test);
}

#[test]
fn keys_and_digests_at_the_edges_are_served() {
    fn test<C: Curve>(algorithm: u32) {
        for z in [0, 1, u64::MAX] {
            assert_answer(&signed::<C>(algorithm, z), |_| (), Ok(true));
        }
        // The generator and its inverse; doublings and sums of equal points.
        for secret in [Scalar::<C>::ONE, -Scalar::<C>::ONE, Scalar::<C>::from(2)] {
            let key = coordinates::<C>(ProjectivePoint::<C>::generator() * secret);
            let (r, s) = sign::<C>(secret, Scalar::<C>::from(4));
            let request = request(algorithm, &digest::<C>(4), &key, &[r, s].concat());
            assert_answer(&request, |_| (), Ok(true));
        }
    }
    on_each_curve!(test);
}

#[test]
fn digest_of_another_length_counts_from_the_left() {
    fn test<C: Curve>(algorithm: u32) {
        let request = signed::<C>(algorithm, 0x1234_5678);
        // A shorter digest is the same number.
        for len in [20, 28, 32, 48, 64] {
            if len > request.digest_len as usize {
                // A longer one ends behind the curve's length.
                let longer = |r: &mut VerifyRequest| {
                    r.digest[r.digest_len as usize..len].fill(0xa5);
                    r.digest_len = u32::try_from(len).unwrap();
                };
                assert_answer(&request, longer, Ok(true));
                continue;
            }
            let shorter = |r: &mut VerifyRequest| {
                r.digest = [0; 64];
                r.digest[len - 4..len].copy_from_slice(&[0x12, 0x34, 0x56, 0x78]);
                r.digest_len = u32::try_from(len).unwrap();
            };
            assert_answer(&request, shorter, Ok(true));
        }
    }
    on_each_curve!(test);
}
