// SPDX-License-Identifier: MIT OR Apache-2.0

//! The OpenPGP driver: the kernel hands over keys, signatures and armored text,
//! and the Handler says in a fixed layout what is in them.
//!
//! The Handler does no public key cryptography: it verifies nothing. It says
//! which bytes are signed, by whom, and with which values; whether that is true
//! the kernel finds out, over its own copy of the request.
//!
//! A request is a [`PgpRequest`] followed by the data, at most
//! [`UMD_PGP_MAX_DATA`] bytes. Each [`PgpRange`] counts from the start of the
//! data. Section numbers are those of RFC 9580.
//!
//! Status:
//!
//! | status | meaning |
//! | --- | --- |
//! | `-EBADMSG` | the data is malformed, or has a packet that it may not have, such as a secret key |
//! | `-ENOPKG` | well-formed, but all of it is of versions that are not supported |
//! | `-ENODATA` | `index` is not below the count, or behind the end of the content |
//! | `-EINVAL` | the request is shorter than its [`PgpRequest`], or `part` has no meaning |
//! | `-EOPNOTSUPP` | unknown operation |

use crate::{__u8, __u16, __u32, __u64, UMD_MAX_PAYLOAD, UMD_OP_DRIVER};
use static_assertions::{assert_eq_size, assert_impl_all, const_assert, const_assert_eq};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// OpenPGP operation: one key of binary transferable public keys (section
/// 10.1). Reply: [`PgpKey`] number `index` of all primary keys and subkeys of
/// supported versions, in their order.
pub const UMD_OP_PGP_KEY: __u16 = 256;
/// OpenPGP operation: one of several binary signature packets (section 5.2).
/// Reply: [`PgpSignatureReply`] number `index` of those of supported versions.
pub const UMD_OP_PGP_SIGNATURE: __u16 = 257;
/// OpenPGP operation: the content of one ASCII-armored block (section 6).
/// Reply: [`PgpPiece`] from the byte `index` of the content on.
pub const UMD_OP_PGP_DEARMOR: __u16 = 258;
/// OpenPGP operation: the content of a clearsigned document (section 7).
/// Reply: [`PgpPiece`] from the byte `index` of the `part` on.
pub const UMD_OP_PGP_CLEARTEXT: __u16 = 259;

/// Most bytes of data of an OpenPGP request, behind its [`PgpRequest`].
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

/// `kind` of a [`PgpPiece`]: it is text.
pub const UMD_PGP_ARMOR_NONE: __u32 = 0;
/// `kind` of a [`PgpPiece`]: from `BEGIN PGP PUBLIC KEY BLOCK`.
pub const UMD_PGP_ARMOR_PUBLIC_KEY: __u32 = 1;
/// `kind` of a [`PgpPiece`]: from `BEGIN PGP SIGNATURE`.
pub const UMD_PGP_ARMOR_SIGNATURE: __u32 = 2;

/// The key is a primary key, else a subkey.
pub const UMD_PGP_KEY_PRIMARY: __u32 = 1;
/// The key may sign data: its algorithm can, `binding` is given, and its key
/// flags say so or there are none; of a subkey, `back` is given and valid as
/// far as can be told, and the primary key has a self-signature. Says nothing
/// of revocation and expiry.
pub const UMD_PGP_KEY_SIGNS: __u32 = 2;
/// There is a revocation of the key or of its primary key.
pub const UMD_PGP_KEY_REVOKED: __u32 = 4;
/// `binding` is given; else it is all zero.
pub const UMD_PGP_KEY_BOUND: __u32 = 8;
/// `back` is given; else it is all zero.
pub const UMD_PGP_KEY_BACK: __u32 = 16;
/// All flags of a [`PgpKey`].
pub const UMD_PGP_KEY_FLAGS: __u32 = 31;

/// The signature must not be taken for valid: it has a subpacket or notation that
/// is critical and not known to the Handler (section 5.2.3.7), names an issuer of
/// another version (5.2.3.35), or belongs to an encrypted message (5.2.3.36).
pub const UMD_PGP_SIGNATURE_UNUSABLE: __u32 = 1;
/// All flags of a [`PgpSignature`].
pub const UMD_PGP_SIGNATURE_FLAGS: __u32 = 1;

