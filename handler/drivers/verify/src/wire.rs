// SPDX-License-Identifier: MIT OR Apache-2.0

//! The driver of signatures: the kernel hands over a public key, a digest and a
//! signature as numbers of fixed sizes, and the Handler says whether the signature is
//! true.
//!
//! The Handler parses nothing: each field has its place, and each length must be the
//! only one that the algorithm allows. Numbers are big-endian, except in Ed25519 and
//! Ed448, which have encodings of their own (RFC 8032). Section numbers are those of
//! RFC 9580.
//!
//! | algorithm | `key` | `signature` | `digest` |
//! | --- | --- | --- | --- |
//! | Ed25519 | 32 bytes | R and S, 64 bytes | the message itself, up to 64 bytes |
//! | Ed448 | 57 bytes | R and S, 114 bytes | the message itself, up to 64 bytes |
//! | ECDSA | x and y, each of the curve's length | r and s, likewise | 20 to 64 bytes |
//! | RSA | modulus, 256 to 1024 bytes | PKCS #1 v1.5, as long as the key | as `hash` says |
//!
//! A curve's length is 32, 48, 64 (brainpoolP512r1) or 66 (P-521) bytes. A modulus has
//! no leading zero byte, and is odd; its bit length may be any between 2048 and 8192.
//!
//! Status:
//!
//! | status | meaning |
//! | --- | --- |
//! | `0` | the reply holds the verdict |
//! | `-EINVAL` | a length, `algorithm`, `hash`, `exponent` or `reserved` is not as above, or a byte behind a length is not zero |
//! | `-ENOPKG` | the algorithm has a number, but is not built into this Handler |
//! | `-EKEYREJECTED` | the key is no key: no point of the curve, a point of small order, an even modulus |
//! | `-EOPNOTSUPP` | unknown operation |

use umd_abi::{__u8, __u16, __u32, __u64, UMD_MAX_PAYLOAD, UMD_OP_DRIVER, Wire};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Operation: verify one signature. Request: [`VerifyRequest`]; reply:
/// [`VerifyReply`], or a status and no payload.
pub const UMD_OP_VERIFY: __u16 = 256;

/// `algorithm`: Ed25519 (RFC 8032, without prehashing).
pub const UMD_VERIFY_ED25519: __u32 = 1;
/// `algorithm`: Ed448 (RFC 8032, without prehashing and context).
pub const UMD_VERIFY_ED448: __u32 = 2;
/// `algorithm`: ECDSA with NIST P-256.
pub const UMD_VERIFY_P256: __u32 = 3;
/// `algorithm`: ECDSA with NIST P-384.
pub const UMD_VERIFY_P384: __u32 = 4;
/// `algorithm`: ECDSA with NIST P-521.
pub const UMD_VERIFY_P521: __u32 = 5;
/// `algorithm`: ECDSA with brainpoolP256r1.
pub const UMD_VERIFY_BRAINPOOL_P256: __u32 = 6;
/// `algorithm`: ECDSA with brainpoolP384r1.
pub const UMD_VERIFY_BRAINPOOL_P384: __u32 = 7;
/// `algorithm`: ECDSA with brainpoolP512r1.
pub const UMD_VERIFY_BRAINPOOL_P512: __u32 = 8;
/// `algorithm`: RSA, PKCS #1 v1.5.
pub const UMD_VERIFY_RSA: __u32 = 9;
/// The first number after those of algorithms.
pub const UMD_VERIFY_ALGORITHMS: __u32 = 10;

/// `hash`: none is named. Not with RSA.
pub const UMD_VERIFY_HASH_NONE: __u32 = 0;
/// `hash`: SHA-1, 20 bytes (section 9.5 has the numbers of hashes).
pub const UMD_VERIFY_SHA1: __u32 = 2;
/// `hash`: RIPEMD-160, 20 bytes.
pub const UMD_VERIFY_RIPEMD160: __u32 = 3;
/// `hash`: SHA-256, 32 bytes.
pub const UMD_VERIFY_SHA256: __u32 = 8;
/// `hash`: SHA-384, 48 bytes.
pub const UMD_VERIFY_SHA384: __u32 = 9;
/// `hash`: SHA-512, 64 bytes.
pub const UMD_VERIFY_SHA512: __u32 = 10;
/// `hash`: SHA-224, 28 bytes.
pub const UMD_VERIFY_SHA224: __u32 = 11;
/// `hash`: SHA3-256, 32 bytes.
pub const UMD_VERIFY_SHA3_256: __u32 = 12;
/// `hash`: SHA3-512, 64 bytes.
pub const UMD_VERIFY_SHA3_512: __u32 = 14;

