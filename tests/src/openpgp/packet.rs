// SPDX-License-Identifier: MIT OR Apache-2.0

//! Packets of OpenPGP, and the contents of those of keys (RFC 9580).

use anyhow::{Context, Result, bail};
use std::ops::Range;

/// Public key algorithms (section 9.1).
pub(crate) const RSA: u8 = 1;
pub(crate) const ECDSA: u8 = 19;

/// The names of curves (section 9.2).
pub(crate) const P256: [u8; 8] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
pub(crate) const P384: [u8; 5] = [0x2b, 0x81, 0x04, 0x00, 0x22];

/// When all keys here were made, in seconds since 1970.
pub(crate) const TIME: [u8; 4] = [0x65, 0, 0, 0];

/// Returns a packet with a header of six bytes (section 4.2.1).
pub(crate) fn packet(kind: u8, body: &[u8]) -> Result<Vec<u8>> {
    let len = u32::try_from(body.len())?.to_be_bytes();
    Ok([&[0xc0 | kind, 0xff][..], &len, body].concat())
}

/// Returns the body of a public key's packet (section 5.5.2).
pub(crate) fn key_body(version: u8, algorithm: u8, values: &[u8]) -> Result<Vec<u8>> {
    let mut body = [&[version][..], &TIME, &[algorithm]].concat();
    if version == 6 {
        body.extend(u32::try_from(values.len())?.to_be_bytes());
    }
    body.extend_from_slice(values);
    Ok(body)
}

/// Returns the bytes that are hashed for a key with this body (section 5.2.4).
pub(crate) fn hashed_key(body: &[u8]) -> Result<Vec<u8>> {
    let head = if body.first() == Some(&4) {
        [&[0x99][..], &u16::try_from(body.len())?.to_be_bytes()].concat()
    } else {
        [&[0x9b][..], &u32::try_from(body.len())?.to_be_bytes()].concat()
    };
    Ok([&head, body].concat())
}

/// Encodes a number (section 3.2), without leading zero bytes.
pub(crate) fn number(bytes: &[u8]) -> Result<Vec<u8>> {
    let first = bytes.iter().position(|byte| *byte != 0);
    let bytes = &bytes[first.context("a zero")?..];
    let bits = 8 * bytes.len() - bytes[0].leading_zeros() as usize;
    Ok([&u16::try_from(bits)?.to_be_bytes()[..], bytes].concat())
}

/// Encodes a point on the curve with this name for a key (section 5.5.5.4).
pub(crate) fn curve_point(name: &[u8], point: &[u8]) -> Result<Vec<u8>> {
    let len = u8::try_from(name.len())?;
    Ok([&[len][..], name, &number(point)?].concat())
}

/// Returns the types of all packets in `ring`, and where their bodies are
/// (section 4.2).
///
/// # Errors
///
/// A length leads behind the end, or is partial.
pub fn split(ring: &[u8]) -> Result<Vec<(u32, Range<usize>)>> {
    let mut packets = Vec::new();
    let mut at = 0;
    while at < ring.len() {
        let (tag, size, len) = match ring[at..] {
            [first @ 0xc0..=0xff, len @ 0..192, ..] => (first & 0x3f, 1, usize::from(len)),
            [first @ 0xc0..=0xff, high @ 192..224, low, ..] => {
                let len = (usize::from(high - 192) << 8) + usize::from(low) + 192;
                (first & 0x3f, 2, len)
            }
            [first @ 0xc0..=0xff, 255, a, b, c, d, ..] => {
                let len = u32::from_be_bytes([a, b, c, d]);
                (first & 0x3f, 5, len as usize)
            }
            [first @ 0x80..0xc0, ..] if first & 3 != 3 => {
                let size = 1 << (first & 3);
                let len = ring.get(at + 1..=at + size).context("no length")?;
                let len = len
                    .iter()
                    .fold(0, |len, byte| (len << 8) + usize::from(*byte));
                (first >> 2 & 0xf, size, len)
            }
            _ => bail!("no packet with a length at {at}"),
        };
        let start = at + 1 + size;
        at = start + len;
        ring.get(start..at).context("a packet is cut off")?;
        packets.push((tag.into(), start..at));
    }
    Ok(packets)
}
