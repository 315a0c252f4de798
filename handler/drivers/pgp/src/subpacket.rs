// SPDX-License-Identifier: MIT OR Apache-2.0

//! Signature subpackets (section 5.2.3.7).

use super::bytes::Bytes;
use super::packet;
use umd_abi::Status;

const CREATED: u8 = 2;
const EXPIRES: u8 = 3;
const EXPORTABLE: u8 = 4;
const TRUST: u8 = 5;
const REGULAR_EXPRESSION: u8 = 6;
const REVOCABLE: u8 = 7;
const KEY_EXPIRES: u8 = 9;
const CIPHERS: u8 = 11;
const REVOCATION_KEY: u8 = 12;
const ISSUER_KEY_ID: u8 = 16;
const HASHES: u8 = 21;
const COMPRESSIONS: u8 = 22;
const KEY_SERVER_PREFERENCES: u8 = 23;
const PREFERRED_KEY_SERVER: u8 = 24;
const PRIMARY_USER_ID: u8 = 25;
const POLICY_URI: u8 = 26;
const KEY_FLAGS: u8 = 27;
const SIGNER: u8 = 28;
const REASON: u8 = 29;
const FEATURES: u8 = 30;
const EMBEDDED_SIGNATURE: u8 = 32;
const ISSUER_FINGERPRINT: u8 = 33;
const INTENDED_RECIPIENT: u8 = 35;
const AEAD_CIPHERS: u8 = 39;

/// Set in the type of a subpacket that must be understood.
const CRITICAL: u8 = 0x80;

/// The contents of a signature's subpackets. Of several subpackets of one kind,
/// the last one counts, but hashed subpackets count more than unhashed ones.
#[derive(Clone, Debug, Default)]
pub(super) struct Subpackets<'a> {
    /// Creation time of the signature in seconds since 1970.
    pub(super) created: Option<u32>,
    /// The signature's lifetime in seconds; zero for no limit.
    pub(super) expires_in: u32,
    /// The key's lifetime in seconds, from its creation; zero for no limit.
    pub(super) key_expires_in: u32,
    /// The permitted uses of the key: the first byte of its flags (section
    /// 5.2.3.29).
    pub(super) key_flags: Option<u8>,
    /// The fingerprint of the key that made the signature, 20 or 32 bytes;
    /// empty if there is none.
    pub(super) issuer: &'a [u8],
    /// The key id of the key that made the signature.
    pub(super) issuer_key_id: Option<[u8; 8]>,
    /// An embedded signature packet.
    pub(super) embedded: Option<Bytes<'a>>,
    /// The signature does not count: a critical subpacket is unknown, as all
    /// notations are; the named key is of another version than the signature
    /// (section 5.2.3.35); or the signature belongs to a message that is
    /// encrypted for somebody (section 5.2.3.36).
    pub(super) is_unusable: bool,
}

impl<'a> Subpackets<'a> {
    /// Parses both areas of a signature.
    pub(super) fn parse(
        version: u8,
        hashed: Bytes<'a>,
        unhashed: Bytes<'a>,
    ) -> Result<Self, Status> {
        let mut says = Self::default();
        for (mut area, is_hashed) in [(unhashed, false), (hashed, true)] {
            while !area.is_empty() {
                let first = area.byte()?;
                let len = packet::length(first, &mut area)?;
                says.take_in(version, area.take(len)?, is_hashed)?;
            }
        }
        Ok(says)
    }

    /// Takes in one subpacket, whose first byte is its type.
    fn take_in(&mut self, version: u8, mut body: Bytes<'a>, is_hashed: bool) -> Result<(), Status> {
        let first = body.byte()?;
        match (first & !CRITICAL, is_hashed) {
            (CREATED, true) => self.created = Some(time(body)?),
            (EXPIRES, true) => self.expires_in = time(body)?,
            (KEY_EXPIRES, true) => self.key_expires_in = time(body)?,
            (KEY_FLAGS, true) => self.key_flags = Some(body.byte().unwrap_or(0)),
            (ISSUER_KEY_ID, _) => {
                let id = body.as_slice().try_into();
                self.issuer_key_id = Some(id.map_err(|_| Status::EBADMSG)?);
            }
            (ISSUER_FINGERPRINT, _) => self.take_in_issuer(version, body, is_hashed)?,
            (EMBEDDED_SIGNATURE, _) => self.embedded = Some(body),
            (INTENDED_RECIPIENT, true) => self.is_unusable = true,
            (kind, _) => {
                self.is_unusable |= first >= CRITICAL && !is_known(kind);
            }
        }
        Ok(())
    }

    /// Takes in a key's version and fingerprint (section 5.2.3.35). Keys make
    /// signatures of their own version only.
    fn take_in_issuer(
        &mut self,
        version: u8,
        mut body: Bytes<'a>,
        is_hashed: bool,
    ) -> Result<(), Status> {
        if body.byte()? != version {
            self.is_unusable |= is_hashed;
            return Ok(());
        }
        let len = if version == 6 { 32 } else { 20 };
        self.issuer = body.take(len)?.as_slice();
        body.end()
    }
}

/// Parses a subpacket of 4 bytes.
fn time(mut body: Bytes<'_>) -> Result<u32, Status> {
    let time = body.number(4)?;
    body.end()?;
    Ok(time)
}

/// Returns whether a subpacket is understood, at least so far that it does not
/// matter here. Trust and regular expressions concern certifications of other
/// people's keys; features, ciphers and servers concern encryption.
const fn is_known(kind: u8) -> bool {
    matches!(
        kind,
        CREATED
            | EXPIRES
            | EXPORTABLE
            | TRUST
            | REGULAR_EXPRESSION
            | REVOCABLE
            | KEY_EXPIRES
            | CIPHERS
            | REVOCATION_KEY
            | HASHES
            | COMPRESSIONS
            | KEY_SERVER_PREFERENCES
            | PREFERRED_KEY_SERVER
            | PRIMARY_USER_ID
            | POLICY_URI
            | KEY_FLAGS
            | SIGNER
            | REASON
            | FEATURES
            | INTENDED_RECIPIENT
            | AEAD_CIPHERS
    )
}
