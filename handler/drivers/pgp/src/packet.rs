// SPDX-License-Identifier: MIT OR Apache-2.0

//! Packets (section 4).

use super::bytes::Bytes;
use umd_abi::Status;

/// Signature packet (section 5.2).
pub(super) const SIGNATURE: u8 = 2;
/// Public key packet (section 5.5.1.1).
pub(super) const PUBLIC_KEY: u8 = 6;
/// User id packet (section 5.11).
pub(super) const USER_ID: u8 = 13;
/// Public subkey packet (section 5.5.1.2).
pub(super) const PUBLIC_SUBKEY: u8 = 14;
/// User attribute packet (section 5.12).
pub(super) const USER_ATTRIBUTE: u8 = 17;

const MARKER: u8 = 10;
const TRUST: u8 = 12;
const PADDING: u8 = 21;
/// The first of the types that are skipped if they are unknown (section 4.3).
const FIRST_NOT_CRITICAL: u8 = 40;

/// A packet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Packet<'a> {
    /// The packet type (section 5).
    pub(super) tag: u8,
    /// The contents.
    pub(super) body: Bytes<'a>,
}

impl<'a> Packet<'a> {
    /// Takes the next meaningful packet off `rest`, or returns `None` at the
    /// end.
    ///
    /// Partial and indeterminate lengths are for packets of data only (sections
    /// 4.2.1.4 and 4.2.2), which have no place here.
    pub(super) fn next(rest: &mut Bytes<'a>) -> Result<Option<Self>, Status> {
        while !rest.is_empty() {
            let packet = Self::read(rest)?;
            let means_nothing = matches!(packet.tag, MARKER | TRUST | PADDING);
            if !means_nothing && packet.tag < FIRST_NOT_CRITICAL {
                return Ok(Some(packet));
            }
        }
        Ok(None)
    }

    fn read(rest: &mut Bytes<'a>) -> Result<Self, Status> {
        let first = rest.byte()?;
        let (tag, len) = match first {
            0b1100_0000.. => (first & 0b11_1111, new_length(rest)?),
            0b1000_0000.. => {
                let size = match first & 0b11 {
                    3 => return Err(Status::EBADMSG),
                    log => 1 << log,
                };
                (first >> 2 & 0b1111, rest.number(size)?)
            }
            _ => return Err(Status::EBADMSG),
        };
        Ok(Self {
            tag,
            body: rest.take(len)?,
        })
    }
}

/// Takes off a packet's length (section 4.2.1).
fn new_length(rest: &mut Bytes<'_>) -> Result<u32, Status> {
    match rest.byte()? {
        224..=254 => Err(Status::EBADMSG),
        first => length(first, rest),
    }
}

/// Returns the length that starts with the byte `first`, in packets and
/// subpackets (sections 4.2.1 and 5.2.3.7), and takes off its other bytes.
pub(super) fn length(first: u8, rest: &mut Bytes<'_>) -> Result<u32, Status> {
    match first {
        0..192 => Ok(first.into()),
        192..255 => Ok((u32::from(first - 192) << 8) + u32::from(rest.byte()?) + 192),
        255 => rest.number(4),
    }
}
