// SPDX-License-Identifier: MIT OR Apache-2.0

//! Public key packets (section 5.5).

use super::algorithm::{self, Curve};
use super::bytes::{Bytes, bit_length};
use super::der::{self, Value};
use super::fingerprint::Identity;
use crate::{UMD_PGP_CURVE_ED25519, UMD_PGP_CURVE_P256, UMD_PGP_CURVE_P384, UMD_PGP_CURVE_P521};
use umd_abi::Status;

/// The kernel's RSA does not take larger numbers.
const MAX_RSA_BITS: u32 = 4096;

/// First byte of a point with both coordinates (section 11.2.1).
const UNCOMPRESSED: u8 = 0x04;
/// First byte of a point in the curve's own form (section 11.2.2).
const NATIVE: u8 = 0x40;

/// A public key packet of version 4 or 6.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key<'a> {
    /// The body of the packet.
    pub(super) body: Bytes<'a>,
    /// 4 or 6.
    pub(super) version: u8,
    /// Creation time in seconds since 1970.
    pub(super) created: u32,
    /// Public key algorithm (section 9.1).
    pub(super) algorithm: u8,
    values: Bytes<'a>,
}

/// A key's values in the kernel's form.
#[derive(Debug)]
pub(super) struct Material {
    /// As in [`crate::PgpKey`].
    pub(super) bits: u32,
    /// As in [`crate::PgpKey`].
    pub(super) curve: u8,
    /// Empty if there is no form for the key.
    pub(super) bytes: Value,
}

impl<'a> Key<'a> {
    /// Parses a packet, except for the values of its algorithm.
    pub(super) fn parse(body: Bytes<'a>) -> Result<Self, Status> {
        let mut rest = body;
        let version = rest.byte()?;
        if !matches!(version, 4 | 6) {
            return Err(Status::ENOPKG);
        }
        let created = rest.number(4)?;
        let algorithm = rest.byte()?;
        let len_is_wrong = match version {
            6 => rest.number(4)? != rest.len(),
            // A longer key has no fingerprint (section 5.5.4.2).
            _ => body.len() > u16::MAX.into(),
        };
        if len_is_wrong {
            return Err(Status::EBADMSG);
        }
        Ok(Self {
            body,
            version,
            created,
            algorithm,
            values: rest,
        })
    }

    /// Returns the identity of the key.
    pub(super) fn identity(&self) -> Identity {
        Identity::new(self.version, self.body.as_slice())
    }

    /// Parses the values of the algorithm (section 5.5.5). For other algorithms
    /// than those below, any values are accepted.
    pub(super) fn material(&self) -> Result<Material, Status> {
        match self.algorithm {
            algorithm::RSA | algorithm::RSA_ENCRYPT | algorithm::RSA_SIGN => self.rsa(),
            algorithm::ECDSA | algorithm::ECDH => self.point(),
            algorithm::EDDSA_LEGACY if self.version == 4 => self.point(),
            algorithm::X25519 | algorithm::ED25519 => self.fixed(32),
            algorithm::X448 => self.fixed(56),
            algorithm::ED448 => self.fixed(57),
            _ => Ok(Material {
                bits: 0,
                curve: Curve::of(self.algorithm).number,
                bytes: Value::new(),
            }),
        }
    }

    fn rsa(&self) -> Result<Material, Status> {
        let mut rest = self.values;
        let modulus = rest.integer()?;
        let exponent = rest.integer()?;
        rest.end()?;
        if modulus.is_empty() || exponent.is_empty() {
            return Err(Status::EBADMSG);
        }
        let bits = bit_length(modulus);
        let mut bytes = Value::new();
        if bits <= MAX_RSA_BITS {
            // The kernel does not take an exponent that leaves no room either.
            bytes = der::two_integers(modulus, exponent).unwrap_or_default();
        }
        Ok(Material {
            bits,
            curve: Curve::of(self.algorithm).number,
            bytes,
        })
    }

    /// Parses a curve's object identifier and a point on it (section 11.2.1).
    fn point(&self) -> Result<Material, Status> {
        let mut rest = self.values;
        let oid_len = rest.byte()?;
        // 0 and 255 are reserved for extensions (section 9.2).
        if matches!(oid_len, 0 | 255) {
            return Err(Status::EBADMSG);
        }
        let curve = Curve::with_oid(rest.take(oid_len.into())?.as_slice());
        let point = rest.integer()?;
        if self.algorithm != algorithm::ECDH {
            rest.end()?;
        }
        let size = usize::from(curve.bits.div_ceil(8));
        let mut bytes = Value::new();
        if let Some((first, len)) = match (self.algorithm, curve.number) {
            (algorithm::ECDSA, UMD_PGP_CURVE_P256 | UMD_PGP_CURVE_P384 | UMD_PGP_CURVE_P521) => {
                bytes.push(UNCOMPRESSED).map_err(|_| Status::EBADMSG)?;
                Some((UNCOMPRESSED, 2 * size))
            }
            (algorithm::EDDSA_LEGACY, UMD_PGP_CURVE_ED25519) => Some((NATIVE, size)),
            _ => None,
        } {
            let point = point.strip_prefix(&[first]).ok_or(Status::EBADMSG)?;
            if point.len() != len {
                return Err(Status::EBADMSG);
            }
            bytes
                .extend_from_slice(point)
                .map_err(|_| Status::EBADMSG)?;
        }
        Ok(Material {
            bits: curve.bits.into(),
            curve: curve.number,
            bytes,
        })
    }

    /// Returns a public key of fixed length as it is.
    fn fixed(&self, len: u32) -> Result<Material, Status> {
        let mut rest = self.values;
        let key = rest.take(len)?;
        rest.end()?;
        let curve = Curve::of(self.algorithm);
        let mut bytes = Value::new();
        if algorithm::can_sign(self.algorithm) {
            let _ = bytes.extend_from_slice(key.as_slice());
        }
        Ok(Material {
            bits: curve.bits.into(),
            curve: curve.number,
            bytes,
        })
    }
}
