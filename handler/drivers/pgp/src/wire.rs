// SPDX-License-Identifier: MIT OR Apache-2.0

//! The OpenPGP driver: the kernel hands over single packets and chunks of
//! text, and the Handler reports their contents in fixed layouts.
//!
//! The Handler keeps nothing from one request to the next, does no
//! cryptography, and decides nothing. The Handler reports the fields of each
//! packet, which bytes are hashed, and where the values are. The kernel finds
//! the packets, verifies the signatures over its own copy of the request, and
//! decides which signatures count. Section numbers are those of RFC 9580.
//!
//! [`UMD_OP_PGP_PACKETS`]: the request is 1 to [`UMD_PGP_MAX_PACKETS`] times a
//! [`PgpPacket`] followed by its body, without padding, so that only the first
//! is aligned. The reply is as many [`PgpItem`], in the same order.
//!
//! [`UMD_OP_PGP_TEXT`]: the request is a [`PgpText`] followed by a chunk of at
//! most [`UMD_PGP_MAX_TEXT`] bytes of text. The reply is a [`PgpTextReply`].
//!
//! Status:
//!
//! | status | meaning |
//! | --- | --- |
//! | `-EBADMSG` | the text is malformed, or has armor of another kind, such as a secret key |
//! | `-EINVAL` | the request is not of the form above |
//! | `-EOPNOTSUPP` | unknown operation |

use umd_abi::{__u8, __u16, __u32, UMD_MAX_PAYLOAD, UMD_OP_DRIVER, Wire};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// OpenPGP operation: the contents of single packets, each on its own. A
/// malformed packet changes nothing for the others.
pub const UMD_OP_PGP_PACKETS: __u16 = 256;
/// OpenPGP operation: the structure of a chunk of text, which is armor (section
/// 6) or a clearsigned document (section 7).
pub const UMD_OP_PGP_TEXT: __u16 = 257;

/// Most packets in a request.
pub const UMD_PGP_MAX_PACKETS: __u32 = 256;
/// Most bytes in the body of a packet.
pub const UMD_PGP_MAX_BODY: __u32 = 65_536;
/// Most bytes of all packets in a request, with a [`PgpPacket`] for each.
pub const UMD_PGP_MAX_DATA: __u32 = 67_584;
/// Most bytes of text in a request, after the [`PgpText`].
pub const UMD_PGP_MAX_TEXT: __u32 = 65_536;
/// Largest payload of an OpenPGP request in bytes.
pub const UMD_PGP_MAX_REQUEST: __u32 = 67_584;
/// Largest payload of an OpenPGP reply in bytes.
pub const UMD_PGP_MAX_REPLY: __u32 = 31_744;

/// `tag` of a [`PgpPacket`]: a signature (section 5.2).
pub const UMD_PGP_TAG_SIGNATURE: __u32 = 2;
/// `tag` of a [`PgpPacket`]: a primary key (section 5.5.1.1).
pub const UMD_PGP_TAG_PRIMARY_KEY: __u32 = 6;
/// `tag` of a [`PgpPacket`]: a subkey (section 5.5.1.2).
pub const UMD_PGP_TAG_SUBKEY: __u32 = 14;

/// `verdict` of a [`PgpItem`]: the other fields tell what is in the packet.
pub const UMD_PGP_PARSED: __u32 = 0;
/// `verdict` of a [`PgpItem`]: the packet is not of the form that its version
/// and algorithm require. All other fields are zero.
pub const UMD_PGP_MALFORMED: __u32 = 1;
/// `verdict` of a [`PgpItem`]: a version without a meaning here, or a signature
/// of version 6 with a hash for which RFC 9580 has no length of the salt. All
/// other fields are zero.
pub const UMD_PGP_UNSUPPORTED: __u32 = 2;

/// Flag of a [`PgpItem`]: the signature must not be taken for valid. A critical
/// subpacket or notation is unknown to the Handler (section 5.2.3.7), the named
/// issuer is of another version (5.2.3.35), or the signature belongs to an
/// encrypted message (5.2.3.36).
pub const UMD_PGP_ITEM_UNUSABLE: __u32 = 1;
/// Flag of a [`PgpItem`]: `key_flags` is present.
pub const UMD_PGP_ITEM_KEY_FLAGS: __u32 = 2;
/// Flag of a [`PgpItem`]: the certified user id is the primary one (section
/// 5.2.3.27).
pub const UMD_PGP_ITEM_PRIMARY_USER_ID: __u32 = 4;
/// Flag of a [`PgpItem`]: `key_expires_in` is present.
pub const UMD_PGP_ITEM_KEY_EXPIRES: __u32 = 8;
/// Flag of a [`PgpItem`]: `reason` is present.
pub const UMD_PGP_ITEM_REASON: __u32 = 16;
/// All flags of a [`PgpItem`].
pub const UMD_PGP_ITEM_FLAGS: __u32 = 31;

