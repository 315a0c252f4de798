// SPDX-License-Identifier: MIT OR Apache-2.0

//! The OpenPGP driver's handler: whatever the request, the handler rejects it
//! with one of its statuses, or sends a well-formed reply.

#![deny(unsafe_code)]

mod items;
#[cfg(feature = "libfuzzer")]
pub mod kernel;
pub mod samples;
pub mod texts;

use sha1::Sha1;
use sha2::{Digest, Sha256};
use umd_abi::Status;
use umd_handler::Handler;
use umd_pgp::*;
use zerocopy::{FromBytes, IntoBytes};

/// The contents of the reply buffer before a request, of which nothing may be
/// sent. The buffer is aligned as that of a Handler.
static LEFT_OVER: [u64; Pgp::MAX_REPLY as usize / 8] =
    [0xa5a5_a5a5_a5a5_a5a5; Pgp::MAX_REPLY as usize / 8];

/// The tags of the packets that a request may have.
pub const TAGS: [u32; 3] = [
    UMD_PGP_TAG_SIGNATURE,
    UMD_PGP_TAG_PRIMARY_KEY,
    UMD_PGP_TAG_SUBKEY,
];

/// Returns the handler's reply, after a check that it is well-formed.
///
/// # Errors
///
/// Returns the handler's status.
///
/// # Panics
///
/// Panics if the reply is malformed, or if a well-formed request is rejected as
/// one that is not.
pub fn check(op: u16, request: &[u8]) -> Result<Vec<u8>, Status> {
    let mut buffer = LEFT_OVER;
    let answer = Pgp.handle(op, request, buffer.as_mut_bytes());
    let reply = buffer.as_bytes();
    let payload = answer.map(|len| reply.get(..len).expect("more than there is room for"));
    match op {
        UMD_OP_PGP_PACKETS => check_packets(request, payload),
        UMD_OP_PGP_TEXT => texts::check(request, payload),
        _ => assert_eq!(payload, Err(Status::EOPNOTSUPP)),
    }
    let payload = payload?;
    let rest = payload.len()..;
    assert_eq!(reply[rest.clone()], LEFT_OVER.as_bytes()[rest]);
    Ok(payload.to_vec())
}

/// Returns the packets of a request, or `None` if it is malformed.
#[must_use]
pub fn packets(request: &[u8]) -> Option<Vec<(u32, &[u8])>> {
    let mut packets = Vec::new();
    let mut rest = request;
    while !rest.is_empty() {
        let (head, bytes) = rest.split_first_chunk::<8>()?;
        let [a, b, c, d, e, f, g, h] = *head;
        let tag = u32::from_ne_bytes([a, b, c, d]);
        let len = u32::from_ne_bytes([e, f, g, h]);
        if !TAGS.contains(&tag) || len > UMD_PGP_MAX_BODY {
            return None;
        }
        let (body, bytes) = bytes.split_at_checked(len as usize)?;
        packets.push((tag, body));
        rest = bytes;
    }
    let limits = 1..=UMD_PGP_MAX_PACKETS as usize;
    limits.contains(&packets.len()).then_some(packets)
}

/// Returns a request about these packets.
///
/// # Panics
///
/// Panics if a body is 4 GiB or longer.
#[must_use]
pub fn packets_request(packets: &[(u32, &[u8])]) -> Vec<u8> {
    let mut request = Vec::new();
    for (tag, body) in packets {
        let len = u32::try_from(body.len()).expect("a short body");
        request.extend_from_slice(PgpPacket { tag: *tag, len }.as_bytes());
        request.extend_from_slice(body);
    }
    request
}

/// Returns the items of a reply.
///
/// # Panics
///
/// Panics if the reply has another length.
#[must_use]
pub fn items(reply: &[u8]) -> Vec<PgpItem> {
    let items = reply.chunks(size_of::<PgpItem>());
    items
        .map(|item| PgpItem::read_from_bytes(item).expect("whole items"))
        .collect()
}

