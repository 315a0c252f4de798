// SPDX-License-Identifier: MIT OR Apache-2.0

//! The OpenPGP driver's handler: keys, signatures and armored text in fixed
//! layouts, according to RFC 9580 and, for older formats, RFC 4880.
//!
//! The handler does no public key cryptography. The reply names the bytes that
//! are signed, the issuer, and the values. The kernel verifies them.
//!
//! # What counts
//!
//! * Keys and signatures of versions 4 and 6. All else is skipped, with all
//!   that belongs to them. If nothing is left, the status is `-ENOPKG`. Also
//!   skipped are a subkey of another version than its primary key, and a
//!   signature of version 6, a revocation included, with a hash for which RFC
//!   9580 has no length of the salt.
//! * Signatures of the primary key's version that name the primary key as
//!   issuer, in hashed or unhashed subpackets: by fingerprint or, only if there
//!   is none, by key id. All other signatures are skipped, such as those of
//!   third parties and of designated revokers.
//! * Self-signature of a primary key: a direct-key signature in front of the
//!   user ids and subkeys, or, in version 4, a certification of a user id. Of
//!   the signatures on the key, and of those on each user id, the newest
//!   counts, but only if it is newer than the newest revocation there, by the
//!   primary key or by an unnamed issuer. Of the signatures that count, the
//!   newest with key flags is taken, or the newest if none has key flags. The
//!   reply has the user id that the chosen signature certifies, if any.
//! * Subkey: the newest binding signature. A subkey that signs needs its own
//!   signature embedded there, which must name the subkey as issuer, or no
//!   issuer.
//! * Signatures do not count if they have an unknown critical subpacket or
//!   notation (section 5.2.3.7), name an issuer of another version (5.2.3.35),
//!   or belong to an encrypted message (5.2.3.36). Revocations count
//!   nevertheless.
//! * Revocation of a key: any revocation that names the primary key as issuer,
//!   or no issuer, whatever its reason and date, and for good. The revocation
//!   of a primary key also revokes its subkeys.
//! * Expiry: the earliest that these signatures, including the newest
//!   direct-key signature, state for the key or for themselves.
//!
//! The handler does not check whether any signature is true, today's date,
//! whether dates are consistent, hash algorithms, whether a point is on its
//! curve, trust, exportability, preferences, notations that are not critical,
//! or signatures of version 3.
//!
//! # What is malformed
//!
//! Malformed are: anything with a length that does not fit; a partial or
//! unknown length of a packet; a critical packet that has no place here, such
//! as any secret key; a number with leading zeros (except for EdDSA of version
//! 4, where numbers stand for bytes); a signature without its time; and a salt
//! whose length does not match the hash. A malformed ring is malformed for any
//! key of it. The values of signatures are an exception: only those in the
//! reply are parsed.
//!
//! A primary key, or a subkey of its certificate, that occurs twice is
//! malformed when it is requested: a revocation may follow only one of the
//! copies.
//!
//! # Time
//!
//! A request reads its data at most three times: the keys once to find the
//! requested key, all data once more, and the two keys in the reply to hash
//! them. The time is therefore proportional to the length, whatever the
//! contents. There is no recursion.

#![no_std]
#![forbid(unsafe_code)]

#[cfg(test)]
extern crate std;

mod algorithm;
mod armor;
mod bytes;
mod certificate;
mod der;
mod fingerprint;
mod key;
mod packet;
mod reply;
mod signature;
mod subpacket;
#[cfg(test)]
mod tests;
mod text;
mod wire;

use bytes::Bytes;
use certificate::supported;
use packet::Packet;
use signature::Signature;
use text::Window;
use umd_abi::Wire;
use umd_handler::{Handler, Status};
pub use wire::*;
use zerocopy::FromBytes;

/// Answers the OpenPGP operations.
#[derive(Debug)]
pub struct Pgp;

impl Handler for Pgp {
    const MAX_REQUEST: u32 = UMD_PGP_MAX_REQUEST;
    const MAX_REPLY: u32 = UMD_PGP_MAX_REPLY;

