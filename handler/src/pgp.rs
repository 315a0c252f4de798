// SPDX-License-Identifier: MIT OR Apache-2.0

//! The OpenPGP driver's handler: keys, signatures and armored text in fixed
//! layouts, according to RFC 9580 and, for what is older, RFC 4880.
//!
//! It does no public key cryptography: it says which bytes are signed, by whom,
//! and with which values. The kernel verifies them.
//!
//! # What counts
//!
//! * Keys and signatures of versions 4 and 6. Others are skipped, with all that
//!   belongs to them; when nothing is left, the status is `-ENOPKG`. A subkey
//!   of another version than its primary key is skipped too, and a signature
//!   of version 6 by a hash for which RFC 9580 has no length of the salt, be it
//!   a revocation or not.
//! * Signatures that name their primary key as issuer, by fingerprint or, only
//!   if there is none, by key id, in hashed or unhashed subpackets, and that
//!   are of its version. All others are skipped: of third parties, and of
//!   designated revokers.
//! * Self-signature of a primary key: a direct-key signature in front of the
//!   user ids and subkeys, or, of version 4, a certification of a user id. On
//!   each of them the newest counts, unless it is not newer than the newest
//!   revocation of what is said there, be that by the primary key or by nobody
//!   that is named. Of all of these the newest with key flags counts, and if none
//!   has any, the newest. A user id is told if that one certifies it.
//! * Subkey: the newest binding signature. One that signs needs the subkey's
//!   own signature inside it, which must name the subkey or nobody.
//! * One with a critical subpacket or notation that is not known does not count
//!   (section 5.2.3.7), nor does one that names an issuer of another version
//!   (5.2.3.35), or that belongs to an encrypted message (5.2.3.36); but a
//!   revocation always does.
//! * Revocation of a key: by any revocation that names the primary key as
//!   issuer or nobody, whatever its reason and date, and for good. A primary
//!   key's revocation is its subkeys' too.
//! * Expiry: the earliest that these signatures state, for the key or for
//!   themselves, the newest direct-key signature included.
//!
//! What is not checked: whether any signature is true; the date of today; that
//! dates make sense among each other; hash algorithms; whether a point is on
//! its curve; trust, exportability, preferences, notations that are not
//! critical; signatures in version 3.
//!
//! # What is malformed
//!
//! Whatever a length does not fit in, a partial or unknown length of a packet,
//! a packet that is critical and has no place there, such as any secret key,
//! a number with leading zeros (but for EdDSA of version 4, where it stands for
//! bytes), a signature without its time, a salt of another length than the
//! hash's. That of a ring is so for any key of it, but for the values of
//! signatures, which are read only of those in the reply.
//!
//! So is a primary key, or a subkey of its certificate, that is there twice when it
//! is asked for: one copy may be revoked behind the other.
//!
//! # Time
//!
//! A request reads its data at most three times: keys once to find one of
//! them, all of it once more, and the two keys in the reply to hash them.
//! So it takes time in proportion to its length, whatever is in it; there is no
//! recursion.

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

use crate::Handler;
use bytes::Bytes;
use certificate::supported;
use packet::Packet;
use signature::Signature;
use text::Window;
use umd_abi::{
    PgpKey, PgpPiece, PgpRequest, PgpSignatureReply, Status, UMD_OP_PGP_CLEARTEXT,
    UMD_OP_PGP_DEARMOR, UMD_OP_PGP_KEY, UMD_OP_PGP_SIGNATURE, UMD_PGP_ARMOR_NONE,
    UMD_PGP_ARMOR_SIGNATURE, UMD_PGP_MAX_REPLY, UMD_PGP_MAX_REQUEST, UMD_PGP_PART_SIGNATURES,
    UMD_PGP_PART_TEXT, UMD_PGP_PIECE, UMD_PGP_PIECE_HEADER_SIZE,
};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

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

/// The start of `reply`, all zero.
fn zeroed<T: FromBytes + IntoBytes + KnownLayout + Immutable>(
    reply: &mut [u8],
) -> Result<&mut T, Status> {
    let (reply, _) = T::mut_from_prefix(reply).map_err(|_| Status::EINVAL)?;
    reply.as_mut_bytes().fill(0);
    Ok(reply)
}

/// Copies the start of `from`, as much as `to` has room for, and returns how
/// much.
fn copy<Count: TryFrom<usize> + Default>(from: &[u8], to: &mut [u8]) -> Count {
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
    }
    // No caller's buffer is longer than its type can say.
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