/// `curve` of a [`PgpItem`]: none, or a curve without a number here.
pub const UMD_PGP_CURVE_NONE: __u8 = 0;
/// `curve` of a [`PgpItem`]: NIST P-256.
pub const UMD_PGP_CURVE_P256: __u8 = 1;
/// `curve` of a [`PgpItem`]: NIST P-384.
pub const UMD_PGP_CURVE_P384: __u8 = 2;
/// `curve` of a [`PgpItem`]: NIST P-521.
pub const UMD_PGP_CURVE_P521: __u8 = 3;
/// `curve` of a [`PgpItem`]: Ed25519, of algorithms 22 and 27.
pub const UMD_PGP_CURVE_ED25519: __u8 = 4;
/// `curve` of a [`PgpItem`]: Ed448.
pub const UMD_PGP_CURVE_ED448: __u8 = 5;
/// `curve` of a [`PgpItem`]: Curve25519, of algorithms 18 and 25; encrypts
/// only.
pub const UMD_PGP_CURVE_X25519: __u8 = 6;
/// `curve` of a [`PgpItem`]: X448; encrypts only.
pub const UMD_PGP_CURVE_X448: __u8 = 7;
/// `curve` of a [`PgpItem`]: brainpoolP256r1.
pub const UMD_PGP_CURVE_BRAINPOOL_P256: __u8 = 8;
/// `curve` of a [`PgpItem`]: brainpoolP384r1.
pub const UMD_PGP_CURVE_BRAINPOOL_P384: __u8 = 9;
/// `curve` of a [`PgpItem`]: brainpoolP512r1.
pub const UMD_PGP_CURVE_BRAINPOOL_P512: __u8 = 10;

/// `kind` of a text: no armor.
pub const UMD_PGP_ARMOR_NONE: __u32 = 0;
/// `kind` of a text: armor from `BEGIN PGP PUBLIC KEY BLOCK`.
pub const UMD_PGP_ARMOR_PUBLIC_KEY: __u32 = 1;
/// `kind` of a text: armor from `BEGIN PGP SIGNATURE`.
pub const UMD_PGP_ARMOR_SIGNATURE: __u32 = 2;

/// `state` of a text: outside of any armor and document. The start of a text.
pub const UMD_PGP_TEXT_OUTSIDE: __u32 = 0;
/// `state` of a text: after an armor's `BEGIN` line.
pub const UMD_PGP_TEXT_ARMOR_HEADERS: __u32 = 1;
/// `state` of a text: after the empty line that ends an armor's headers.
pub const UMD_PGP_TEXT_ARMOR_BODY: __u32 = 2;
/// `state` of a text: after an armor's checksum.
pub const UMD_PGP_TEXT_ARMOR_END: __u32 = 3;
/// `state` of a text: after `BEGIN PGP SIGNED MESSAGE`.
pub const UMD_PGP_TEXT_CLEAR_HEADERS: __u32 = 4;
/// `state` of a text: after the empty line that ends a document's headers.
pub const UMD_PGP_TEXT_CLEAR_TEXT: __u32 = 5;

/// Flag of a [`PgpText`]: nothing follows the chunk.
pub const UMD_PGP_TEXT_LAST: __u32 = 1;
/// Flag of a [`PgpText`]: other text outside of armor is ignored, and a
/// clearsigned document is malformed. Without the flag, only empty lines may be
/// outside.
pub const UMD_PGP_TEXT_LOOSE: __u32 = 2;
/// All flags of a [`PgpText`].
pub const UMD_PGP_TEXT_FLAGS: __u32 = 3;

/// `what` of a [`PgpTextReply`]: nothing to report; `range` is zero.
pub const UMD_PGP_TEXT_NOTHING: __u32 = 0;
/// `what` of a [`PgpTextReply`]: `range` is base64, in whole lines, with their
/// line ends and any white space. The Handler does not look at the symbols,
/// except that no line begins with `=` or `-`.
pub const UMD_PGP_TEXT_CONTENT: __u32 = 1;
/// `what` of a [`PgpTextReply`]: `range` is lines of a document's text as they
/// are, with dash escapes and line ends. Each line that begins with `-` begins
/// with a dash escape. The last line end of a document is not part of the text
/// (section 7.1), but is in the `range`.
pub const UMD_PGP_TEXT_SIGNED: __u32 = 2;
/// `what` of a [`PgpTextReply`]: the last consumed line is an armor's `END`;
/// `range` is zero.
pub const UMD_PGP_TEXT_END: __u32 = 3;

