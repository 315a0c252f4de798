// SPDX-License-Identifier: MIT OR Apache-2.0

//! The OpenPGP driver: the kernel hands over keys, signatures and armored text,
//! and the Handler reports their contents in a fixed layout.
//!
//! The Handler does no public key cryptography, so it verifies nothing. The
//! Handler reports which bytes are signed, by which key, and with which values.
//! The kernel verifies that, over its own copy of the request.
//!
//! A request is a [`PgpRequest`] followed by the data, at most
//! [`UMD_PGP_MAX_DATA`] bytes. The offset of each [`PgpRange`] is relative to
//! the start of the data. Section numbers are those of RFC 9580.
//!
//! Status:
//!
//! | status | meaning |
//! | --- | --- |
//! | `-EBADMSG` | the data is malformed, or has a forbidden packet, such as a secret key |
//! | `-ENOPKG` | well-formed, but all of the data is of versions that are not supported |
//! | `-ENODATA` | `index` is not below the count, or is after the end of the content |
//! | `-EINVAL` | the request is shorter than its [`PgpRequest`], or `part` has no meaning |
//! | `-EOPNOTSUPP` | unknown operation |

use umd_abi::{__u8, __u16, __u32, __u64, UMD_MAX_PAYLOAD, UMD_OP_DRIVER, Wire};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// OpenPGP operation: one key of binary transferable public keys (section
/// 10.1). Reply: [`PgpKey`] number `index` of all primary keys and subkeys of
/// supported versions, in their order.
pub const UMD_OP_PGP_KEY: __u16 = 256;
/// OpenPGP operation: one of several binary signature packets (section 5.2).
/// Reply: [`PgpSignatureReply`] number `index` of the signatures of
/// supported versions.
pub const UMD_OP_PGP_SIGNATURE: __u16 = 257;
/// OpenPGP operation: the content of one ASCII-armored block (section 6).
/// Reply: [`PgpPiece`] of the content, from the byte `index`.
pub const UMD_OP_PGP_DEARMOR: __u16 = 258;
/// OpenPGP operation: the content of a clearsigned document (section 7).
/// Reply: [`PgpPiece`] of the `part`, from the byte `index`.
pub const UMD_OP_PGP_CLEARTEXT: __u16 = 259;

/// Most bytes of data in an OpenPGP request, after the [`PgpRequest`].
pub const UMD_PGP_MAX_DATA: __u32 = 65_536;
/// Largest payload of an OpenPGP request in bytes.
pub const UMD_PGP_MAX_REQUEST: __u32 = 65_544;
/// Largest payload of an OpenPGP reply in bytes: a whole [`PgpPiece`].
pub const UMD_PGP_MAX_REPLY: __u32 = 16_400;
/// Most bytes of content in one [`PgpPiece`].
pub const UMD_PGP_PIECE: __u32 = 16_384;
/// Size of [`PgpPiece`] without its bytes.
pub const UMD_PGP_PIECE_HEADER_SIZE: __u32 = 16;
/// Size of a signature's `value` and of a key's `material`.
pub const UMD_PGP_VALUE_SIZE: __u32 = 544;

/// `part` of [`UMD_OP_PGP_CLEARTEXT`]: the text as it is hashed.
pub const UMD_PGP_PART_TEXT: __u32 = 0;
/// `part` of [`UMD_OP_PGP_CLEARTEXT`]: the binary signature packets.
pub const UMD_PGP_PART_SIGNATURES: __u32 = 1;

/// `kind` of a [`PgpPiece`]: text.
pub const UMD_PGP_ARMOR_NONE: __u32 = 0;
/// `kind` of a [`PgpPiece`]: from `BEGIN PGP PUBLIC KEY BLOCK`.
pub const UMD_PGP_ARMOR_PUBLIC_KEY: __u32 = 1;
/// `kind` of a [`PgpPiece`]: from `BEGIN PGP SIGNATURE`.
pub const UMD_PGP_ARMOR_SIGNATURE: __u32 = 2;

/// Flag of a [`PgpKey`]: a primary key, else a subkey.
pub const UMD_PGP_KEY_PRIMARY: __u32 = 1;
/// Flag of a [`PgpKey`]: the key may sign data. The algorithm can sign,
/// `binding` is present, and the key flags allow signing or are missing. For a
/// subkey, `back` is present and not unusable, and the primary key has a
/// self-signature. Revocation and expiry do not matter for this flag.
pub const UMD_PGP_KEY_SIGNS: __u32 = 2;
/// Flag of a [`PgpKey`]: the key or its primary key is revoked.
pub const UMD_PGP_KEY_REVOKED: __u32 = 4;
/// Flag of a [`PgpKey`]: `binding` is present; else it is all zero.
pub const UMD_PGP_KEY_BOUND: __u32 = 8;
/// Flag of a [`PgpKey`]: `back` is present; else it is all zero.
pub const UMD_PGP_KEY_BACK: __u32 = 16;
/// All flags of a [`PgpKey`].
pub const UMD_PGP_KEY_FLAGS: __u32 = 31;

