// SPDX-License-Identifier: MIT OR Apache-2.0

//! The OpenPGP driver's handler: whatever the request, the handler rejects it
//! with one of its statuses, or sends a well-formed reply.

#![deny(unsafe_code)]

#[cfg(feature = "libfuzzer")]
pub mod kernel;
pub mod samples;

use sha1::Sha1;
use sha2::{Digest, Sha256};
use umd_abi::Status;
use umd_handler::Handler;
use umd_pgp::*;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// The contents of the reply buffer before a request, of which nothing may be
/// sent.
const LEFT_OVER: u8 = 0xa5;

/// Returns the handler's reply, after a check that it is well-formed.
///
/// # Errors
///
/// Returns the handler's status.
///
/// # Panics
///
/// Panics if the reply is malformed.
pub fn check(op: u16, request: PgpRequest, data: &[u8]) -> Result<Vec<u8>, Status> {
    let bytes = [request.as_bytes(), data].concat();
    check_bytes(op, &bytes)
}

/// Like [`check`], with a request that may be too short.
///
/// # Errors
///
/// See [`check`].
///
/// # Panics
///
/// See [`check`].
pub fn check_bytes(op: u16, request: &[u8]) -> Result<Vec<u8>, Status> {
    let mut reply = vec![LEFT_OVER; Pgp::MAX_REPLY as usize];
    let answer = Pgp.handle(op, request, &mut reply);
    let parsed = PgpRequest::ref_from_prefix(request).ok();
    match answer {
        Ok(len) => {
            let (request, data) = parsed.expect("a request without a header was served");
            let payload = reply.get(..len).expect("more than the layout");
            let rest = reply.get(len..).unwrap_or_default();
            match op {
                UMD_OP_PGP_KEY => check_key(read(payload), request, data),
                UMD_OP_PGP_SIGNATURE => check_reply(read(payload), request, data),
                UMD_OP_PGP_DEARMOR | UMD_OP_PGP_CLEARTEXT => {
                    check_piece(op, payload, request, data);
                    return Ok(payload.to_vec());
                }
                _ => panic!("an unknown operation was served"),
            }
            assert!(rest.iter().all(|byte| *byte == LEFT_OVER));
            Ok(payload.to_vec())
        }
        Err(Status::EOPNOTSUPP) => {
            assert!(!(UMD_OP_PGP_KEY..=UMD_OP_PGP_CLEARTEXT).contains(&op));
            Err(Status::EOPNOTSUPP)
        }
        Err(Status::EINVAL) => {
            assert!(parsed.is_none_or(|(request, _)| request.part != 0));
            Err(Status::EINVAL)
        }
        Err(status @ (Status::EBADMSG | Status::ENOPKG | Status::ENODATA)) => Err(status),
        Err(status) => panic!("{status:?}"),
    }
}

fn read<T: FromBytes + IntoBytes + KnownLayout + Immutable>(payload: &[u8]) -> &T {
    T::ref_from_bytes(payload).expect("another length")
}

/// Returns the bytes of `data` in a range.
///
/// # Panics
///
/// Panics if the range is not in `data`.
#[must_use]
pub fn bytes_in(data: &[u8], range: PgpRange) -> &[u8] {
    let start = range.offset as usize;
    data.get(start..start + range.len as usize)
        .expect("a range outside of the data")
}

/// Asserts that all bytes after the first `len` are zero.
fn check_padding(bytes: &[u8], len: u32) {
    let rest = bytes.get(len as usize..).expect("a length above the size");
    assert!(rest.iter().all(|byte| *byte == 0), "not padded with zeros");
}