/// The start of each packet in a request; the body follows.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Wire, FromBytes, IntoBytes, KnownLayout, Immutable)]
pub struct PgpPacket {
    /// The packet type: a `UMD_PGP_TAG_` constant.
    pub tag: __u32,
    /// Length of the body, at most [`UMD_PGP_MAX_BODY`].
    pub len: __u32,
}

/// A range of bytes in a packet's body or in a chunk of text, always inside.
#[repr(C)]
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Wire, FromBytes, IntoBytes, KnownLayout, Immutable,
)]
pub struct PgpRange {
    /// Offset from the start of the body or chunk; zero if `len` is.
    pub offset: __u32,
    /// Number of bytes; zero for none.
    pub len: __u32,
}

/// What is in one packet. Every byte has a value; what the packet does not have
/// is zero.
#[repr(C)]
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Wire, FromBytes, IntoBytes, KnownLayout, Immutable,
)]
pub struct PgpItem {
    /// [`UMD_PGP_PARSED`], [`UMD_PGP_MALFORMED`] or [`UMD_PGP_UNSUPPORTED`].
    pub verdict: __u32,
    /// `UMD_PGP_ITEM_` flags; zero for keys.
    pub flags: __u32,
    /// Creation time in seconds since 1970. A signature's is from the hashed
    /// subpackets, or, in version 3, from the packet.
    pub created: __u32,
    /// The signature's lifetime in seconds (section 5.2.3.18); zero for ever.
    pub expires_in: __u32,
    /// The key's lifetime in seconds (section 5.2.3.13), with
    /// [`UMD_PGP_ITEM_KEY_EXPIRES`]; zero for ever.
    pub key_expires_in: __u32,
    /// Of a key 4 or 6, of a signature 3, 4 or 6.
    pub version: __u8,
    /// The public key algorithm (section 9.1).
    pub algorithm: __u8,
    /// The signature type (section 5.2.1).
    pub kind: __u8,
    /// The signature's hash algorithm (section 9.5).
    pub hash: __u8,
    /// The key's curve, a `UMD_PGP_CURVE_` constant.
    pub curve: __u8,
    /// Length of `issuer`: 20 in version 4, 32 in version 6, or 0 if the
    /// signature does not name a fingerprint.
    pub issuer_len: __u8,
    /// First byte of the key flags (section 5.2.3.29), with
    /// [`UMD_PGP_ITEM_KEY_FLAGS`].
    pub key_flags: __u8,
    /// Reason for a revocation (section 5.2.3.31), with
    /// [`UMD_PGP_ITEM_REASON`].
    pub reason: __u8,
    /// The part of a signature that is hashed: from the version to the end of
    /// the hashed subpackets; in version 3, the 5 bytes of type and time.
    pub hashed: PgpRange,
    /// The bytes that are hashed first, in version 6: 16, 24 or 32, as `hash`
    /// requires.
    pub salt: PgpRange,
    /// The first two bytes of the hash, according to the signature.
    pub left: PgpRange,
    /// The values of the algorithm. Numbers are without length and leading
    /// zeros, so that zero is no bytes. Both ranges are zero if there is no
    /// form for the algorithm.
    ///
    /// Keys: RSA has the modulus and the exponent, neither of them zero. ECDSA
    /// and legacy EdDSA (algorithm 22, not in version 6) have the point, with
    /// its first byte, 0x04 or 0x40, and the curve's object identifier, without
    /// its length; both ranges are zero for a curve without a number here, or
    /// another form or length of the point. Ed25519, Ed448, X25519 and X448
    /// have the key of 32, 57, 32 or 56 bytes. Both ranges are also zero if the
    /// values of a key that cannot sign are malformed.
    ///
    /// Signatures: RSA has one number. ECDSA, DSA and legacy EdDSA have r and
    /// s, of any length. Ed25519 and Ed448 have R and S, each of full length,
    /// 32 or 57.
    pub values: [PgpRange; 2],
    /// The body of an embedded signature (section 5.2.3.34), which can be the
    /// body of a packet of its own in another request.
    pub embedded: PgpRange,
    /// The fingerprint of a designated revoker, 20 bytes, from the hashed
    /// subpackets (section 5.2.3.23).
    pub revoker: PgpRange,
    /// Key id of the key that made the signature: that of `issuer`, if there
    /// is one. Zero if the signature names neither.
    pub issuer_key_id: [__u8; 8],
    /// Fingerprint of the key that made the signature.
    pub issuer: [__u8; 32],
}