/// Flag of a [`PgpSignature`]: the signature must not be taken for valid.
/// A critical subpacket or notation is unknown to the Handler (section
/// 5.2.3.7), the named issuer is of another version (5.2.3.35), or the
/// signature belongs to an encrypted message (5.2.3.36).
pub const UMD_PGP_SIGNATURE_UNUSABLE: __u32 = 1;
/// All flags of a [`PgpSignature`].
pub const UMD_PGP_SIGNATURE_FLAGS: __u32 = 1;

/// `curve` of a [`PgpKey`]: none, or a curve without a number here.
pub const UMD_PGP_CURVE_NONE: __u8 = 0;
/// `curve` of a [`PgpKey`]: NIST P-256.
pub const UMD_PGP_CURVE_P256: __u8 = 1;
/// `curve` of a [`PgpKey`]: NIST P-384.
pub const UMD_PGP_CURVE_P384: __u8 = 2;
/// `curve` of a [`PgpKey`]: NIST P-521.
pub const UMD_PGP_CURVE_P521: __u8 = 3;
/// `curve` of a [`PgpKey`]: Ed25519, of algorithms 22 and 27.
pub const UMD_PGP_CURVE_ED25519: __u8 = 4;
/// `curve` of a [`PgpKey`]: Ed448.
pub const UMD_PGP_CURVE_ED448: __u8 = 5;
/// `curve` of a [`PgpKey`]: Curve25519, of algorithms 18 and 25; encrypts only.
pub const UMD_PGP_CURVE_X25519: __u8 = 6;
/// `curve` of a [`PgpKey`]: X448; encrypts only.
pub const UMD_PGP_CURVE_X448: __u8 = 7;
/// `curve` of a [`PgpKey`]: brainpoolP256r1.
pub const UMD_PGP_CURVE_BRAINPOOL_P256: __u8 = 8;
/// `curve` of a [`PgpKey`]: brainpoolP384r1.
pub const UMD_PGP_CURVE_BRAINPOOL_P384: __u8 = 9;
/// `curve` of a [`PgpKey`]: brainpoolP512r1.
pub const UMD_PGP_CURVE_BRAINPOOL_P512: __u8 = 10;

/// The start of the payload of each OpenPGP request; the data follows.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Wire, FromBytes, IntoBytes, KnownLayout, Immutable)]
pub struct PgpRequest {
    /// Number of the key or signature, or offset of the first byte of the
    /// content.
    pub index: __u32,
    /// A `UMD_PGP_PART_` constant for [`UMD_OP_PGP_CLEARTEXT`], else zero.
    pub part: __u32,
}

/// A range of a request's data, always inside the data.
#[repr(C)]
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Wire, FromBytes, IntoBytes, KnownLayout, Immutable,
)]
pub struct PgpRange {
    /// Offset from the start of the data, after the [`PgpRequest`].
    pub offset: __u32,
    /// Number of bytes; zero for none.
    pub len: __u32,
}

/// A signature (section 5.2); all zero if there is none.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Wire, FromBytes, IntoBytes, KnownLayout, Immutable)]
pub struct PgpSignature {
    /// Creation time in seconds since 1970, from the hashed subpackets.
    pub created: __u64,
    /// Expiry of the signature in seconds since 1970; zero for never.
    pub expires: __u64,
    /// 4 or 6.
    pub version: __u8,
    /// The signature type (section 5.2.1).
    pub kind: __u8,
    /// The public key algorithm (section 9.1).
    pub algorithm: __u8,
    /// The hash algorithm (section 9.5).
    pub hash: __u8,
    /// Length of `issuer`: 20 for a key of version 4, 32 for version 6, or 0 if
    /// the signature does not name the issuer.
    pub issuer_len: __u8,
    /// Length of `salt`: 0 in version 4; in version 6, as `hash` requires.
    pub salt_len: __u8,
    /// The first two bytes of the hash, according to the signature.
    pub left: [__u8; 2],
    /// The part of the packet that is hashed, after salt and document or keys:
    /// from the version to the end of the hashed subpackets.
    pub hashed: PgpRange,
    /// Length of `trailer`: 6.
    pub trailer_len: __u32,
    /// Length of `value`; 0 if `value` has no form for the algorithm.
    pub value_len: __u32,
    /// `UMD_PGP_SIGNATURE_` flags.
    pub flags: __u32,
    /// Zero.
    pub reserved: __u32,
    /// The bytes that are hashed last: version, 0xff, length of `hashed` in 4
    /// bytes.
    pub trailer: [__u8; 8],
    /// Key id of the key that made the signature; zero if it is not named.
    pub issuer_key_id: [__u8; 8],
    /// Fingerprint of the key that made the signature.
    pub issuer: [__u8; 32],
    /// The bytes that are hashed first.
    pub salt: [__u8; 32],
    /// RSA: a big-endian number without leading zeros. ECDSA: DER, a SEQUENCE
    /// of two INTEGERs. Ed25519 and Ed448: R, then S, each of full length.
    pub value: [__u8; 544],
}

