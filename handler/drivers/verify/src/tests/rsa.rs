// SPDX-License-Identifier: MIT OR Apache-2.0

//! RSA, with keys whose factors everybody knows, so that any number can be signed: the
//! padding may be wrong while the power is right.

use super::{assert_answer, request};
use crate::*;
use crypto_bigint::modular::{FixedMontyForm, FixedMontyParams};
use crypto_bigint::{Odd, U64, U8192};
use std::vec;
use std::vec::Vec;

/// The factors of a key are primes p for which p - 1 divides this number. Any power is
/// undone by its inverse modulo this number.
const PERIOD: u64 = 32 * 27 * 25 * 7 * 11 * 13 * 17 * 19 * 23;

/// The public exponent of most keys.
const EXPONENT: u64 = 65_537;

const SHA256_NAME: &[u8] =
    b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";

const DIGEST: [u8; 32] = [0x77; 32];

fn is_prime(number: u64) -> bool {
    (2..)
        .take_while(|factor| factor * factor <= number)
        .all(|factor| !number.is_multiple_of(factor))
}

/// The primes of a key, the largest first.
fn primes() -> Vec<u64> {
    let mut divisors = vec![1_u64];
    for (prime, power) in [
        (2, 5),
        (3, 3),
        (5, 2),
        (7, 1),
        (11, 1),
        (13, 1),
        (17, 1),
        (19, 1),
        (23, 1),
    ] {
        let smaller = divisors.clone();
        for exponent in 1..=power {
            divisors.extend(
                smaller
                    .iter()
                    .map(|divisor| divisor * u64::pow(prime, exponent)),
            );
        }
    }
    let candidates = divisors.into_iter().map(|divisor| divisor + 1);
    // Two is no factor of a key.
    let is_factor = |number: &u64| (3..1 << 20).contains(number) && is_prime(*number);
    let mut primes: Vec<_> = candidates.filter(is_factor).collect();
    primes.sort_unstable_by(|a, b| b.cmp(a));
    primes
}

/// The product, if it is short enough for a key.
fn times(product: &U8192, prime: u64) -> Option<U8192> {
    product.checked_mul(&U64::from(prime)).into_option()
}

/// A key of so many bits.
fn key(bits: u32) -> U8192 {
    let mut product = U8192::ONE;
    let primes = primes();
    let mut rest = primes.iter();
    for prime in rest.by_ref() {
        if product.bit_width() + prime.ilog2() + 14 > bits {
            break;
        }
        product = times(&product, *prime).unwrap();
    }
    // The last two factors give the right length.
    let rest: Vec<_> = rest.copied().collect();
    for first in &rest {
        let smaller = rest.iter().filter(|second| *second < first);
        for second in smaller {
            let found = times(&product, *first).and_then(|found| times(&found, *second));
            if let Some(found) = found.filter(|found| found.bit_width() == bits) {
                return found;
            }
        }
    }
    panic!("no key of {bits} bits");
}

/// The inverse of an exponent modulo [`PERIOD`].
fn inverse(exponent: u64) -> u64 {
    let (mut old, mut new) = (i128::from(PERIOD), i128::from(exponent % PERIOD));
    let (mut old_factor, mut factor) = (0_i128, 1_i128);
    while new != 0 {
        let quotient = old / new;
        (old, new) = (new, old - quotient * new);
        (old_factor, factor) = (factor, old_factor - quotient * factor);
    }
    assert_eq!(old, 1, "{exponent} has no inverse");
    u64::try_from(old_factor.rem_euclid(PERIOD.into())).unwrap()
}

/// The number of a padded message to the power of the secret exponent.
fn power(encoded: &[u8], key: &U8192, exponent: u64) -> U8192 {
    let params = FixedMontyParams::new_vartime(Odd::new(*key).unwrap());
    let encoded = FixedMontyForm::new(&from_bytes(encoded), &params);
    encoded
        .pow_vartime(&U64::from(inverse(exponent)))
        .retrieve()
}

fn from_bytes(bytes: &[u8]) -> U8192 {
    let mut whole = [0; 1024];
    whole[1024 - bytes.len()..].copy_from_slice(bytes);
    U8192::from_be_slice(&whole)
}

/// The last `len` bytes of a number.
fn bytes(number: &U8192, len: usize) -> Vec<u8> {
    let limbs = number.to_limbs();
    let all = limbs.iter().rev().flat_map(|limb| limb.0.to_be_bytes());
    all.skip(1024 - len).collect()
}

/// The encoded message, by its definition.
fn padded(len: usize, name: &[u8], digest: &[u8]) -> Vec<u8> {
    let fill = vec![0xff; len - 3 - name.len() - digest.len()];
    [&[0, 1], &fill[..], &[0], name, digest].concat()
}