/// `curve` of a [`PgpKey`]: none, or one that has no number here.
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
/// `curve` of a [`PgpKey`]: Curve25519, of algorithms 18 and 25; only encrypts.
pub const UMD_PGP_CURVE_X25519: __u8 = 6;
/// `curve` of a [`PgpKey`]: X448; only encrypts.
pub const UMD_PGP_CURVE_X448: __u8 = 7;
/// `curve` of a [`PgpKey`]: brainpoolP256r1.
pub const UMD_PGP_CURVE_BRAINPOOL_P256: __u8 = 8;
/// `curve` of a [`PgpKey`]: brainpoolP384r1.
pub const UMD_PGP_CURVE_BRAINPOOL_P384: __u8 = 9;
/// `curve` of a [`PgpKey`]: brainpoolP512r1.
pub const UMD_PGP_CURVE_BRAINPOOL_P512: __u8 = 10;

/// The start of the payload of each OpenPGP request; the data follows.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable)]
pub struct PgpRequest {
    /// Which key or signature, or from which byte of the content on.
    pub index: __u32,
    /// A `UMD_PGP_PART_` constant for [`UMD_OP_PGP_CLEARTEXT`], else zero.
    pub part: __u32,
}

/// Some bytes of a request's data, all of them inside it.
#[repr(C)]
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable,
)]
pub struct PgpRange {
    /// How far from the start of the data, behind the [`PgpRequest`].
    pub offset: __u32,
    /// How many; zero for none.
    pub len: __u32,
}

/// One signature (section 5.2), all zero when none is given.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable)]
pub struct PgpSignature {
    /// When it was made, in seconds since 1970, as its hashed part says.
    pub created: __u64,
    /// From when on it is not valid any more, in seconds since 1970; zero for
    /// never.
    pub expires: __u64,
    /// 4 or 6.
    pub version: __u8,
    /// The signature type (section 5.2.1).
    pub kind: __u8,
    /// The public key algorithm (section 9.1).
    pub algorithm: __u8,
    /// The hash algorithm (section 9.5).
    pub hash: __u8,
    /// Length of `issuer`: 20 for a key of version 4, 32 of version 6, or 0
    /// when it is not told.
    pub issuer_len: __u8,
    /// Length of `salt`: 0 in version 4, in version 6 as `hash` has it.
    pub salt_len: __u8,
    /// The first two bytes of the hash, as the signature says.
    pub left: [__u8; 2],
    /// What is hashed of the packet, behind salt and document or keys: from its
    /// version to the end of the hashed subpackets.
    pub hashed: PgpRange,
    /// Length of `trailer`: 6.
    pub trailer_len: __u32,
    /// Length of `value`; 0 when the algorithm has no form for the kernel.
    pub value_len: __u32,
    /// `UMD_PGP_SIGNATURE_` flags.
    pub flags: __u32,
    /// Zero.
    pub reserved: __u32,
    /// What is hashed last: version, 0xff, length of `hashed` in 4 bytes.
    pub trailer: [__u8; 8],
    /// The key id of the key that made it; zero when it is not told.
    pub issuer_key_id: [__u8; 8],
    /// The fingerprint of the key that made it.
    pub issuer: [__u8; 32],
    /// What is hashed first.
    pub salt: [__u8; 32],
    /// RSA: a big-endian number without leading zeros. ECDSA: DER, a SEQUENCE
    /// of two INTEGERs. Ed25519 and Ed448: R, then S, each of full length.
    pub value: [__u8; 544],
}

/// Payload of a reply of [`UMD_OP_PGP_SIGNATURE`] with status zero.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable)]
pub struct PgpSignatureReply {
    /// How many signatures there are.
    pub count: __u32,
    /// Which one this is: that of the request.
    pub index: __u32,
    /// The signature.
    pub signature: PgpSignature,
}

