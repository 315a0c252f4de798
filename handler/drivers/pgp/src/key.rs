// SPDX-License-Identifier: MIT OR Apache-2.0

//! Public key packets (section 5.5).

use super::algorithm::{self, Curve};
use super::bytes::{Bytes, Fault};
use super::packets::unsupported;
use crate::{
    PgpItem, PgpRange, UMD_PGP_CURVE_BRAINPOOL_P256, UMD_PGP_CURVE_BRAINPOOL_P512,
    UMD_PGP_CURVE_ED25519, UMD_PGP_CURVE_P256, UMD_PGP_CURVE_P521,
};

/// First byte of a point with both coordinates (section 11.2.1).
const UNCOMPRESSED: u8 = 0x04;
/// First byte of a point in the curve's own form (section 11.2.2).
const NATIVE: u8 = 0x40;

/// Fills in `item`, which is all zero, for a primary key or a subkey.
pub(super) fn parse(body: Bytes<'_>, item: &mut PgpItem) -> Result<(), Fault> {
    let mut rest = body;
    item.version = rest.byte()?;
    if !matches!(item.version, 4 | 6) {
        return Err(unsupported(item));
    }
    item.created = rest.number(4)?;
    item.algorithm = rest.byte()?;
    let len_is_wrong = match item.version {
        6 => rest.number(4)? != rest.len(),
        // A longer key has no fingerprint (section 5.5.4.2).
        _ => body.len() > u16::MAX.into(),
    };
    if len_is_wrong {
        return Err(Fault);
    }
    let read = values(rest, item);
    if algorithm::can_sign(item.algorithm) {
        read
    } else {
        Ok(())
    }
}

/// Parses the values of the algorithm (section 5.5.5). For other algorithms
/// than those below, any values are accepted.
fn values(rest: Bytes<'_>, item: &mut PgpItem) -> Result<(), Fault> {
    item.curve = algorithm::only_curve(item.algorithm);
    match item.algorithm {
        algorithm::RSA | algorithm::RSA_ENCRYPT | algorithm::RSA_SIGN => rsa(rest, item),
        algorithm::ECDSA | algorithm::ECDH => point(rest, item),
        algorithm::EDDSA_LEGACY if item.version == 4 => point(rest, item),
        algorithm::X25519 | algorithm::ED25519 => fixed(32, rest, item),
        algorithm::X448 => fixed(56, rest, item),
        algorithm::ED448 => fixed(57, rest, item),
        _ => Ok(()),
    }
}

fn rsa(mut rest: Bytes<'_>, item: &mut PgpItem) -> Result<(), Fault> {
    let modulus = rest.integer(item.version)?;
    let exponent = rest.integer(item.version)?;
    rest.end()?;
    if modulus.is_empty() || exponent.is_empty() {
        return Err(Fault);
    }
    item.values = [modulus.range(), exponent.range()];
    Ok(())
}

/// Parses a curve's object identifier and a point on it (section 11.2.1).
fn point(mut rest: Bytes<'_>, item: &mut PgpItem) -> Result<(), Fault> {
    let oid_len = rest.byte()?;
    // 0 and 255 are reserved for extensions (section 9.2).
    if matches!(oid_len, 0 | 255) {
        return Err(Fault);
    }
    let oid = rest.take(oid_len.into())?;
    let curve = Curve::with_oid(oid.as_slice());
    item.curve = curve.number;
    let point = rest.integer(item.version)?;
    rest.end()?;
    let form = match (item.algorithm, curve.number) {
        (
            algorithm::ECDSA,
            UMD_PGP_CURVE_P256..=UMD_PGP_CURVE_P521
            | UMD_PGP_CURVE_BRAINPOOL_P256..=UMD_PGP_CURVE_BRAINPOOL_P512,
        ) => (UNCOMPRESSED, 1 + 2 * u32::from(curve.size)),
        (algorithm::EDDSA_LEGACY, UMD_PGP_CURVE_ED25519) => (NATIVE, 1 + u32::from(curve.size)),
        _ => return Ok(()),
    };
    if (point.as_slice().first(), point.len()) == (Some(&form.0), form.1) {
        item.values = [point.range(), oid.range()];
    }
    Ok(())
}

/// Takes a public key of fixed length.
fn fixed(len: u32, mut rest: Bytes<'_>, item: &mut PgpItem) -> Result<(), Fault> {
    let key = rest.take(len)?;
    rest.end()?;
    item.values = [key.range(), PgpRange::default()];
    Ok(())
}
