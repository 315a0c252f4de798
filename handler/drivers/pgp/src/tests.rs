// SPDX-License-Identifier: MIT OR Apache-2.0

//! Packets and texts made by hand, which no program makes.

mod found;
mod keys;
mod packets;
mod signatures;
pub(super) mod steps;
mod subpackets;
mod texts;

use super::Pgp;
use super::wire::*;
use std::vec;
use std::vec::Vec;
use umd_handler::{Handler, Status};
use zerocopy::{FromBytes, IntoBytes};

/// The creation time of all keys here.
const MADE: u32 = 1000;

/// What is in the reply's buffer before. The buffer is aligned as that of a
/// Handler.
static LEFT_OVER: [u64; Pgp::MAX_REPLY as usize / 8] =
    [0xa5a5_a5a5_a5a5_a5a5; Pgp::MAX_REPLY as usize / 8];

/// Returns the bytes of the reply.
fn ask(op: u16, request: &[u8]) -> Result<Vec<u8>, Status> {
    let mut reply = LEFT_OVER;
    let len = Pgp.handle(op, request, reply.as_mut_bytes())?;
    let (reply, rest) = reply.as_bytes().split_at(len);
    assert_eq!(*rest, LEFT_OVER.as_bytes()[len..]);
    Ok(reply.to_vec())
}

/// Returns a packet of a request.
fn packet(tag: u32, body: &[u8]) -> Vec<u8> {
    let len = u32::try_from(body.len()).unwrap();
    [PgpPacket { tag, len }.as_bytes(), body].concat()
}

/// Returns the items for a request.
fn items(request: &[u8]) -> Result<Vec<PgpItem>, Status> {
    let reply = ask(UMD_OP_PGP_PACKETS, request)?;
    let items = reply.chunks(size_of::<PgpItem>());
    Ok(items
        .map(|item| PgpItem::read_from_bytes(item).unwrap())
        .collect())
}

/// Returns the item for one packet, which has nothing else if it is not parsed.
fn one(tag: u32, body: &[u8]) -> PgpItem {
    let items = items(&packet(tag, body)).unwrap();
    assert_eq!(items.len(), 1);
    let item = items[0];
    if item.verdict != UMD_PGP_PARSED {
        assert_eq!(item, failed(item.verdict));
    }
    item
}

/// Returns the item for a packet that is not parsed.
fn failed(verdict: u32) -> PgpItem {
    PgpItem {
        verdict,
        ..PgpItem::default()
    }
}

/// Returns the bytes of `body` in a range.
fn bytes_in(body: &[u8], range: PgpRange) -> &[u8] {
    assert!(range.len != 0 || range.offset == 0);
    let start = range.offset as usize;
    &body[start..start + range.len as usize]
}

/// Returns the bytes of a packet's values.
fn values<'a>(body: &'a [u8], item: &PgpItem) -> [&'a [u8]; 2] {
    item.values.map(|range| bytes_in(body, range))
}

/// Encodes a multiprecision integer without leading zeros.
fn integer(bytes: &[u8]) -> Vec<u8> {
    let zeros = bytes.first().map_or(0, |byte| byte.leading_zeros());
    let bits = u16::try_from(bytes.len() * 8).unwrap() - u16::try_from(zeros).unwrap();
    [&bits.to_be_bytes(), bytes].concat()
}

/// Returns the body of a key packet.
fn key_body(version: u8, algorithm: u8, values: &[u8]) -> Vec<u8> {
    let mut body = vec![version];
    body.extend(MADE.to_be_bytes());
    body.push(algorithm);
    if version == 6 {
        body.extend(u32::try_from(values.len()).unwrap().to_be_bytes());
    }
    [&body, values].concat()
}

/// Returns an Ed25519 key of version 4.
fn ed25519() -> Vec<u8> {
    key_body(4, 27, &[1; 32])
}

fn subpacket(kind: u8, body: &[u8]) -> Vec<u8> {
    let len = u8::try_from(body.len() + 1).unwrap();
    assert!(len < 192, "a length of more than one byte");
    [&[len, kind], body].concat()
}

fn created(time: u32) -> Vec<u8> {
    subpacket(2, &time.to_be_bytes())
}

/// The values of a signature.
#[derive(Clone, Copy)]
struct Made<'a> {
    version: u8,
    kind: u8,
    algorithm: u8,
    hash: u8,
    hashed: &'a [u8],
    unhashed: &'a [u8],
    salt: &'a [u8],
    values: &'a [u8],
}

/// An Ed25519 signature of version 4 without subpackets.
const MADE_BY_HAND: Made<'static> = Made {
    version: 4,
    kind: 0,
    algorithm: 27,
    hash: 8,
    hashed: &[],
    unhashed: &[],
    salt: &[],
    values: &[0x77; 64],
};

impl Made<'_> {
    /// Returns the body of the packet, of version 4 or 6.
    fn body(self) -> Vec<u8> {
        let mut body = vec![self.version, self.kind, self.algorithm, self.hash];
        for area in [self.hashed, self.unhashed] {
            let len = u32::try_from(area.len()).unwrap().to_be_bytes();
            let size = if self.version == 6 { 4 } else { 2 };
            body.extend(&len[4 - size..]);
            body.extend(area);
        }
        body.extend([0x12, 0x34]);
        if self.version == 6 {
            body.push(u8::try_from(self.salt.len()).unwrap());
            body.extend(self.salt);
        }
        [&body, self.values].concat()
    }
}

/// Returns the body of an Ed25519 signature packet of version 4.
fn signature_body(hashed: &[u8], unhashed: &[u8]) -> Vec<u8> {
    Made {
        hashed,
        unhashed,
        ..MADE_BY_HAND
    }
    .body()
}

#[test]
fn only_the_own_operations_are_served() {
    for op in [UMD_OP_PGP_PACKETS - 1, UMD_OP_PGP_TEXT + 1, u16::MAX] {
        for request in [&[][..], &packet(6, &ed25519())] {
            assert_eq!(ask(op, request), Err(Status::EOPNOTSUPP), "{op}");
        }
    }
}
