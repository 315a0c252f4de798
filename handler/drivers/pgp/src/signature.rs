// SPDX-License-Identifier: MIT OR Apache-2.0

//! Signature packets (section 5.2).

use super::algorithm;
use super::bytes::Bytes;
use super::der::{self, Value};
use super::fingerprint::{Identity, key_id};
use super::subpacket::Subpackets;
use crate::{PgpSignature, UMD_PGP_SIGNATURE_UNUSABLE};
use umd_abi::Status;

/// Signature types (section 5.2.1).
pub(super) mod kind {
    /// The first of the certifications of a user id.
    pub(crate) const CERTIFICATION_FIRST: u8 = 0x10;
    /// The last of the certifications of a user id.
    pub(crate) const CERTIFICATION_LAST: u8 = 0x13;
    /// By a primary key, on its subkey.
    pub(crate) const SUBKEY_BINDING: u8 = 0x18;
    /// By a subkey, on its primary key.
    pub(crate) const PRIMARY_KEY_BINDING: u8 = 0x19;
    /// By a key, on itself.
    pub(crate) const DIRECT_KEY: u8 = 0x1f;
    /// Revokes a primary key.
    pub(crate) const KEY_REVOCATION: u8 = 0x20;
    /// Revokes a subkey.
    pub(crate) const SUBKEY_REVOCATION: u8 = 0x28;
    /// Revokes a certification.
    pub(crate) const CERTIFICATION_REVOCATION: u8 = 0x30;
}

/// A signature packet of version 4 or 6.
#[derive(Clone, Debug)]
pub(super) struct Signature<'a> {
    version: u8,
    /// The signature type: a constant of [`kind`], or another.
    pub(super) kind: u8,
    algorithm: u8,
    hash: u8,
    left: [u8; 2],
    hashed: Bytes<'a>,
    salt: &'a [u8],
    values: Bytes<'a>,
    /// Creation time in seconds since 1970.
    pub(super) created: u32,
    /// The contents of the subpackets.
    pub(super) says: Subpackets<'a>,
}

/// Whether a signature names a certain key as its issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Issuer {
    /// The signature names this key.
    Named,
    /// The signature names no issuer.
    Unnamed,
    /// The signature names another key.
    Other,
}

impl<'a> Signature<'a> {
    /// Parses a packet, except for the values of its algorithm.
    pub(super) fn parse(packet: Bytes<'a>) -> Result<Self, Status> {
        let mut rest = packet;
        let version = rest.byte()?;
        if !matches!(version, 4 | 6) {
            return Err(Status::ENOPKG);
        }
        let [kind, algorithm, hash] = [rest.byte()?, rest.byte()?, rest.byte()?];
        let count_size = if version == 6 { 4 } else { 2 };
        let len = rest.number(count_size)?;
        let hashed_area = rest.take(len)?;
        let hashed = packet.before(rest)?;
        let len = rest.number(count_size)?;
        let unhashed_area = rest.take(len)?;
        let left = [rest.byte()?, rest.byte()?];
        let mut salt: &[u8] = &[];
        if version == 6 {
            let len = rest.byte()?;
            // For another hash, the right length of the salt is unknown.
            if len != salt_length(hash).ok_or(Status::ENOPKG)? {
                return Err(Status::EBADMSG);
            }
            salt = rest.take(len.into())?.as_slice();
        }
        let says = Subpackets::parse(version, hashed_area, unhashed_area)?;
        Ok(Self {
            version,
            kind,
            algorithm,
            hash,
            left,
            hashed,
            salt,
            values: rest,
            // The creation time is required (section 5.2.3.11).
            created: says.created.ok_or(Status::EBADMSG)?,
            says,
        })
    }

    /// Returns whether the signature names `key` as its issuer.
    pub(super) fn issuer(&self, key: &Identity) -> Issuer {
        let is_key = if self.version != key.version {
            false
        } else if !self.says.issuer.is_empty() {
            self.says.issuer == key.fingerprint.as_slice()
        } else if let Some(id) = self.says.issuer_key_id {
            id == key.key_id()
        } else {
            return Issuer::Unnamed;
        };
        if is_key { Issuer::Named } else { Issuer::Other }
    }

    /// Returns the expiry of the signature; zero for never.
    pub(super) fn expires(&self) -> u64 {
        end(self.created, self.says.expires_in)
    }

    /// Fills in `reply`, which is all zero.
    pub(super) fn write(&self, reply: &mut PgpSignature) -> Result<(), Status> {
        reply.created = self.created.into();
        reply.expires = self.expires();
        reply.version = self.version;
        reply.kind = self.kind;
        reply.algorithm = self.algorithm;
        reply.hash = self.hash;
        reply.left = self.left;
        reply.hashed = self.hashed.range();
        if self.says.is_unusable {
            reply.flags = UMD_PGP_SIGNATURE_UNUSABLE;
        }
        let [a, b, c, d] = self.hashed.len().to_be_bytes();
        reply.trailer = [self.version, 0xff, a, b, c, d, 0, 0];
        reply.trailer_len = 6;
        reply.issuer_len = super::copy(self.says.issuer, &mut reply.issuer);
        reply.salt_len = super::copy(self.salt, &mut reply.salt);
        reply.issuer_key_id = match self.says.issuer {
            [] => self.says.issuer_key_id.unwrap_or_default(),
            fingerprint => key_id(fingerprint),
        };
        let value = self.value()?;
        reply.value_len = super::copy(&value, &mut reply.value);
        Ok(())
    }

    /// Returns the values of the algorithm (sections 5.2.3.1 to 5.2.3.5) in the
    /// kernel's form; empty if there is none.
    fn value(&self) -> Result<Value, Status> {
        let mut rest = self.values;
        let mut value = Value::new();
        match self.algorithm {
            algorithm::RSA | algorithm::RSA_SIGN => {
                let number = rest.integer()?;
                // A value without room is not of a key that the kernel takes.
                let _ = value.extend_from_slice(number);
            }
            algorithm::ECDSA => {
                let r = rest.integer()?;
                let s = rest.integer()?;
                value = der::two_integers(r, s).unwrap_or_default();
            }
            algorithm::EDDSA_LEGACY if self.version == 4 => {
                let r = rest.padded_integer()?;
                let s = rest.padded_integer()?;
                for number in [r, s] {
                    let zeros = 32_usize.checked_sub(number.len()).ok_or(Status::EBADMSG)?;
                    for _ in 0..zeros {
                        let _ = value.push(0);
                    }
                    let _ = value.extend_from_slice(number);
                }
            }
            algorithm::ED25519 => {
                let _ = value.extend_from_slice(rest.take(64)?.as_slice());
            }
            algorithm::ED448 => {
                let _ = value.extend_from_slice(rest.take(114)?.as_slice());
            }
            _ => return Ok(value),
        }
        rest.end()?;
        Ok(value)
    }
}

/// Returns the time `after` seconds after `start`. If `after` is zero, OpenPGP
/// means never, and the result is zero.
pub(super) fn end(start: u32, after: u32) -> u64 {
    if after == 0 {
        0
    } else {
        u64::from(start) + u64::from(after)
    }
}

/// Returns the length of the salt for a hash algorithm (section 9.5).
const fn salt_length(hash: u8) -> Option<u8> {
    match hash {
        // SHA2-256, SHA2-224, SHA3-256.
        8 | 11 | 12 => Some(16),
        // SHA2-384.
        9 => Some(24),
        // SHA2-512, SHA3-512.
        10 | 14 => Some(32),
        _ => None,
    }
}