    fn handle(&mut self, op: u16, request: &[u8], reply: &mut [u8]) -> Result<usize, Status> {
        if !matches!(op, UMD_OP_PGP_KEY..=UMD_OP_PGP_CLEARTEXT) {
            return Err(Status::EOPNOTSUPP);
        }
        let (PgpRequest { index, part }, data) =
            PgpRequest::read_from_prefix(request).map_err(|_| Status::EINVAL)?;
        if part > UMD_PGP_PART_TEXT && (op, part) != (UMD_OP_PGP_CLEARTEXT, UMD_PGP_PART_SIGNATURES)
        {
            return Err(Status::EINVAL);
        }
        match op {
            UMD_OP_PGP_KEY => {
                let reply: &mut PgpKey = zeroed(reply)?;
                reply::key(Bytes::new(data), index, reply)?;
                Ok(size_of_val(reply))
            }
            UMD_OP_PGP_SIGNATURE => {
                let reply: &mut PgpSignatureReply = zeroed(reply)?;
                signature(Bytes::new(data), index, reply)?;
                Ok(size_of_val(reply))
            }
            _ => piece(op, part, index, data, reply),
        }
    }
}

/// Returns the start of `reply`, filled with zeros.
fn zeroed<T: Wire>(reply: &mut [u8]) -> Result<&mut T, Status> {
    let (reply, _) = T::mut_from_prefix(reply).map_err(|_| Status::EINVAL)?;
    reply.as_mut_bytes().fill(0);
    Ok(reply)
}

/// Copies the start of `from`, as much as `to` has room for, and returns how
/// many bytes were copied.
fn copy<Count: TryFrom<usize> + Default>(from: &[u8], to: &mut [u8]) -> Count {
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
    }
    // No caller's buffer is longer than `Count` can express.
    Count::try_from(from.len().min(to.len())).unwrap_or_default()
}

/// Fills in `reply`, which is all zero, for the signature number `index`.
fn signature(data: Bytes<'_>, index: u32, reply: &mut PgpSignatureReply) -> Result<(), Status> {
    let mut rest = data;
    let mut found = None;
    let mut is_empty = true;
    while let Some(Packet { tag, body }) = Packet::next(&mut rest)? {
        if tag != packet::SIGNATURE {
            return Err(Status::EBADMSG);
        }
        is_empty = false;
        if let Some(signature) = supported(Signature::parse(body))? {
            if reply.count == index {
                found = Some(signature);
            }
            reply.count += 1;
        }
    }
    let Some(signature) = found else {
        return Err(match reply.count {
            _ if is_empty => Status::EBADMSG,
            0 => Status::ENOPKG,
            _ => Status::ENODATA,
        });
    };
    reply.index = index;
    signature.write(&mut reply.signature)
}

/// Answers with a piece of a text's content.
fn piece(op: u16, part: u32, index: u32, data: &[u8], reply: &mut [u8]) -> Result<usize, Status> {
    let (reply, _) = PgpPiece::mut_from_prefix(reply).map_err(|_| Status::EINVAL)?;
    let mut wanted = Window::new(&mut reply.bytes, index);
    let mut other = Window::new(&mut [], 0);
    let mut kind = UMD_PGP_ARMOR_NONE;
    if op == UMD_OP_PGP_DEARMOR {
        kind = armor::block(data, &mut wanted)?;
    } else if part == UMD_PGP_PART_TEXT {
        armor::document(data, &mut wanted, &mut other)?;
    } else {
        armor::document(data, &mut other, &mut wanted)?;
        kind = UMD_PGP_ARMOR_SIGNATURE;
    }
    let total = wanted.total;
    let left = total.checked_sub(index).ok_or(Status::ENODATA)?;
    let len = left.min(UMD_PGP_PIECE);
    reply.total = total;
    reply.kind = kind;
    reply.len = len;
    reply.reserved = 0;
    Ok((UMD_PGP_PIECE_HEADER_SIZE + len) as usize)
}
