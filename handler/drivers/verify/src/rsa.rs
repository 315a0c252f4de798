// SPDX-License-Identifier: MIT OR Apache-2.0

//! RSA by PKCS #1 v1.5 (RFC 8017, section 8.2.2), with the numbers of crypto-bigint.
//!
//! The encoded message is made anew and compared as a whole, so that nothing of a
//! signature is parsed: neither its padding nor the name of its hash.

use crate::EKEYREJECTED;
use crate::request::Fields;
use crate::wire::*;
use core::iter::repeat_n;
use crypto_bigint::modular::{FixedMontyForm, FixedMontyParams};
use crypto_bigint::{Limb, Odd, Uint, Word};
use heapless::Vec;
use umd_handler::Status;

/// The size of the longest modulus in bytes and in words.
const NUMBER_SIZE: usize = UMD_VERIFY_NUMBER_SIZE as usize;
const LIMBS: usize = NUMBER_SIZE / size_of::<Word>();

/// The size of the shortest modulus in bytes.
const MIN_KEY: usize = 256;

/// The DER before a digest of RIPEMD-160 (RFC 9580, section 5.2.3.1).
const RIPEMD160: &[u8] = b"\x30\x21\x30\x09\x06\x05\x2b\x24\x03\x02\x01\x05\x00\x04\x14";

/// The DER before a digest of SHA-1 (section 9.2, note 1).
const SHA1: &[u8] = b"\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14";

/// The DER before a digest of SHA-2 or SHA-3. Two of its bytes depend on the length of
/// the digest, and one is the last of the hash's object identifier.
const SHA2_OR_3: [u8; 19] =
    *b"\x30\x11\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x00\x05\x00\x04\x00";

/// Whether the signature is true.
pub(crate) fn verify(fields: &Fields<'_>) -> Result<bool, Status> {
    let Fields { key, exponent, .. } = *fields;
    let is_short = match key {
        [] | [0, ..] => true,
        [first, ..] => key.len() < MIN_KEY || (key.len() == MIN_KEY && *first < 0x80),
    };
    let is_length_of_key = fields.signature.len() == key.len();
    if is_short || !is_length_of_key || exponent < 3 || exponent.is_multiple_of(2) {
        return Err(Status::EINVAL);
    }
    let encoded = encode(fields)?;
    is_power::<LIMBS>(fields, &encoded).ok_or(EKEYREJECTED)
}

/// The DER before a digest of `len` bytes.
fn prefix(hash: u32, len: u8) -> Result<Vec<u8, { SHA2_OR_3.len() }>, Status> {
    let last_of_name = match hash {
        UMD_VERIFY_SHA1 => return Vec::from_slice(SHA1).map_err(|_| Status::EINVAL),
        UMD_VERIFY_RIPEMD160 => return Vec::from_slice(RIPEMD160).map_err(|_| Status::EINVAL),
        UMD_VERIFY_SHA256 => 1,
        UMD_VERIFY_SHA384 => 2,
        UMD_VERIFY_SHA512 => 3,
        UMD_VERIFY_SHA224 => 4,
        UMD_VERIFY_SHA3_256 => 8,
        UMD_VERIFY_SHA3_512 => 10,
        _ => return Err(Status::EINVAL),
    };
    let mut der = SHA2_OR_3;
    der[1] += len;
    der[14] = last_of_name;
    der[18] = len;
    Ok(Vec::from_array(der))
}

/// The encoded message of the digest (section 9.2), as long as the key, behind zeros.
fn encode(fields: &Fields<'_>) -> Result<[u8; NUMBER_SIZE], Status> {
    let Fields { key, digest, .. } = *fields;
    let der = prefix(fields.hash, digest.len().to_le_bytes()[0])?;
    // From the last byte to the first, which is zero.
    let known = digest.iter().rev().chain(der.iter().rev()).chain(&[0]);
    let padding = key.len() - digest.len() - der.len() - 3;
    let bytes = known.chain(repeat_n(&0xff, padding)).chain(&[1]);
    let mut encoded = [0; NUMBER_SIZE];
    for (to, from) in encoded.iter_mut().rev().zip(bytes) {
        *to = *from;
    }
    Ok(encoded)
}

/// Whether `encoded` is the signature to the power of the exponent, modulo the key; a
/// signature that is no number below the key is none. `None` for an even key.
fn is_power<const LIMBS: usize>(fields: &Fields<'_>, encoded: &[u8]) -> Option<bool> {
    let modulus = Odd::new(number::<LIMBS>(fields.key)).into_option()?;
    let signature = number::<LIMBS>(fields.signature);
    if signature >= *modulus {
        return Some(false);
    }
    let params = FixedMontyParams::new_vartime(modulus);
    let base = FixedMontyForm::new(&signature, &params);
    // Left to right: most exponents have few bits set. Nothing here is secret.
    let highest = u64::BITS - 1 - fields.exponent.leading_zeros();
    let mut power = base;
    for bit in (0..highest).rev() {
        power = power.square();
        if fields.exponent >> bit & 1 == 1 {
            power *= base;
        }
    }
    Some(power.retrieve() == number(encoded))
}

/// The big-endian number in `bytes`.
fn number<const LIMBS: usize>(bytes: &[u8]) -> Uint<LIMBS> {
    let mut limbs = [Limb::ZERO; LIMBS];
    for (limb, chunk) in limbs.iter_mut().zip(bytes.rchunks(size_of::<Word>())) {
        *limb = Limb(
            chunk
                .iter()
                .fold(0, |high, low| (high << 8) + Word::from(*low)),
        );
    }
    Uint::new(limbs)
}