/// A request with the signature of that encoded message, be it right or wrong.
fn signed(key: &U8192, exponent: u64, encoded: &[u8]) -> VerifyRequest {
    let len = key.bit_width().div_ceil(8) as usize;
    let signature = bytes(&power(encoded, key, exponent), len);
    let mut request = request(UMD_VERIFY_RSA, &DIGEST, &bytes(key, len), &signature);
    request.hash = UMD_VERIFY_SHA256;
    request.exponent = exponent;
    request
}

pub(super) fn true_request() -> VerifyRequest {
    signed(&key(2048), EXPONENT, &padded(256, SHA256_NAME, &DIGEST))
}

#[test]
fn keys_of_any_length_from_2048_to_8192_bits() {
    for bits in [
        2048, 2049, 2055, 2056, 2057, 3072, 3104, 4096, 6145, 8191, 8192,
    ] {
        let key = key(bits);
        let len = bits.div_ceil(8) as usize;
        let request = signed(&key, EXPONENT, &padded(len, SHA256_NAME, &DIGEST));
        assert_eq!(verify(&request), Ok(true), "{bits}");
        assert_answer(&request, |r| r.signature[len - 1] ^= 1, Ok(false));
        assert_answer(&request, |r| r.digest[0] ^= 1, Ok(false));
        assert_answer(&request, |r| r.exponent += 2, Ok(false));
    }
}

#[test]
fn shorter_keys_are_refused() {
    for bits in [2047, 2041, 2040, 1024] {
        let key = key(bits);
        let len = bits.div_ceil(8) as usize;
        let request = signed(&key, EXPONENT, &padded(len, SHA256_NAME, &DIGEST));
        assert_answer(&request, |_| (), Err(Status::EINVAL));
    }
}

#[test]
fn exponents() {
    let key = key(2048);
    let encoded = padded(256, SHA256_NAME, &DIGEST);
    for exponent in [29, 31, 37, EXPONENT, u64::MAX - 58] {
        let request = signed(&key, exponent, &encoded);
        assert_answer(&request, |_| (), Ok(true));
        for wrong in [0, 1, 2, 4, 65_536, u64::MAX - 1] {
            let set = |r: &mut VerifyRequest| r.exponent = wrong;
            assert_answer(&request, set, Err(Status::EINVAL));
        }
        for other in [3, 5, EXPONENT + 2, u64::MAX] {
            assert_answer(&request, |r| r.exponent = other, Ok(false));
        }
    }
    // With 1 for an exponent, the message would be its own signature.
    let mut request = request(UMD_VERIFY_RSA, &DIGEST, &bytes(&key, 256), &encoded);
    (request.hash, request.exponent) = (UMD_VERIFY_SHA256, 1);
    assert_answer(&request, |_| (), Err(Status::EINVAL));
}

#[test]
fn numbers_must_be_those_of_a_key() {
    let request = true_request();
    let refused = |change: fn(&mut VerifyRequest)| {
        assert_answer(&request, change, Err(Status::EINVAL));
    };
    refused(|r| (r.signature_len, r.signature[255]) = (255, 0));
    refused(|r| r.signature_len = 257);
    refused(|r| r.key_len = 257);
    refused(|r| (r.signature_len, r.signature) = (0, [0; 1024]));
    refused(|r| (r.key_len, r.key) = (0, [0; 1024]));
    refused(|r| (r.key_len, r.key) = (1, [0; 1024]));
    // A leading zero.
    refused(|r| {
        r.key.copy_within(0..256, 1);
        r.signature.copy_within(0..256, 1);
        (r.key[0], r.signature[0]) = (0, 0);
        (r.key_len, r.signature_len) = (257, 257);
    });
    // 2048 bits are enough, one less is not.
    assert_answer(&request, |r| r.key[0] = 0x80, Ok(false));
    refused(|r| r.key[0] = 0x7f);
    assert_answer(&request, |r| r.key[255] ^= 1, Err(EKEYREJECTED));
    assert_answer(&request, |r| r.key[254] ^= 1, Ok(false));
}

#[test]
fn signature_must_be_below_the_key() {
    let key = key(2049);
    let request = signed(&key, EXPONENT, &padded(257, SHA256_NAME, &DIGEST));
    let set = |number: U8192| {
        let number = bytes(&number, 257);
        move |r: &mut VerifyRequest| r.signature[..257].copy_from_slice(&number)
    };
    let signature = from_bytes(&request.signature[..257]);
    assert_answer(&request, set(signature), Ok(true));
    // The same number modulo the key.
    assert_answer(&request, set(signature.wrapping_add(&key)), Ok(false));
    for number in [
        key,
        key.wrapping_add(&U8192::ONE),
        key.wrapping_sub(&U8192::ONE),
    ] {
        assert_answer(&request, set(number), Ok(false));
    }
    for number in [U8192::ZERO, U8192::ONE] {
        assert_answer(&request, set(number), Ok(false));
    }
    assert_answer(&request, |r| r.signature[..257].fill(0xff), Ok(false));
}

