// SPDX-License-Identifier: MIT OR Apache-2.0

//! Requests of single packets.

use super::bytes::{Bytes, Fault};
use super::{key, signature};
use crate::{
    PgpItem, PgpPacket, UMD_PGP_MALFORMED, UMD_PGP_MAX_BODY, UMD_PGP_MAX_PACKETS, UMD_PGP_PARSED,
    UMD_PGP_TAG_PRIMARY_KEY, UMD_PGP_TAG_SIGNATURE, UMD_PGP_TAG_SUBKEY, UMD_PGP_UNSUPPORTED,
};
use umd_abi::Status;
use zerocopy::FromBytes;

/// Writes an item for each packet of `request`, and returns the length of all
/// items.
pub(super) fn answer(request: &[u8], reply: &mut [u8]) -> Result<usize, Status> {
    let (items, _) = <[PgpItem; UMD_PGP_MAX_PACKETS as usize]>::mut_from_prefix(reply)
        .map_err(|_| Status::EINVAL)?;
    let mut rest = request;
    let mut len = 0;
    for item in items {
        if rest.is_empty() {
            break;
        }
        *item = next(&mut rest)?;
        len += size_of::<PgpItem>();
    }
    if len == 0 || !rest.is_empty() {
        return Err(Status::EINVAL);
    }
    Ok(len)
}

/// Takes the next packet off `rest`.
fn next(rest: &mut &[u8]) -> Result<PgpItem, Status> {
    let (PgpPacket { tag, len }, bytes) =
        PgpPacket::read_from_prefix(rest).map_err(|_| Status::EINVAL)?;
    if len > UMD_PGP_MAX_BODY {
        return Err(Status::EINVAL);
    }
    let (body, bytes) = bytes.split_at_checked(len as usize).ok_or(Status::EINVAL)?;
    *rest = bytes;
    let body = Bytes::new(body);
    let mut item = PgpItem::default();
    let parsed = match tag {
        UMD_PGP_TAG_SIGNATURE => signature::parse(body, &mut item),
        UMD_PGP_TAG_PRIMARY_KEY | UMD_PGP_TAG_SUBKEY => key::parse(body, &mut item),
        _ => return Err(Status::EINVAL),
    };
    if let Err(Fault) = parsed {
        let verdict = match item.verdict {
            UMD_PGP_PARSED => UMD_PGP_MALFORMED,
            verdict => verdict,
        };
        item = PgpItem {
            verdict,
            ..PgpItem::default()
        };
    }
    Ok(item)
}

/// Notes that the form of a packet is not known, and returns the fault to end
/// with.
pub(super) const fn unsupported(item: &mut PgpItem) -> Fault {
    item.verdict = UMD_PGP_UNSUPPORTED;
    Fault
}
