// SPDX-License-Identifier: MIT OR Apache-2.0

//! Packets made by hand, which no program makes.

mod keys;
mod packets;
mod self_signatures;
mod signatures;
pub(super) mod steps;
mod texts;

use super::Pgp;
use super::wire::*;
use sha1::{Digest, Sha1};
use std::vec;
use std::vec::Vec;
use umd_handler::{Handler, Status};
use zerocopy::{FromBytes, IntoBytes};

/// The creation time of all keys here.
const MADE: u32 = 1000;

fn ask(op: u16, index: u32, part: u32, data: &[u8]) -> Result<Vec<u8>, Status> {
    let request = PgpRequest { index, part };
    let request = [request.as_bytes(), data].concat();
    let mut reply = vec![0xa5; Pgp::MAX_REPLY as usize];
    let len = Pgp.handle(op, &request, &mut reply)?;
    reply.truncate(len);
    Ok(reply)
}

fn key(ring: &[u8], index: u32) -> Result<PgpKey, Status> {
    let reply = ask(UMD_OP_PGP_KEY, index, 0, ring)?;
    Ok(PgpKey::read_from_bytes(&reply).unwrap())
}

fn signature(packets: &[u8], index: u32) -> Result<PgpSignatureReply, Status> {
    let reply = ask(UMD_OP_PGP_SIGNATURE, index, 0, packets)?;
    Ok(PgpSignatureReply::read_from_bytes(&reply).unwrap())
}

/// Returns a packet with a length of 4 bytes.
fn packet(tag: u8, body: &[u8]) -> Vec<u8> {
    let len = u32::try_from(body.len()).unwrap().to_be_bytes();
    [&[0xc0 | tag, 0xff], &len[..], body].concat()
}

/// Encodes a multiprecision integer without leading zeros.
fn integer(bytes: &[u8]) -> Vec<u8> {
    let bits =
        u16::try_from(bytes.len() * 8).unwrap() - u16::try_from(bytes[0].leading_zeros()).unwrap();
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

/// Returns an Ed25519 key of version 4, which differs with `byte`.
fn ed25519(byte: u8) -> Vec<u8> {
    key_body(4, 27, &[byte; 32])
}

/// Returns the fingerprint of a key packet of version 4.
fn fingerprint(body: &[u8]) -> [u8; 20] {
    let len = u16::try_from(body.len()).unwrap().to_be_bytes();
    let hash = Sha1::new()
        .chain_update([0x99])
        .chain_update(len)
        .chain_update(body);
    hash.finalize().into()
}

fn subpacket(kind: u8, body: &[u8]) -> Vec<u8> {
    let len = u8::try_from(body.len() + 1).unwrap();
    [&[len, kind], body].concat()
}

fn created(time: u32) -> Vec<u8> {
    subpacket(2, &time.to_be_bytes())
}

fn issuer(key: &[u8]) -> Vec<u8> {
    subpacket(33, &[&[4], &fingerprint(key)[..]].concat())
}

fn key_flags(flags: u8) -> Vec<u8> {
    subpacket(27, &[flags])
}

fn key_expires(seconds: u32) -> Vec<u8> {
    subpacket(9, &seconds.to_be_bytes())
}

/// Returns the body of an Ed25519 signature packet of version 4.
fn signature_body(kind: u8, hashed: &[u8], unhashed: &[u8]) -> Vec<u8> {
    let mut body = vec![4, kind, 27, 8];
    for area in [hashed, unhashed] {
        body.extend(u16::try_from(area.len()).unwrap().to_be_bytes());
        body.extend(area);
    }
    body.extend([0x12, 0x34]);
    body.extend([0x77; 64]);
    body
}

/// Returns a signature packet by the key `by`.
fn signed(kind: u8, by: &[u8], time: u32, says: &[Vec<u8>]) -> Vec<u8> {
    let hashed = [created(time), issuer(by), says.concat()].concat();
    packet(2, &signature_body(kind, &hashed, &[]))
}

fn has(key: &PgpKey, flag: u32) -> bool {
    key.flags & flag != 0
}

#[test]
fn only_whole_requests_of_the_own_operations_are_served() {
    let mut reply = vec![0; Pgp::MAX_REPLY as usize];
    for op in UMD_OP_PGP_KEY..=UMD_OP_PGP_CLEARTEXT {
        for len in 0..8 {
            let answer = Pgp.handle(op, &vec![0; len], &mut reply);
            assert_eq!(answer, Err(Status::EINVAL), "{op} {len}");
        }
        assert_eq!(ask(op, 0, 0, &[]), Err(Status::EBADMSG), "{op}");
        let expected = match op {
            UMD_OP_PGP_CLEARTEXT => Status::EBADMSG,
            _ => Status::EINVAL,
        };
        assert_eq!(ask(op, 0, 1, &[]), Err(expected), "{op}");
        assert_eq!(ask(op, 0, 2, &[]), Err(Status::EINVAL), "{op}");
    }
    for op in [UMD_OP_PGP_KEY - 1, UMD_OP_PGP_CLEARTEXT + 1, u16::MAX] {
        assert_eq!(ask(op, 0, 0, &[]), Err(Status::EOPNOTSUPP), "{op}");
        let answer = Pgp.handle(op, &[], &mut reply);
        assert_eq!(answer, Err(Status::EOPNOTSUPP), "{op}");
    }
}