/// The start of the payload of a request of [`UMD_OP_PGP_TEXT`]; the text
/// follows.
///
/// The first request of a text has [`UMD_PGP_TEXT_OUTSIDE`] and
/// [`UMD_PGP_ARMOR_NONE`]; each other request has `state` and `kind` of the
/// reply before, and begins after the bytes that it consumed.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Wire, FromBytes, IntoBytes, KnownLayout, Immutable)]
pub struct PgpText {
    /// Where the chunk begins: one of the constants from
    /// [`UMD_PGP_TEXT_OUTSIDE`] to [`UMD_PGP_TEXT_CLEAR_TEXT`].
    pub state: __u32,
    /// A `UMD_PGP_ARMOR_` constant: the kind of the armor that `state` is in;
    /// else [`UMD_PGP_ARMOR_NONE`].
    pub kind: __u32,
    /// [`UMD_PGP_TEXT_LAST`] and [`UMD_PGP_TEXT_LOOSE`].
    pub flags: __u32,
    /// Zero.
    pub reserved: __u32,
}

/// Payload of a reply of [`UMD_OP_PGP_TEXT`] with status zero: what there is up
/// to the end of the first lines of content or of signed text, or up to the
/// first `END`.
#[repr(C)]
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Wire, FromBytes, IntoBytes, KnownLayout, Immutable,
)]
pub struct PgpTextReply {
    /// Like the request's, after the bytes that are consumed.
    /// [`UMD_PGP_TEXT_ARMOR_BODY`] with [`UMD_PGP_TEXT_CONTENT`],
    /// [`UMD_PGP_TEXT_CLEAR_TEXT`] with [`UMD_PGP_TEXT_SIGNED`],
    /// [`UMD_PGP_TEXT_OUTSIDE`] with [`UMD_PGP_TEXT_END`].
    pub state: __u32,
    /// Like the request's, after the bytes that are consumed: with
    /// [`UMD_PGP_TEXT_CONTENT`], the kind of the content.
    pub kind: __u32,
    /// One of the constants from [`UMD_PGP_TEXT_NOTHING`] to
    /// [`UMD_PGP_TEXT_END`].
    pub what: __u32,
    /// Number of bytes from the start of the chunk that need not be sent again:
    /// whole lines, or, with [`UMD_PGP_TEXT_LAST`], up to the end. Zero only
    /// with [`UMD_PGP_TEXT_NOTHING`]: the chunk has no whole line, and more
    /// text is needed.
    pub consumed: __u32,
    /// Bytes of the chunk, with [`UMD_PGP_TEXT_CONTENT`] or
    /// [`UMD_PGP_TEXT_SIGNED`]: not empty, and the last bytes that are
    /// consumed.
    pub range: PgpRange,
}

const _: () = {
    assert!(UMD_OP_PGP_PACKETS == UMD_OP_DRIVER);
    let headers = UMD_PGP_MAX_PACKETS as usize * size_of::<PgpPacket>();
    assert!(UMD_PGP_MAX_DATA as usize == UMD_PGP_MAX_BODY as usize + headers);
    assert!(UMD_PGP_MAX_REQUEST == UMD_PGP_MAX_DATA);
    let text = size_of::<PgpText>() + UMD_PGP_MAX_TEXT as usize;
    assert!(text <= UMD_PGP_MAX_REQUEST as usize);
    let items = UMD_PGP_MAX_PACKETS as usize * size_of::<PgpItem>();
    assert!(UMD_PGP_MAX_REPLY as usize == items);
    assert!(size_of::<PgpTextReply>() <= items);
    assert!(UMD_PGP_MAX_REQUEST <= UMD_MAX_PAYLOAD && UMD_PGP_MAX_REPLY <= UMD_MAX_PAYLOAD);
    assert!(size_of::<PgpPacket>() == 8 && size_of::<PgpRange>() == 8);
    assert!(size_of::<PgpItem>() == 124);
    assert!(size_of::<PgpText>() == 16 && size_of::<PgpTextReply>() == 24);
};