/// Payload of a reply of [`UMD_OP_PGP_KEY`] with status zero.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable)]
pub struct PgpKey {
    /// How many keys there are: primary keys and subkeys.
    pub count: __u32,
    /// Which one this is: that of the request.
    pub index: __u32,
    /// `UMD_PGP_KEY_` flags.
    pub flags: __u32,
    /// Bits of the RSA modulus or of the curve; zero for algorithms that have
    /// no number of theirs here.
    pub bits: __u32,
    /// When it was made, in seconds since 1970.
    pub created: __u64,
    /// From when on it is not valid any more, in seconds since 1970; zero for
    /// never. The earliest of what `binding` and, for a subkey, the newest
    /// self-signature of its primary key say, be it of the key or of that
    /// signature itself.
    pub expires: __u64,
    /// 4 or 6.
    pub version: __u8,
    /// The public key algorithm (section 9.1).
    pub algorithm: __u8,
    /// A `UMD_PGP_CURVE_` constant.
    pub curve: __u8,
    /// Length of `fingerprint`: 20 or 32, as `version` has it.
    pub fingerprint_len: __u8,
    /// Length of `material`; 0 when there is no form for the kernel.
    pub material_len: __u32,
    /// Length of `user_id`; of a longer one the rest is cut off.
    pub user_id_len: __u32,
    /// `index` of its primary key; `index` itself for a primary key.
    pub primary_index: __u32,
    /// Its key id (section 5.5.4).
    pub key_id: [__u8; 8],
    /// Its fingerprint (section 5.5.4).
    pub fingerprint: [__u8; 32],
    /// The body of the primary key's packet.
    pub primary: PgpRange,
    /// The body of this key's packet; for a primary key the same.
    pub subject: PgpRange,
    /// The body of the user id's packet that `binding` is on, which may be
    /// empty itself; whether there is one, the `kind` of `binding` says. Zero
    /// when it is on keys alone.
    pub certified: PgpRange,
    /// The start of what is in `certified`, as it is, in any bytes.
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
/// with status zero, which ends behind the last of `len` bytes.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable)]
pub struct PgpPiece {
    /// Length of the whole content.
    pub total: __u32,
    /// A `UMD_PGP_ARMOR_` constant.
    pub kind: __u32,
    /// Length of `bytes`: all that is left of the content behind the request's
    /// `index`, or [`UMD_PGP_PIECE`].
    pub len: __u32,
    /// Zero.
    pub reserved: __u32,
    /// The content from the request's `index` on.
    pub bytes: [__u8; 16_384],
}

const_assert_eq!(UMD_OP_PGP_KEY, UMD_OP_DRIVER);
const_assert!(UMD_PGP_MAX_REQUEST <= UMD_MAX_PAYLOAD);
const_assert_eq!(
    UMD_PGP_MAX_REQUEST as usize,
    UMD_PGP_MAX_DATA as usize + size_of::<PgpRequest>()
);
const_assert_eq!(UMD_PGP_MAX_REPLY as usize, size_of::<PgpPiece>());
const_assert_eq!(UMD_PGP_MAX_REPLY, UMD_PGP_PIECE + UMD_PGP_PIECE_HEADER_SIZE);
const_assert_eq!(
    UMD_PGP_VALUE_SIZE as usize + core::mem::offset_of!(PgpSignature, value),
    size_of::<PgpSignature>()
);
const_assert_eq!(
    UMD_PGP_VALUE_SIZE as usize + core::mem::offset_of!(PgpKey, material),
    core::mem::offset_of!(PgpKey, binding)
);
const_assert!(size_of::<PgpKey>() <= UMD_PGP_MAX_REPLY as usize);
assert_eq_size!(PgpRequest, PgpRange, u64);
assert_eq_size!(PgpSignature, [u8; 672]);
assert_eq_size!(PgpSignatureReply, [u8; 680]);
assert_eq_size!(PgpKey, [u8; 2256]);
assert_impl_all!(PgpRequest: FromBytes, IntoBytes, KnownLayout, Immutable, Copy);
assert_impl_all!(PgpSignatureReply: FromBytes, IntoBytes, KnownLayout, Immutable, Copy);
assert_impl_all!(PgpKey: FromBytes, IntoBytes, KnownLayout, Immutable, Copy);
assert_impl_all!(PgpPiece: FromBytes, IntoBytes, KnownLayout, Immutable, Copy);
