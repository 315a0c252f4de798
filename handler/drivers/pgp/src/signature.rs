// SPDX-License-Identifier: MIT OR Apache-2.0

//! Signature packets (section 5.2).

use super::algorithm;
use super::bytes::{Bytes, Fault};
use super::packets::unsupported;
use super::subpacket;
use crate::PgpItem;

/// Fills in `item`, which is all zero.
pub(super) fn parse(packet: Bytes<'_>, item: &mut PgpItem) -> Result<(), Fault> {
    let mut rest = packet;
    item.version = rest.byte()?;
    match item.version {
        3 => version_3(&mut rest, item)?,
        4 | 6 => version_4_or_6(packet, &mut rest, item)?,
        _ => return Err(unsupported(item)),
    }
    values(rest, item)
}

/// Parses what is between version and values (section 5.2.2).
fn version_3(rest: &mut Bytes<'_>, item: &mut PgpItem) -> Result<(), Fault> {
    if rest.byte()? != 5 {
        return Err(Fault);
    }
    let mut hashed = rest.take(5)?;
    item.hashed = hashed.range();
    item.kind = hashed.byte()?;
    item.created = hashed.number(4)?;
    item.issuer_key_id = rest.array()?;
    [item.algorithm, item.hash] = rest.array()?;
    item.left = rest.take(2)?.range();
    Ok(())
}

/// Parses what is between version and values (section 5.2.3).
fn version_4_or_6<'a>(
    packet: Bytes<'a>,
    rest: &mut Bytes<'a>,
    item: &mut PgpItem,
) -> Result<(), Fault> {
    [item.kind, item.algorithm, item.hash] = rest.array()?;
    let count_size = if item.version == 6 { 4 } else { 2 };
    let len = rest.number(count_size)?;
    let hashed = rest.take(len)?;
    item.hashed = packet.before(*rest)?.range();
    let len = rest.number(count_size)?;
    let unhashed = rest.take(len)?;
    item.left = rest.take(2)?.range();
    if item.version == 6 {
        let len = rest.byte()?;
        // For another hash, the right length of the salt is unknown.
        match salt_length(item.hash) {
            None => return Err(unsupported(item)),
            Some(right) if right != len => return Err(Fault),
            Some(_) => {}
        }
        item.salt = rest.take(len.into())?.range();
    }
    subpacket::parse(hashed, unhashed, item)
}

/// Parses the values of the algorithm (sections 5.2.3.1 to 5.2.3.5). For other
/// algorithms than those below, any values are accepted.
fn values(mut rest: Bytes<'_>, item: &mut PgpItem) -> Result<(), Fault> {
    let [first, second] = &mut item.values;
    match item.algorithm {
        algorithm::RSA | algorithm::RSA_SIGN => *first = rest.integer(item.version)?.range(),
        algorithm::ECDSA | algorithm::DSA => {
            *first = rest.integer(item.version)?.range();
            *second = rest.integer(item.version)?.range();
        }
        algorithm::EDDSA_LEGACY if item.version != 6 => {
            *first = rest.integer(item.version)?.range();
            *second = rest.integer(item.version)?.range();
        }
        algorithm::ED25519 => {
            *first = rest.take(32)?.range();
            *second = rest.take(32)?.range();
        }
        algorithm::ED448 => {
            *first = rest.take(57)?.range();
            *second = rest.take(57)?.range();
        }
        _ => return Ok(()),
    }
    rest.end()
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
