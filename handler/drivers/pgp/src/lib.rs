// SPDX-License-Identifier: MIT OR Apache-2.0

//! The OpenPGP driver's handler: what is in single packets and in chunks of
//! text, according to RFC 9580 and, for older formats, RFC 4880.
//!
//! The handler does no cryptography, keeps nothing, and decides nothing: the
//! kernel finds the packets, verifies signatures, and decides which of them
//! count. Each packet is parsed on its own, so that a malformed one spoils no
//! other. There is no recursion: an embedded signature is for another request.
//!
//! # Keys
//!
//! * Versions 4 and 6. In version 6, the length of the values must be right; in
//!   version 4, a packet of more than 65,535 bytes has no fingerprint.
//! * RSA, ECDSA, EdDSA and Ed448 keys with malformed values are malformed. Keys
//!   that cannot sign are not, and other algorithms have any values.
//! * A point that is compressed, or is on a curve without a number, has no form
//!   in the reply.
//!
//! # Signatures
//!
//! * Versions 3, 4 and 6. In versions 4 and 6, the creation time must be among
//!   the hashed subpackets. In version 6, the salt must be as long as the hash
//!   requires.
//! * Of several subpackets of one kind, the last one counts. An issuer by its
//!   fingerprint counts more than one by its key id; of each, a hashed one more
//!   than an unhashed one, and so with embedded signatures. All else counts only
//!   if hashed.
//! * A hashed time, lifetime or issuer of the wrong length makes the signature
//!   malformed. Any other malformed subpacket, such as an unhashed one, is taken
//!   for one of an unknown kind. The subpackets must fill their areas.
//!
//! Numbers with leading zeros are malformed in version 6 only; numbers with
//! more bits than they state, and bytes behind the values, are malformed in any
//! version.
//!
//! # Text
//!
//! The structure is that of section 6.2 and 7: armor of keys and signatures,
//! and clearsigned documents. In a document, the only allowed header is Hash,
//! with names of hashes: other text there would look as if it were signed. A
//! checksum is ignored: section 6.1 forbids to reject armor for a wrong one.
//! Base64 and dash escapes are the kernel's to decode.
//!
//! # Time
//!
//! A request reads each byte a fixed number of times at most.

#![no_std]
#![forbid(unsafe_code)]

#[cfg(test)]
extern crate std;

mod algorithm;
mod bytes;
mod key;
mod packets;
mod signature;
mod subpacket;
#[cfg(test)]
mod tests;
mod text;
mod wire;

use umd_handler::{Handler, Status};
pub use wire::*;
use zerocopy::{FromBytes, IntoBytes};

/// Answers the OpenPGP operations.
#[derive(Debug)]
pub struct Pgp;

impl Handler for Pgp {
    const MAX_REQUEST: u32 = UMD_PGP_MAX_REQUEST;
    const MAX_REPLY: u32 = UMD_PGP_MAX_REPLY;

    fn handle(&mut self, op: u16, request: &[u8], reply: &mut [u8]) -> Result<usize, Status> {
        match op {
            UMD_OP_PGP_PACKETS => packets::answer(request, reply),
            UMD_OP_PGP_TEXT => {
                let (request, chunk) =
                    PgpText::read_from_prefix(request).map_err(|_| Status::EINVAL)?;
                let answer = text::answer(request, chunk)?;
                answer.write_to_prefix(reply).map_err(|_| Status::EINVAL)?;
                Ok(size_of_val(&answer))
            }
            _ => Err(Status::EOPNOTSUPP),
        }
    }
}
