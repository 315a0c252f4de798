// SPDX-License-Identifier: MIT OR Apache-2.0

//! The fields of a request, once their lengths and paddings are right.

use crate::wire::*;
use umd_handler::Status;

/// A request whose lengths are within the fields, and whose other bytes are zero.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields<'a> {
    /// A `UMD_VERIFY_` number; whether it has a meaning is not checked.
    pub(crate) algorithm: u32,
    /// The number of a hash whose digest is as long as `digest`, or zero.
    pub(crate) hash: u32,
    pub(crate) exponent: u64,
    pub(crate) digest: &'a [u8],
    pub(crate) key: &'a [u8],
    pub(crate) signature: &'a [u8],
}

impl<'a> Fields<'a> {
    /// Checks what holds for all algorithms.
    pub(crate) fn of(request: &'a VerifyRequest) -> Result<Self, Status> {
        let digest = filled(&request.digest, request.digest_len)?;
        let has_length_of_hash = match request.hash {
            UMD_VERIFY_HASH_NONE => true,
            hash => digest_len(hash) == Some(digest.len()),
        };
        if request.reserved != 0 || !has_length_of_hash {
            return Err(Status::EINVAL);
        }
        Ok(Self {
            algorithm: request.algorithm,
            hash: request.hash,
            exponent: request.exponent,
            digest,
            key: filled(&request.key, request.key_len)?,
            signature: filled(&request.signature, request.signature_len)?,
        })
    }
}

/// The first `len` bytes of `field`, whose others are zero.
fn filled(field: &[u8], len: u32) -> Result<&[u8], Status> {
    match field.split_at_checked(len as usize) {
        Some((filled, rest)) if rest.iter().all(|byte| *byte == 0) => Ok(filled),
        _ => Err(Status::EINVAL),
    }
}

/// The length of a digest of `hash`, or `None` for a number without a meaning.
fn digest_len(hash: u32) -> Option<usize> {
    match hash {
        UMD_VERIFY_SHA1 | UMD_VERIFY_RIPEMD160 => Some(20),
        UMD_VERIFY_SHA224 => Some(28),
        UMD_VERIFY_SHA256 | UMD_VERIFY_SHA3_256 => Some(32),
        UMD_VERIFY_SHA384 => Some(48),
        UMD_VERIFY_SHA512 | UMD_VERIFY_SHA3_512 => Some(64),
        _ => None,
    }
}
