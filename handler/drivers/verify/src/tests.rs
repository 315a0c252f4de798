// SPDX-License-Identifier: MIT OR Apache-2.0

//! Tests of the function and of the Handlers around it.

mod ecdsa;
mod ed25519;
mod rsa;

use crate::*;
use std::string::String;
use std::vec;
use std::vec::Vec;

/// A request without a hash's number and an exponent.
fn request(algorithm: u32, digest: &[u8], key: &[u8], signature: &[u8]) -> VerifyRequest {
    let len = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap();
    let mut request = VerifyRequest {
        algorithm,
        hash: UMD_VERIFY_HASH_NONE,
        digest_len: len(digest),
        key_len: len(key),
        signature_len: len(signature),
        reserved: 0,
        exponent: 0,
        digest: [0; 64],
        key: [0; 1024],
        signature: [0; 1024],
    };
    request.digest[..digest.len()].copy_from_slice(digest);
    request.key[..key.len()].copy_from_slice(key);
    request.signature[..signature.len()].copy_from_slice(signature);
    request
}

/// The bytes of hexadecimal digits.
fn hex(digits: &str) -> Vec<u8> {
    let digits: String = digits.split_whitespace().collect();
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(byte).collect()
}

/// A request that is true, of each family.
fn true_requests() -> [(u8, VerifyRequest); 3] {
    [
        (EDWARDS, ed25519::true_request()),
        (ECDSA, ecdsa::true_request()),
        (RSA, rsa::true_request()),
    ]
}

/// Asserts the answer to `request` with some changes.
#[track_caller]
fn assert_answer(
    request: &VerifyRequest,
    change: impl FnOnce(&mut VerifyRequest),
    expected: Result<bool, Status>,
) {
    let mut request = *request;
    change(&mut request);
    assert_eq!(verify(&request), expected);
}

#[test]
fn whatever_is_not_as_it_must_be_is_refused() {
    for (_, request) in true_requests() {
        assert_answer(&request, |_| (), Ok(true));
        let refused = |change: fn(&mut VerifyRequest)| {
            assert_answer(&request, change, Err(Status::EINVAL));
        };
        refused(|r| r.reserved = 1);
        refused(|r| r.algorithm = 0);
        refused(|r| r.algorithm = UMD_VERIFY_ALGORITHMS);
        refused(|r| r.algorithm = u32::MAX);
        refused(|r| r.digest[63] |= u8::from(r.digest_len < 64));
        refused(|r| r.digest_len = 65);
        refused(|r| r.digest_len = u32::MAX);
        refused(|r| r.key[1023] = 1);
        refused(|r| r.key_len = 0);
        refused(|r| r.key_len += 1);
        refused(|r| r.key_len = 1025);
        refused(|r| r.signature[1023] = 1);
        refused(|r| r.signature_len = 0);
        refused(|r| r.signature_len += 1);
        refused(|r| r.signature_len = 1025);
        refused(|r| r.hash = 1);
        refused(|r| r.hash = 13);
        refused(|r| r.hash = UMD_VERIFY_SHA1);
        refused(|r| r.exponent ^= 1);
    }
}

#[test]
fn hash_must_have_its_length() {
    let lens = [
        (UMD_VERIFY_SHA1, 20),
        (UMD_VERIFY_RIPEMD160, 20),
        (UMD_VERIFY_SHA224, 28),
        (UMD_VERIFY_SHA256, 32),
        (UMD_VERIFY_SHA384, 48),
        (UMD_VERIFY_SHA512, 64),
        (UMD_VERIFY_SHA3_256, 32),
        (UMD_VERIFY_SHA3_512, 64),
    ];
    for (hash, len) in lens {
        let wrong = |digest: &[u8]| {
            let mut request = ed25519::signed(digest);
            request.hash = hash;
            verify(&request)
        };
        assert_eq!(wrong(&vec![1; len]), Ok(true));
        assert_eq!(wrong(&vec![1; len - 1]), Err(Status::EINVAL));
        if len < 64 {
            assert_eq!(wrong(&vec![1; len + 1]), Err(Status::EINVAL));
        }
    }
}

#[test]
fn algorithms_of_other_families_are_as_unknown_ones() {
    for (family, request) in true_requests() {
        assert_eq!(verify(&request), Ok(true));
        let answers = [
            (EDWARDS, verify_with::<EDWARDS>(&request)),
            (ECDSA, verify_with::<ECDSA>(&request)),
            (RSA, verify_with::<RSA>(&request)),
        ];
        for (other, answer) in answers {
            let is_own = other == family;
            let expected = if is_own {
                Ok(true)
            } else {
                Err(Status::ENOPKG)
            };
            assert_eq!(answer, expected, "{family} {other}");
        }
        for algorithm in [UMD_VERIFY_ED448, 6, 7, UMD_VERIFY_BRAINPOOL_P512] {
            let change = |r: &mut VerifyRequest| r.algorithm = algorithm;
            assert_answer(&request, change, Err(Status::ENOPKG));
        }
    }
}

/// The answer of the Handler of all families.
fn handle(op: u16, request: &[u8]) -> Result<Vec<u8>, Status> {
    // The serve loop's buffers are aligned.
    let mut aligned = [0_u64; 300];
    let room = aligned.as_mut_bytes();
    room[..request.len()].copy_from_slice(request);
    let mut reply = [0xa5; 8];
    let len = VerifyAll::new().handle(op, &room[..request.len()], &mut reply)?;
    Ok(reply[..len].to_vec())
}

#[test]
fn verdict_is_one_of_two_words() {
    for (_, mut request) in true_requests() {
        let answer = handle(UMD_OP_VERIFY, request.as_bytes());
        assert_eq!(answer.unwrap(), UMD_VERIFY_TRUE.to_ne_bytes());
        request.digest[0] ^= 1;
        let answer = handle(UMD_OP_VERIFY, request.as_bytes());
        assert_eq!(answer.unwrap(), UMD_VERIFY_FALSE.to_ne_bytes());
        request.algorithm = 0;
        let answer = handle(UMD_OP_VERIFY, request.as_bytes());
        assert_eq!(answer, Err(Status::EINVAL));
    }
    assert_eq!((UMD_VERIFY_TRUE ^ UMD_VERIFY_FALSE).count_ones(), 63);
}

#[test]
fn only_a_whole_request_of_the_own_operation_is_served() {
    let request = ed25519::true_request();
    let bytes = request.as_bytes();
    let longer = [bytes, &[0]].concat();
    for wrong in [&bytes[..0], &bytes[..2143], &longer] {
        assert_eq!(handle(UMD_OP_VERIFY, wrong), Err(Status::EINVAL));
    }
    assert_eq!(handle(UMD_OP_VERIFY + 1, bytes), Err(Status::EOPNOTSUPP));
}