fn check_packets(request: &[u8], reply: Result<&[u8], Status>) {
    let Some(packets) = packets(request) else {
        assert_eq!(reply, Err(Status::EINVAL));
        return;
    };
    let items = items(reply.expect("a well-formed request was rejected"));
    assert_eq!(items.len(), packets.len());
    for (item, (tag, body)) in items.iter().zip(packets) {
        items::check(item, tag, body);
    }
}

/// Returns the bytes of `data` in a range.
///
/// # Panics
///
/// Panics if the range is not in `data`, or if an empty range is not zero.
#[must_use]
pub fn bytes_in(data: &[u8], range: PgpRange) -> &[u8] {
    assert!(range.len != 0 || range.offset == 0);
    let start = range.offset as usize;
    data.get(start..start + range.len as usize)
        .expect("a range outside of the data")
}

/// Returns fingerprint and key id of a key packet (section 5.5.4), by hash
/// implementations that other programs use too.
///
/// # Panics
///
/// Panics if the packet is longer than any.
#[must_use]
pub fn fingerprint(body: &[u8]) -> (Vec<u8>, [u8; 8]) {
    if body[0] == 4 {
        let len = u16::try_from(body.len()).expect("a longer packet");
        let hash = Sha1::new()
            .chain_update([0x99])
            .chain_update(len.to_be_bytes())
            .chain_update(body)
            .finalize();
        (hash.to_vec(), hash[12..].try_into().unwrap())
    } else {
        let len = u32::try_from(body.len()).expect("a longer packet");
        let hash = Sha256::new()
            .chain_update([0x9b])
            .chain_update(len.to_be_bytes())
            .chain_update(body)
            .finalize();
        (hash.to_vec(), hash[..8].try_into().unwrap())
    }
}

/// The handler's reply to one input, known to be well-formed.
#[derive(Clone, Debug)]
pub struct Said {
    /// A `UMD_OP_PGP_` constant.
    pub op: u16,
    /// The request.
    pub request: Vec<u8>,
    /// The reply.
    pub reply: Vec<u8>,
}

/// Returns the operation and the request that an input of the fuzzer stands
/// for. The first byte selects the form:
///
/// * packets: for each, a byte that selects the tag, a length of two bytes, the
///   body, which may be cut off;
/// * text: state, kind and flags in one byte each, and the chunk;
/// * the bytes of a request of packets, of a request of text, or of an
///   operation that does not exist.
#[must_use]
pub fn request_of(input: &[u8]) -> (u16, Vec<u8>) {
    let (form, mut rest) = input
        .split_first()
        .map_or((4, input), |(first, rest)| (*first, rest));
    match form % 5 {
        0 => {
            let mut packets = Vec::new();
            while let [tag, high, low, bytes @ ..] = rest {
                let len = usize::from(u16::from_be_bytes([*high, *low]));
                let (body, bytes) = bytes.split_at(len.min(bytes.len()));
                packets.push((TAGS[usize::from(*tag) % TAGS.len()], body));
                rest = bytes;
            }
            (UMD_OP_PGP_PACKETS, packets_request(&packets))
        }
        1 => {
            let (head, chunk) = rest.split_at(rest.len().min(3));
            let field = |at| head.get(at).copied().unwrap_or(0).into();
            let head = PgpText {
                state: field(0),
                kind: field(1),
                flags: field(2),
                reserved: 0,
            };
            (UMD_OP_PGP_TEXT, [head.as_bytes(), chunk].concat())
        }
        2 => (UMD_OP_PGP_PACKETS, rest.to_vec()),
        3 => (UMD_OP_PGP_TEXT, rest.to_vec()),
        _ => (UMD_OP_PGP_TEXT + 1, rest.to_vec()),
    }
}

/// Runs one input of the fuzzer (see [`request_of`]). Returns `None` if the
/// handler rejects the request.
///
/// # Panics
///
/// See [`check`].
#[must_use]
pub fn check_input(input: &[u8]) -> Option<Said> {
    let (op, request) = request_of(input);
    let reply = check(op, &request).ok()?;
    Some(Said { op, request, reply })
}
