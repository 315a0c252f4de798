// SPDX-License-Identifier: MIT OR Apache-2.0

//! The Handlers that verify signatures: whatever the request, they answer without a
//! panic, one Handler alone knows the algorithm, and what they call true is true for
//! the libraries' own functions too, which read encodings of their own.

#![forbid(unsafe_code)]

use ed25519_dalek::{Signature, Verifier, VerifyingKey};
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use umd_abi::Status;
use umd_handler::Handler;
use umd_verify::*;
use zerocopy::{FromZeros, IntoBytes};

/// The statuses that a request may have.
const REFUSED: [Status; 3] = [
    Status::EINVAL,
    Status::ENOPKG,
    // EKEYREJECTED
    Status::from_errno(129),
];

/// What a Handler answers, after a check that the reply is
/// well-formed.
fn handle(mut handler: impl Handler, request: &VerifyRequest) -> Result<bool, Status> {
    let mut reply = [0xa5; UMD_VERIFY_MAX_REPLY as usize];
    let answer = handler.handle(UMD_OP_VERIFY, request.as_bytes(), &mut reply);
    let Err(status) = answer else {
        assert_eq!(answer, Ok(reply.len()));
        return match u64::from_ne_bytes(reply) {
            UMD_VERIFY_TRUE => Ok(true),
            UMD_VERIFY_FALSE => Ok(false),
            other => panic!("the verdict is {other:x}"),
        };
    };
    assert_eq!(reply, [0xa5; 8], "a reply beside a status");
    assert!(REFUSED.contains(&status), "{status:?}");
    Err(status)
}

/// Checks the answers of all Handlers to `request`, and returns the one that counts.
///
/// # Errors
///
/// The status that all of them, or the one that knows the algorithm, answer.
///
/// # Panics
///
/// An answer is not as it must be.
pub fn check(request: &VerifyRequest) -> Result<bool, Status> {
    let answers = [
        handle(VerifyEdwards::new(), request),
        handle(VerifyEcdsa::new(), request),
        handle(VerifyRsa::new(), request),
    ];
    let own = match request.algorithm {
        UMD_VERIFY_ED25519 => Some(0),
        UMD_VERIFY_P256 | UMD_VERIFY_P384 | UMD_VERIFY_P521 => Some(1),
        UMD_VERIFY_RSA => Some(2),
        _ => None,
    };
    let expected = answers[own.unwrap_or_default()];
    for (handler, answer) in answers.into_iter().enumerate() {
        let is_unknown = answer == Err(Status::ENOPKG) && own != Some(handler);
        assert!(answer == expected || is_unknown, "{answers:?}");
    }
    if own.is_none() {
        assert!(expected.is_err(), "an unknown algorithm is served");
    }
    if expected == Ok(true) {
        assert!(by_library(request), "{request:?}");
        let mut other = *request;
        other.signature[0] ^= 1;
        assert_ne!(handle(VerifyAll::new(), &other), Ok(true), "{request:?}");
    }
    expected
}

/// The bytes of a request that count: digest, key and signature.
fn parts(request: &VerifyRequest) -> [&[u8]; 3] {
    [
        &request.digest[..request.digest_len as usize],
        &request.key[..request.key_len as usize],
        &request.signature[..request.signature_len as usize],
    ]
}

/// Whether a library's own function, which checks lengths and encodings by itself, says
/// that a signature is true. There is none for RSA.
fn by_library(request: &VerifyRequest) -> bool {
    let [digest, key, signature] = parts(request);
    /// With the curve's own types.
    macro_rules! ecdsa {
        ($curve:ident, $pad:expr) => {{
            let point = [&[4], key].concat();
            let key = $curve::ecdsa::VerifyingKey::from_sec1_bytes(&point).unwrap();
            let signature = $curve::ecdsa::Signature::from_slice(signature).unwrap();
            // The library takes no digest that is shorter than half of the order.
            let padded = [&vec![0; $pad.max(digest.len()) - digest.len()], digest].concat();
            key.verify_prehash(&padded, &signature).is_ok()
        }};
    }
    match request.algorithm {
        UMD_VERIFY_ED25519 => {
            let key = VerifyingKey::try_from(key).unwrap();
            let signature = Signature::try_from(signature).unwrap();
            key.verify(digest, &signature).is_ok()
        }
        UMD_VERIFY_P256 => ecdsa!(p256, 32),
        UMD_VERIFY_P384 => ecdsa!(p384, 48),
        UMD_VERIFY_P521 => ecdsa!(p521, 66),
        _ => true,
    }
}

/// Lengths of a digest by number of its hash.
const DIGESTS: [u32; 15] = [32, 32, 20, 32, 32, 32, 32, 32, 32, 48, 64, 28, 32, 32, 64];

/// Exponents, of which some are refused.
const EXPONENTS: [u64; 8] = [65_537, 3, 17, 257, 65_539, u64::MAX, 65_536, 1];

/// Decodes one input of the fuzzer: algorithm, hash, exponent, length of an RSA key and
/// a fault in a byte each; then digest, key and signature as long as they must be.
#[must_use]
pub fn decode(input: &[u8]) -> Option<VerifyRequest> {
    let [algorithm, hash, exponent, len, fault, rest @ ..] = input else {
        return None;
    };
    let mut request = VerifyRequest::new_zeroed();
    request.algorithm = u32::from(algorithm % 11);
    request.hash = u32::from(hash % 15);
    request.digest_len = DIGESTS[usize::from(hash % 15)];
    (request.key_len, request.signature_len) = match request.algorithm {
        UMD_VERIFY_ED25519 => (32, 64),
        UMD_VERIFY_ED448 => (57, 114),
        UMD_VERIFY_P256 | UMD_VERIFY_BRAINPOOL_P256 => (64, 64),
        UMD_VERIFY_P384 | UMD_VERIFY_BRAINPOOL_P384 => (96, 96),
        UMD_VERIFY_P521 => (132, 132),
        UMD_VERIFY_RSA => {
            request.exponent = EXPONENTS[usize::from(exponent % 8)];
            let len = 256 + 3 * u32::from(*len);
            (len, len)
        }
        _ => (128, 128),
    };
    let mut rest = rest.iter().copied();
    let mut take = |field: &mut [u8], len: u32| {
        for (to, from) in field.iter_mut().zip(rest.by_ref().take(len as usize)) {
            *to = from;
        }
    };
    take(&mut request.digest, request.digest_len);
    take(&mut request.key, request.key_len);
    take(&mut request.signature, request.signature_len);
    match fault {
        1 => request.key_len ^= 1 << (len % 32),
        2 => request.signature_len ^= 1 << (len % 32),
        3 => request.digest_len ^= 1 << (len % 32),
        4 => request.reserved = 1 << (len % 32),
        5 => request.exponent ^= 1 << (len % 64),
        _ => {}
    }
    Some(request)
}

/// Runs one input of the fuzzer.
///
/// # Panics
///
/// See [`check`].
pub fn check_input(input: &[u8]) {
    if let Some(request) = decode(input) {
        let _ = check(&request);
    }
}