#[test]
fn each_hash_has_its_name() {
    let key = key(2048);
    let names: [(u32, usize, &[u8]); 8] = [
        (
            UMD_VERIFY_RIPEMD160,
            20,
            b"\x30\x21\x30\x09\x06\x05\x2b\x24\x03\x02\x01\x05\x00\x04\x14",
        ),
        (
            UMD_VERIFY_SHA1,
            20,
            b"\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14",
        ),
        (
            UMD_VERIFY_SHA224,
            28,
            b"\x30\x2d\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x04\x05\x00\x04\x1c",
        ),
        (UMD_VERIFY_SHA256, 32, SHA256_NAME),
        (
            UMD_VERIFY_SHA384,
            48,
            b"\x30\x41\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00\x04\x30",
        ),
        (
            UMD_VERIFY_SHA512,
            64,
            b"\x30\x51\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03\x05\x00\x04\x40",
        ),
        (
            UMD_VERIFY_SHA3_256,
            32,
            b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x08\x05\x00\x04\x20",
        ),
        (
            UMD_VERIFY_SHA3_512,
            64,
            b"\x30\x51\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x0a\x05\x00\x04\x40",
        ),
    ];
    for (hash, len, name) in names {
        let digest = vec![0x33; len];
        let mut request = signed(&key, EXPONENT, &padded(256, name, &digest));
        request.digest[..len].copy_from_slice(&digest);
        request.digest[len..].fill(0);
        request.digest_len = u32::try_from(len).unwrap();
        for (other, other_len, _) in names {
            let expected = if other_len == len {
                Ok(hash == other)
            } else {
                Err(Status::EINVAL)
            };
            assert_answer(&request, |r| r.hash = other, expected);
        }
        assert_answer(
            &request,
            |r| r.hash = UMD_VERIFY_HASH_NONE,
            Err(Status::EINVAL),
        );
    }
}

/// Encoded messages that verifiers have taken by mistake, all with a right power.
#[test]
fn whatever_is_not_the_encoded_message_is_false() {
    let key = key(2048);
    let right = padded(256, SHA256_NAME, &DIGEST);
    let verdict = |encoded: &[u8]| {
        assert_eq!(encoded.len(), 256);
        verify(&signed(&key, EXPONENT, encoded))
    };
    assert_eq!(verdict(&right), Ok(true));
    for at in 0..256 {
        let mut wrong = right.clone();
        wrong[at] ^= if at == 0 { 0x40 } else { 1 };
        assert_eq!(verdict(&wrong), Ok(false), "{at}");
    }
    let is_false = |parts: &[&[u8]]| assert_eq!(verdict(&parts.concat()), Ok(false));
    let body = [SHA256_NAME, &DIGEST].concat();
    let fill = |len: usize| vec![0xff; len];
    // Short padding, and garbage behind the digest or in front of the name.
    is_false(&[&[0, 1], &fill(8), &[0], &body, &[0; 194]]);
    is_false(&[&[0, 1], &fill(8), &[0], &body, &[0xaa; 194]]);
    is_false(&[&[0, 1], &fill(201), &[0], &body, &[0]]);
    is_false(&[&[0, 1], &fill(201), &[0, 0], &body]);
    is_false(&[&[0, 1, 0], &[0; 202], &body]);
    // Padding with other bytes; of other kinds; without a separator.
    is_false(&[&[0, 1], &[0xfe; 202], &[0], &body]);
    is_false(&[&[0, 2], &fill(202), &[0], &body]);
    is_false(&[&[0, 0], &[0; 202], &[0], &body]);
    is_false(&[&[0, 1], &fill(203), &body]);
    // No name; a name without its parameters, or with others; lengths that are not minimal.
    is_false(&[&[0, 1], &fill(221), &[0], &DIGEST]);
    let bare = b"\x30\x2f\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x04\x20";
    is_false(&[&[0, 1], &fill(204), &[0], bare, &DIGEST]);
    let long = b"\x30\x81\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";
    is_false(&[&[0, 1], &fill(201), &[0], long, &DIGEST]);
    // Garbage inside of the parameters, which is how exponents of 3 were forged.
    let filled = [
        b"\x30\x34\x30\x10\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x03",
        &b"abc\x04\x20"[..],
    ]
    .concat();
    is_false(&[&[0, 1], &fill(199), &[0], &filled, &DIGEST]);
}