/// Size of `digest` in bytes.
pub const UMD_VERIFY_DIGEST_SIZE: __u32 = 64;
/// Size of `key` and of `signature` in bytes.
pub const UMD_VERIFY_NUMBER_SIZE: __u32 = 1024;
/// Largest payload of a request in bytes: a whole [`VerifyRequest`].
pub const UMD_VERIFY_MAX_REQUEST: __u32 = 2144;
/// Largest payload of a reply in bytes: a whole [`VerifyReply`].
pub const UMD_VERIFY_MAX_REPLY: __u32 = 8;

/// `verdict`: the signature is true, the bytes `YesTrue!` on a little-endian machine.
pub const UMD_VERIFY_TRUE: __u64 = 2_406_458_709_802_968_409;
/// `verdict`: the signature is false. All bits but the highest differ from
/// [`UMD_VERIFY_TRUE`], so that no flip of a few bits makes one of the other.
pub const UMD_VERIFY_FALSE: __u64 = 6_816_913_327_051_807_398;

/// Payload of a request of [`UMD_OP_VERIFY`]. All bytes of `digest`, `key` and
/// `signature` behind their lengths are zero.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Wire, FromBytes, IntoBytes, KnownLayout, Immutable)]
pub struct VerifyRequest {
    /// A number of an algorithm, such as [`UMD_VERIFY_ED25519`].
    pub algorithm: __u32,
    /// The number of the hash that made `digest`, such as [`UMD_VERIFY_SHA256`]; of
    /// all algorithms, only RSA needs it.
    pub hash: __u32,
    /// Length of `digest`.
    pub digest_len: __u32,
    /// Length of `key`.
    pub key_len: __u32,
    /// Length of `signature`.
    pub signature_len: __u32,
    /// Zero.
    pub reserved: __u32,
    /// RSA: the public exponent, odd and at least 3; else zero.
    pub exponent: __u64,
    /// The digest.
    pub digest: [__u8; 64],
    /// The public key.
    pub key: [__u8; 1024],
    /// The signature.
    pub signature: [__u8; 1024],
}

/// Payload of a reply of [`UMD_OP_VERIFY`] with status zero.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Wire, FromBytes, IntoBytes, KnownLayout, Immutable)]
pub struct VerifyReply {
    /// [`UMD_VERIFY_TRUE`] or [`UMD_VERIFY_FALSE`], and nothing else.
    pub verdict: __u64,
}

const _: () = {
    use core::mem::offset_of;

    assert!(UMD_OP_VERIFY == UMD_OP_DRIVER);
    assert!(UMD_VERIFY_MAX_REQUEST <= UMD_MAX_PAYLOAD);
    assert!(UMD_VERIFY_MAX_REQUEST as usize == size_of::<VerifyRequest>());
    assert!(UMD_VERIFY_MAX_REPLY as usize == size_of::<VerifyReply>());
    let digest = offset_of!(VerifyRequest, digest);
    let key = offset_of!(VerifyRequest, key);
    let signature = offset_of!(VerifyRequest, signature);
    assert!(offset_of!(VerifyRequest, exponent) == 24 && digest == 32);
    assert!(key - digest == UMD_VERIFY_DIGEST_SIZE as usize);
    assert!(signature - key == UMD_VERIFY_NUMBER_SIZE as usize);
    assert!(size_of::<VerifyRequest>() - signature == UMD_VERIFY_NUMBER_SIZE as usize);
    assert!(u64::from_le_bytes(*b"YesTrue!") == UMD_VERIFY_TRUE);
    assert!(UMD_VERIFY_FALSE == !UMD_VERIFY_TRUE & i64::MAX.unsigned_abs());
};
