// SPDX-License-Identifier: MIT OR Apache-2.0

//! Tools for tests of the OpenPGP driver: its handler as a function, GnuPG, and
//! OpenSSL, which makes what GnuPG does not and verifies signatures.

mod gpg;
pub mod guest;
mod maker;
pub(crate) mod packet;
mod verify;

pub use gpg::{Gpg, Listed};
pub use verify::{Signed, is_true};

use umd_abi::Status;
use umd_pgp::{
    PgpKey, PgpRequest, PgpSignature, PgpSignatureReply, UMD_OP_PGP_CLEARTEXT, UMD_OP_PGP_DEARMOR,
    UMD_OP_PGP_KEY, UMD_OP_PGP_SIGNATURE, UMD_PGP_ARMOR_PUBLIC_KEY, UMD_PGP_ARMOR_SIGNATURE,
    UMD_PGP_PART_SIGNATURES, UMD_PGP_PART_TEXT, UMD_PGP_PIECE_HEADER_SIZE,
};
use umd_pgp_fuzz::check;
use zerocopy::FromBytes;

/// Returns the key number `index` of a ring.
///
/// # Errors
///
/// Returns the handler's status.
///
/// # Panics
///
/// Panics if the handler's reply is malformed, as all functions here do.
pub fn key(ring: &[u8], index: u32) -> Result<PgpKey, Status> {
    let reply = check(UMD_OP_PGP_KEY, PgpRequest { index, part: 0 }, ring)?;
    Ok(PgpKey::read_from_bytes(&reply).expect("a key"))
}

/// Returns all keys of a ring.
///
/// # Errors
///
/// See [`key`].
///
/// # Panics
///
/// See [`key`].
pub fn keys(ring: &[u8]) -> Result<Vec<PgpKey>, Status> {
    let count = key(ring, 0)?.count;
    assert_eq!(key(ring, count).err(), Some(Status::ENODATA));
    (0..count).map(|index| key(ring, index)).collect()
}

/// Returns all signatures of some packets.
///
/// # Errors
///
/// See [`key`].
///
/// # Panics
///
/// See [`key`].
pub fn signatures(packets: &[u8]) -> Result<Vec<PgpSignature>, Status> {
    let one = |index| {
        let reply = check(UMD_OP_PGP_SIGNATURE, PgpRequest { index, part: 0 }, packets)?;
        Ok(PgpSignatureReply::read_from_bytes(&reply).expect("a signature"))
    };
    let count = one(0)?.count;
    assert_eq!(one(count).err(), Some(Status::ENODATA));
    (0..count)
        .map(|index| one(index).map(|reply| reply.signature))
        .collect()
}

/// Returns the kind and the content of an armored block.
///
/// # Errors
///
/// See [`key`].
pub fn dearmor(text: &[u8]) -> Result<(u32, Vec<u8>), Status> {
    content(UMD_OP_PGP_DEARMOR, 0, text)
}

/// Returns the text and the signatures of a clearsigned document.
///
/// # Errors
///
/// See [`key`].
pub fn cleartext(document: &[u8]) -> Result<(Vec<u8>, Vec<u8>), Status> {
    let (_, text) = content(UMD_OP_PGP_CLEARTEXT, UMD_PGP_PART_TEXT, document)?;
    let (_, signatures) = content(UMD_OP_PGP_CLEARTEXT, UMD_PGP_PART_SIGNATURES, document)?;
    Ok((text, signatures))
}

/// Requests all pieces of a content and joins them.
fn content(op: u16, part: u32, text: &[u8]) -> Result<(u32, Vec<u8>), Status> {
    let mut bytes = Vec::new();
    loop {
        let index = u32::try_from(bytes.len()).expect("a short text");
        let reply = check(op, PgpRequest { index, part }, text)?;
        let (head, piece) = reply.split_at(UMD_PGP_PIECE_HEADER_SIZE as usize);
        let total = u32::from_ne_bytes([head[0], head[1], head[2], head[3]]);
        let kind = u32::from_ne_bytes([head[4], head[5], head[6], head[7]]);
        bytes.extend_from_slice(piece);
        if bytes.len() == total as usize {
            let behind = PgpRequest {
                index: total + 1,
                part,
            };
            assert_eq!(check(op, behind, text), Err(Status::ENODATA));
            assert!(kind <= UMD_PGP_ARMOR_PUBLIC_KEY.max(UMD_PGP_ARMOR_SIGNATURE));
            return Ok((kind, bytes));
        }
    }
}
