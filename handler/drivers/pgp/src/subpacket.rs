// SPDX-License-Identifier: MIT OR Apache-2.0

//! Signature subpackets (section 5.2.3.7).

use super::bytes::{Bytes, Fault};
use crate::{
    PgpItem, UMD_PGP_ITEM_KEY_EXPIRES, UMD_PGP_ITEM_KEY_FLAGS, UMD_PGP_ITEM_PRIMARY_USER_ID,
    UMD_PGP_ITEM_REASON, UMD_PGP_ITEM_UNUSABLE,
};

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

/// Set in the class of a revocation key (section 5.2.3.23).
const REVOKES: u8 = 0x80;

/// Fills in what the subpackets of a signature of version 4 or 6 say.
pub(super) fn parse(
    hashed: Bytes<'_>,
    unhashed: Bytes<'_>,
    item: &mut PgpItem,
) -> Result<(), Fault> {
    let mut has_time = false;
    // The hashed subpackets come last, because the last of a kind counts.
    for (mut area, is_hashed) in [(unhashed, false), (hashed, true)] {
        while !area.is_empty() {
            let len = length(&mut area)?;
            let body = area.take(len)?;
            match take_in(body, is_hashed, item) {
                Ok(kind) => has_time |= is_hashed && kind == CREATED,
                // Anybody can add an unhashed subpacket.
                Err(fault) if is_hashed => return Err(fault),
                Err(_) => {}
            }
        }
    }
    // The creation time is required (section 5.2.3.11).
    if !has_time {
        return Err(Fault);
    }
    if item.issuer_len != 0 {
        // The key id of a fingerprint (section 5.5.4).
        let mut fingerprint = Bytes::new(&item.issuer);
        if item.version == 4 {
            fingerprint.take(12)?;
        }
        item.issuer_key_id = fingerprint.array()?;
    }
    Ok(())
}

/// Takes off a subpacket's length (section 5.2.3.7).
fn length(area: &mut Bytes<'_>) -> Result<u32, Fault> {
    match area.byte()? {
        first @ 0..192 => Ok(first.into()),
        first @ 192..255 => Ok((u32::from(first - 192) << 8) + u32::from(area.byte()?) + 192),
        255 => area.number(4),
    }
}

/// Takes in one subpacket, whose first byte is its type, and returns the type.
fn take_in(mut body: Bytes<'_>, is_hashed: bool, item: &mut PgpItem) -> Result<u8, Fault> {
    let first = body.byte()?;
    let kind = first & !CRITICAL;
    let is_understood = if is_hashed {
        read_hashed(kind, body, item)
    } else {
        read(kind, body, item, is_hashed)
    };
    // A malformed one is like an unknown one, unless its contents matter.
    if first >= CRITICAL && !is_understood.unwrap_or(false) {
        item.flags |= UMD_PGP_ITEM_UNUSABLE;
    }
    is_understood.map(|_| kind)
}

/// Takes in a subpacket that counts only if it is hashed, or any other one.
fn read_hashed(kind: u8, mut body: Bytes<'_>, item: &mut PgpItem) -> Result<bool, Fault> {
    match kind {
        CREATED => item.created = time(body)?,
        EXPIRES => item.expires_in = time(body)?,
        KEY_EXPIRES => {
            item.key_expires_in = time(body)?;
            item.flags |= UMD_PGP_ITEM_KEY_EXPIRES;
        }
        KEY_FLAGS => {
            item.key_flags = body.byte().unwrap_or(0);
            item.flags |= UMD_PGP_ITEM_KEY_FLAGS;
        }
        PRIMARY_USER_ID => match body.as_slice() {
            [0] => item.flags &= !UMD_PGP_ITEM_PRIMARY_USER_ID,
            [_] => item.flags |= UMD_PGP_ITEM_PRIMARY_USER_ID,
            _ => return Ok(false),
        },
        REASON => match body.byte() {
            Ok(reason) => {
                item.reason = reason;
                item.flags |= UMD_PGP_ITEM_REASON;
            }
            Err(_) => return Ok(false),
        },
        REVOCATION_KEY => match (body.as_slice().first(), body.len()) {
            // Class, algorithm, fingerprint.
            (Some(REVOKES..), 22) => {
                body.take(2)?;
                item.revoker = body.range();
            }
            _ => return Ok(false),
        },
        INTENDED_RECIPIENT => item.flags |= UMD_PGP_ITEM_UNUSABLE,
        _ => return read(kind, body, item, true),
    }
    Ok(true)
}

/// Takes in a subpacket that counts even if it is not hashed. Returns whether
/// it is understood.
fn read(kind: u8, mut body: Bytes<'_>, item: &mut PgpItem, is_hashed: bool) -> Result<bool, Fault> {
    match kind {
        ISSUER_KEY_ID => {
            let id = body.array()?;
            body.end()?;
            item.issuer_key_id = id;
        }
        ISSUER_FINGERPRINT => issuer(body, item, is_hashed)?,
        EMBEDDED_SIGNATURE if body.is_empty() => return Ok(false),
        EMBEDDED_SIGNATURE => item.embedded = body.range(),
        _ => return Ok(is_known(kind)),
    }
    Ok(true)
}

/// Takes in a key's version and fingerprint (section 5.2.3.35). Keys make
/// signatures of their own version only.
fn issuer(mut body: Bytes<'_>, item: &mut PgpItem, is_hashed: bool) -> Result<(), Fault> {
    if body.byte()? != item.version {
        if is_hashed {
            item.flags |= UMD_PGP_ITEM_UNUSABLE;
        }
        return Ok(());
    }
    let len = if item.version == 6 { 32 } else { 20 };
    if body.len() != len.into() {
        return Err(Fault);
    }
    item.issuer_len = len;
    for (to, from) in item.issuer.iter_mut().zip(body.as_slice()) {
        *to = *from;
    }
    Ok(())
}

/// Parses a subpacket of 4 bytes.
fn time(mut body: Bytes<'_>) -> Result<u32, Fault> {
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
