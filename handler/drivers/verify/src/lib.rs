// SPDX-License-Identifier: MIT OR Apache-2.0

//! The Handlers that verify signatures. Each request is one public key, one digest and
//! one signature, as numbers of fixed sizes; the reply is a verdict.
//!
//! # Three Handlers
//!
//! All algorithms in one file would be above 64 KiB. Each family of algorithms has a
//! Handler of its own, with the same requests and replies, and answers `-ENOPKG` to
//! the algorithms of the others: `verify_umh` ([`VerifyEdwards`]), `verify_ec_umh`
//! ([`VerifyEcdsa`]) and `verify_rsa_umh` ([`VerifyRsa`]).
//!
//! # Which signatures are true
//!
//! **Ed25519**: by RFC 8032, section 5.1.7, in its strict reading. R must be the
//! encoding of `[S]B - [k]A`, byte by byte, without the cofactor. S must be below the
//! order L. A must be encoded canonically, and neither A nor R may be of small order.
//! GnuPG and Sequoia (by OpenSSL or Nettle) verify without the cofactor too. What an
//! honest signer makes, with a key that is a multiple of B, is true by all of these
//! rules. ZIP 215, which multiplies by the cofactor and takes encodings that are not
//! canonical, is for those who must agree on forged signatures as well; here it would
//! make signatures true that GnuPG refuses. With a key of small order, one signature
//! would be true for many messages. A key with a component of small order (mixed
//! order) is taken, as GnuPG does: only its owner can make one, and the equation holds
//! as it stands or not at all.
//!
//! **ECDSA**: by FIPS 186-5, section 6.4.2. r and s must be in `1..n`. Both s and n - s
//! are taken, as OpenPGP has no rule about it. Of a digest that is longer than n, the
//! leftmost bits count; a shorter one is taken as it is. RFC 9580 asks for a digest at
//! least as long as n, but GnuPG has made others.
//!
//! **RSA**: by RFC 8017, section 8.2.2 (PKCS #1 v1.5), with the parameters of the hash
//! (`NULL`) as RFC 9580 has them. The encoded message is made anew and compared as a
//! whole.

#![no_std]
#![forbid(unsafe_code)]

#[cfg(test)]
extern crate std;

mod ecdsa;
mod ed25519;
mod request;
mod rsa;
mod wire;

#[cfg(test)]
mod tests;

use linux_raw_sys::errno;
use p256::NistP256;
use p384::NistP384;
use p521::NistP521;
use request::Fields;
use umd_handler::{Handler, Status};
pub use wire::*;
use zerocopy::{FromBytes, IntoBytes};

/// Families of algorithms, of which a Handler has some.
const EDWARDS: u8 = 1;
const ECDSA: u8 = 2;
const RSA: u8 = 4;
const ALL: u8 = 7;

/// The Handler `verify_umh`: Ed25519.
pub type VerifyEdwards = Verify<EDWARDS>;
/// The Handler `verify_ec_umh`: ECDSA with P-256, P-384 and P-521.
pub type VerifyEcdsa = Verify<ECDSA>;
/// The Handler `verify_rsa_umh`: RSA.
pub type VerifyRsa = Verify<RSA>;
/// A Handler of all algorithms, which is none of the final files.
pub type VerifyAll = Verify<ALL>;

/// Status for a key that is none.
const EKEYREJECTED: Status = Status::from_errno(errno::EKEYREJECTED);

/// Whether the signature of `request` is true.
///
/// # Errors
///
/// The statuses of [`UMD_OP_VERIFY`], but for `-EOPNOTSUPP`.
pub fn verify(request: &VerifyRequest) -> Result<bool, Status> {
    verify_with::<ALL>(request)
}

/// [`verify`], for algorithms of `FAMILIES`.
fn verify_with<const FAMILIES: u8>(request: &VerifyRequest) -> Result<bool, Status> {
    let fields = Fields::of(request)?;
    let has = |family| FAMILIES & family != 0;
    match fields.algorithm {
        UMD_VERIFY_ED25519 if has(EDWARDS) => ed25519::verify(&fields),
        UMD_VERIFY_P256 if has(ECDSA) => ecdsa::verify::<NistP256>(&fields),
        UMD_VERIFY_P384 if has(ECDSA) => ecdsa::verify::<NistP384>(&fields),
        UMD_VERIFY_P521 if has(ECDSA) => ecdsa::verify::<NistP521>(&fields),
        UMD_VERIFY_RSA if has(RSA) => rsa::verify(&fields),
        0 | UMD_VERIFY_ALGORITHMS.. => Err(Status::EINVAL),
        _ => Err(Status::ENOPKG),
    }
}

/// Answers [`UMD_OP_VERIFY`] for algorithms of `FAMILIES`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Verify<const FAMILIES: u8>;

impl<const FAMILIES: u8> Verify<FAMILIES> {
    /// Returns a handler, which has no state.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

impl<const FAMILIES: u8> Handler for Verify<FAMILIES> {
    const MAX_REQUEST: u32 = UMD_VERIFY_MAX_REQUEST;
    const MAX_REPLY: u32 = UMD_VERIFY_MAX_REPLY;

    fn handle(&mut self, op: u16, request: &[u8], reply: &mut [u8]) -> Result<usize, Status> {
        if op != UMD_OP_VERIFY {
            return Err(Status::EOPNOTSUPP);
        }
        let request = VerifyRequest::ref_from_bytes(request).map_err(|_| Status::EINVAL)?;
        let verdict = if verify_with::<FAMILIES>(request)? {
            UMD_VERIFY_TRUE
        } else {
            UMD_VERIFY_FALSE
        };
        let _ = VerifyReply { verdict }.write_to_prefix(reply);
        Ok(size_of::<VerifyReply>())
    }
}