/// Payload of a reply of [`UMD_OP_PGP_SIGNATURE`] with status zero.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Wire, FromBytes, IntoBytes, KnownLayout, Immutable)]
pub struct PgpSignatureReply {
    /// How many signatures there are.
    pub count: __u32,
    /// Number of this signature: that of the request.
    pub index: __u32,
    /// The signature.
    pub signature: PgpSignature,
}

/// Payload of a reply of [`UMD_OP_PGP_KEY`] with status zero.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Wire, FromBytes, IntoBytes, KnownLayout, Immutable)]
pub struct PgpKey {
    /// How many keys there are: primary keys and subkeys.
    pub count: __u32,
    /// Number of this key: that of the request.
    pub index: __u32,
    /// `UMD_PGP_KEY_` flags.
    pub flags: __u32,
    /// Bits of the RSA modulus or of the curve; zero for algorithms whose
    /// values the Handler does not parse.
    pub bits: __u32,
    /// Creation time in seconds since 1970.
    pub created: __u64,
    /// Expiry of the key in seconds since 1970; zero for never. The earliest
    /// that `binding`, the newest direct-key signature and, for a subkey,
    /// `back` and the primary key's self-signature state, for the key or for
    /// themselves.
    pub expires: __u64,
    /// 4 or 6.
    pub version: __u8,
    /// The public key algorithm (section 9.1).
    pub algorithm: __u8,
    /// A `UMD_PGP_CURVE_` constant.
    pub curve: __u8,
    /// Length of `fingerprint`: 20 or 32, as `version` requires.
    pub fingerprint_len: __u8,
    /// Length of `material`; 0 if `material` has no form for the key.
    pub material_len: __u32,
    /// Length of `user_id`; a longer user id is truncated.
    pub user_id_len: __u32,
    /// `index` of the primary key; `index` itself for a primary key.
    pub primary_index: __u32,
    /// Key id (section 5.5.4).
    pub key_id: [__u8; 8],
    /// Fingerprint (section 5.5.4).
    pub fingerprint: [__u8; 32],
    /// The body of the primary key's packet.
    pub primary: PgpRange,
    /// The body of this key's packet; the same for a primary key.
    pub subject: PgpRange,
    /// The body of the user id's packet that `binding` certifies, which may be
    /// empty. The `kind` of `binding` tells whether there is a user id. Zero if
    /// `binding` is on keys alone.
    pub certified: PgpRange,
    /// The start of the user id in `certified`: arbitrary bytes, not checked.
    pub user_id: [__u8; 256],
    /// RSA: DER, an RSAPublicKey, up to 4096 bits. ECDSA: 0x04, x, y. Ed25519
    /// and Ed448: the 32 or 57 bytes.
    pub material: [__u8; 544],
    /// The newest self-signature of a primary key, or the newest subkey
    /// binding signature of a subkey.
    pub binding: PgpSignature,
    /// The primary key binding signature inside `binding`.
    pub back: PgpSignature,
}

/// Payload of a reply of [`UMD_OP_PGP_DEARMOR`] and [`UMD_OP_PGP_CLEARTEXT`]
/// with status zero. The payload ends after `len` bytes of content.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Wire, FromBytes, IntoBytes, KnownLayout, Immutable)]
pub struct PgpPiece {
    /// Length of the whole content.
    pub total: __u32,
    /// A `UMD_PGP_ARMOR_` constant.
    pub kind: __u32,
    /// Length of `bytes`: the rest of the content from the request's `index`,
    /// at most [`UMD_PGP_PIECE`].
    pub len: __u32,
    /// Zero.
    pub reserved: __u32,
    /// The content from the request's `index`.
    pub bytes: [__u8; 16_384],
}

const _: () = {
    use core::mem::offset_of;

    assert!(UMD_OP_PGP_KEY == UMD_OP_DRIVER);
    assert!(UMD_PGP_MAX_REQUEST <= UMD_MAX_PAYLOAD);
    let request = size_of::<PgpRequest>() + UMD_PGP_MAX_DATA as usize;
    assert!(UMD_PGP_MAX_REQUEST as usize == request);
    assert!(UMD_PGP_MAX_REPLY as usize == size_of::<PgpPiece>());
    assert!(UMD_PGP_MAX_REPLY == UMD_PGP_PIECE + UMD_PGP_PIECE_HEADER_SIZE);
    let value = offset_of!(PgpSignature, value) + UMD_PGP_VALUE_SIZE as usize;
    assert!(value == size_of::<PgpSignature>());
    let material = offset_of!(PgpKey, material) + UMD_PGP_VALUE_SIZE as usize;
    assert!(material == offset_of!(PgpKey, binding));
    assert!(size_of::<PgpKey>() <= UMD_PGP_MAX_REPLY as usize);
    assert!(size_of::<PgpRequest>() == 8 && size_of::<PgpRange>() == 8);
    assert!(size_of::<PgpSignature>() == 672);
    assert!(size_of::<PgpSignatureReply>() == 680);
    assert!(size_of::<PgpKey>() == 2256);
};