fn check_key(key: &PgpKey, request: &PgpRequest, data: &[u8]) {
    assert_eq!(key.index, request.index);
    assert!(key.index < key.count && key.primary_index <= key.index);
    assert_eq!(key.flags & !UMD_PGP_KEY_FLAGS, 0);
    assert!(key.curve <= UMD_PGP_CURVE_BRAINPOOL_P512);
    check_padding(&key.fingerprint, key.fingerprint_len.into());
    check_padding(&key.material, key.material_len);
    check_padding(&key.user_id, key.user_id_len);

    let body = bytes_in(data, key.subject);
    assert_eq!(body[0], key.version);
    assert_eq!(
        body[1..5],
        u32::try_from(key.created).unwrap().to_be_bytes()
    );
    assert_eq!(body[5], key.algorithm);
    let (fingerprint, key_id) = fingerprint(body);
    assert_eq!(key.fingerprint[..key.fingerprint_len.into()], fingerprint);
    assert_eq!(key.key_id, key_id);

    let has = |flag| key.flags & flag != 0;
    let primary = bytes_in(data, key.primary);
    assert_eq!(primary[0], key.version);
    assert_eq!(has(UMD_PGP_KEY_PRIMARY), key.primary == key.subject);
    assert_eq!(has(UMD_PGP_KEY_PRIMARY), key.primary_index == key.index);
    let certified = bytes_in(data, key.certified);
    if !certified.is_empty() {
        assert!(has(UMD_PGP_KEY_PRIMARY | UMD_PGP_KEY_BOUND));
        let shown = &key.user_id[..key.user_id_len as usize];
        assert_eq!(shown, &certified[..certified.len().min(key.user_id.len())]);
    }
    check_optional(&key.binding, has(UMD_PGP_KEY_BOUND), data);
    check_optional(&key.back, has(UMD_PGP_KEY_BACK), data);
    if has(UMD_PGP_KEY_BOUND) {
        assert_eq!(key.binding.version, key.version);
        assert_eq!(key.binding.flags, 0);
        let (fingerprint, key_id) = self::fingerprint(primary);
        assert_eq!(key.binding.issuer_key_id, key_id);
        let named = &key.binding.issuer[..key.binding.issuer_len.into()];
        assert!(named.is_empty() || named == fingerprint);
        assert!(key.binding.expires == 0 || key.expires <= key.binding.expires);
    }
    if has(UMD_PGP_KEY_SIGNS) {
        assert!(has(UMD_PGP_KEY_BOUND));
        assert!(has(UMD_PGP_KEY_PRIMARY) || has(UMD_PGP_KEY_BACK));
    }
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

fn check_reply(reply: &PgpSignatureReply, request: &PgpRequest, data: &[u8]) {
    assert_eq!(reply.index, request.index);
    assert!(reply.index < reply.count);
    check_optional(&reply.signature, true, data);
}

fn check_optional(signature: &PgpSignature, is_given: bool, data: &[u8]) {
    if !is_given {
        check_padding(signature.as_bytes(), 0);
        return;
    }
    let hashed = bytes_in(data, signature.hashed);
    assert!(matches!(signature.version, 4 | 6));
    assert_eq!(
        hashed[..4],
        [
            signature.version,
            signature.kind,
            signature.algorithm,
            signature.hash
        ]
    );
    let [a, b, c, d] = signature.hashed.len.to_be_bytes();
    assert_eq!(signature.trailer_len, 6);
    assert_eq!(
        signature.trailer,
        [signature.version, 0xff, a, b, c, d, 0, 0]
    );
    assert!(signature.expires == 0 || signature.expires > signature.created);
    assert!(matches!(signature.issuer_len, 0 | 20 | 32));
    assert!(matches!(signature.salt_len, 0 | 16 | 24 | 32));
    assert_eq!(signature.salt_len == 0, signature.version == 4);
    assert_eq!(signature.flags & !UMD_PGP_SIGNATURE_FLAGS, 0);
    assert_eq!(signature.reserved, 0);
    check_padding(&signature.issuer, signature.issuer_len.into());
    check_padding(&signature.salt, signature.salt_len.into());
    check_padding(&signature.value, signature.value_len);
}

fn check_piece(op: u16, payload: &[u8], request: &PgpRequest, data: &[u8]) {
    let (head, bytes) = payload.split_at(UMD_PGP_PIECE_HEADER_SIZE as usize);
    let numbers: Vec<u32> = head
        .chunks(4)
        .map(|number| u32::from_ne_bytes(number.try_into().unwrap()))
        .collect();
    let [total, kind, len, reserved] = numbers[..] else {
        panic!("another header");
    };
    assert_eq!(bytes.len(), len as usize);
    assert_eq!(len, (total - request.index).min(UMD_PGP_PIECE));
    assert_eq!(reserved, 0);
    match (op, request.part) {
        (UMD_OP_PGP_CLEARTEXT, UMD_PGP_PART_TEXT) => assert_eq!(kind, UMD_PGP_ARMOR_NONE),
        (UMD_OP_PGP_CLEARTEXT, _) => assert_eq!(kind, UMD_PGP_ARMOR_SIGNATURE),
        _ => assert!(matches!(
            kind,
            UMD_PGP_ARMOR_PUBLIC_KEY | UMD_PGP_ARMOR_SIGNATURE
        )),
    }
    // A line feed becomes at most two bytes, four symbols become three.
    assert!(total as usize <= 2 * data.len());
}

/// The handler's reply to one input, known to be well-formed.
#[derive(Clone, Debug)]
pub struct Said<'a> {
    /// A `UMD_OP_PGP_` constant.
    pub op: u16,
    /// The request.
    pub request: PgpRequest,
    /// The data that the request is about.
    pub data: &'a [u8],
    /// The reply.
    pub reply: Vec<u8>,
}

/// Runs one input of the fuzzer: the first byte selects the operation, the
/// second index and part, the rest is the data. Returns `None` if the handler
/// rejects the request.
///
/// # Panics
///
/// See [`check`].
pub fn check_input(input: &[u8]) -> Option<Said<'_>> {
    let [op, index, data @ ..] = input else {
        assert!(check_bytes(UMD_OP_PGP_KEY, input).is_err());
        return None;
    };
    let op = UMD_OP_PGP_KEY + u16::from(op % 5);
    let request = PgpRequest {
        index: u32::from(index & 0x3f),
        part: u32::from(index >> 6),
    };
    let reply = check(op, request, data).ok()?;
    Some(Said {
        op,
        request,
        data,
        reply,
    })
}
