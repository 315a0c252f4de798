// SPDX-License-Identifier: MIT OR Apache-2.0

//! Numbers of algorithms and curves (section 9).

use crate::{
    UMD_PGP_CURVE_BRAINPOOL_P256, UMD_PGP_CURVE_BRAINPOOL_P384, UMD_PGP_CURVE_BRAINPOOL_P512,
    UMD_PGP_CURVE_ED448, UMD_PGP_CURVE_ED25519, UMD_PGP_CURVE_NONE, UMD_PGP_CURVE_P256,
    UMD_PGP_CURVE_P384, UMD_PGP_CURVE_P521, UMD_PGP_CURVE_X448, UMD_PGP_CURVE_X25519,
};

/// RSA that encrypts and signs.
pub(super) const RSA: u8 = 1;
/// RSA that only encrypts; deprecated.
pub(super) const RSA_ENCRYPT: u8 = 2;
/// RSA that only signs; deprecated.
pub(super) const RSA_SIGN: u8 = 3;
/// DSA, which the kernel does not implement.
pub(super) const DSA: u8 = 17;
/// ECDH.
pub(super) const ECDH: u8 = 18;
/// ECDSA.
pub(super) const ECDSA: u8 = 19;
/// Ed25519 in the form before RFC 9580, in version 4 only.
pub(super) const EDDSA_LEGACY: u8 = 22;
/// X25519.
pub(super) const X25519: u8 = 25;
/// X448.
pub(super) const X448: u8 = 26;
/// Ed25519.
pub(super) const ED25519: u8 = 27;
/// Ed448.
pub(super) const ED448: u8 = 28;

/// Returns whether the algorithm can sign.
pub(super) const fn can_sign(algorithm: u8) -> bool {
    matches!(
        algorithm,
        RSA | RSA_SIGN | DSA | ECDSA | EDDSA_LEGACY | ED25519 | ED448
    )
}

/// A curve that has a number in the ABI.
#[derive(Clone, Copy, Debug)]
pub(super) struct Curve {
    /// The number in the ABI.
    pub(super) number: u8,
    oid_len: u8,
    /// The size of a coordinate in bytes.
    pub(super) size: u8,
    oid: [u8; 10],
}

impl Curve {
    /// Returns the curve with this object identifier (section 9.2).
    pub(super) fn with_oid(oid: &[u8]) -> Self {
        let mut curves = CURVES.iter();
        let found = curves.find(|curve| curve.oid.get(..curve.oid_len.into()) == Some(oid));
        found
            .copied()
            .unwrap_or(Self::new(UMD_PGP_CURVE_NONE, 0, &[]))
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "no identifier is longer than the array"
    )]
    const fn new<const LEN: usize>(number: u8, size: u8, oid: &[u8; LEN]) -> Self {
        let mut padded = [0; 10];
        let (start, _) = padded.split_at_mut(LEN);
        start.copy_from_slice(oid);
        Self {
            number,
            oid_len: LEN as u8,
            size,
            oid: padded,
        }
    }
}

/// Returns the `UMD_PGP_CURVE_` of an algorithm that has only one curve.
pub(super) const fn only_curve(algorithm: u8) -> u8 {
    match algorithm {
        X25519 => UMD_PGP_CURVE_X25519,
        X448 => UMD_PGP_CURVE_X448,
        ED25519 => UMD_PGP_CURVE_ED25519,
        ED448 => UMD_PGP_CURVE_ED448,
        _ => UMD_PGP_CURVE_NONE,
    }
}

const CURVES: [Curve; 8] = [
    Curve::new(UMD_PGP_CURVE_P256, 32, b"\x2a\x86\x48\xce\x3d\x03\x01\x07"),
    Curve::new(UMD_PGP_CURVE_P384, 48, b"\x2b\x81\x04\x00\x22"),
    Curve::new(UMD_PGP_CURVE_P521, 66, b"\x2b\x81\x04\x00\x23"),
    Curve::new(
        UMD_PGP_CURVE_ED25519,
        32,
        b"\x2b\x06\x01\x04\x01\xda\x47\x0f\x01",
    ),
    Curve::new(
        UMD_PGP_CURVE_X25519,
        32,
        b"\x2b\x06\x01\x04\x01\x97\x55\x01\x05\x01",
    ),
    Curve::new(
        UMD_PGP_CURVE_BRAINPOOL_P256,
        32,
        b"\x2b\x24\x03\x03\x02\x08\x01\x01\x07",
    ),
    Curve::new(
        UMD_PGP_CURVE_BRAINPOOL_P384,
        48,
        b"\x2b\x24\x03\x03\x02\x08\x01\x01\x0b",
    ),
    Curve::new(
        UMD_PGP_CURVE_BRAINPOOL_P512,
        64,
        b"\x2b\x24\x03\x03\x02\x08\x01\x01\x0d",
    ),
];
