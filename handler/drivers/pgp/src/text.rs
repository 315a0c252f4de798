// SPDX-License-Identifier: MIT OR Apache-2.0

//! The structure of text: ASCII armor (section 6) and clearsigned documents
//! (section 7), line by line.

use super::bytes::{Bytes, Fault};
use crate::{
    PgpText, PgpTextReply, UMD_PGP_ARMOR_NONE, UMD_PGP_ARMOR_PUBLIC_KEY, UMD_PGP_ARMOR_SIGNATURE,
    UMD_PGP_MAX_TEXT, UMD_PGP_TEXT_ARMOR_BODY, UMD_PGP_TEXT_ARMOR_END, UMD_PGP_TEXT_ARMOR_HEADERS,
    UMD_PGP_TEXT_CLEAR_HEADERS, UMD_PGP_TEXT_CLEAR_TEXT, UMD_PGP_TEXT_CONTENT, UMD_PGP_TEXT_END,
    UMD_PGP_TEXT_FLAGS, UMD_PGP_TEXT_LAST, UMD_PGP_TEXT_LOOSE, UMD_PGP_TEXT_NOTHING,
    UMD_PGP_TEXT_OUTSIDE, UMD_PGP_TEXT_SIGNED,
};
use umd_abi::Status;

const BEGIN: &[u8] = b"-----BEGIN PGP ";
const END: &[u8] = b"-----END PGP ";

/// Where a line leads to.
#[derive(Clone, Copy, Debug)]
struct Place {
    state: u32,
    kind: u32,
    /// What the line is: a `UMD_PGP_TEXT_` constant.
    what: u32,
}

impl Place {
    /// Returns the place after a line that is not content.
    const fn after(state: u32, kind: u32) -> Self {
        Self {
            state,
            kind,
            what: UMD_PGP_TEXT_NOTHING,
        }
    }

    /// Returns the place after a line that is `what`.
    const fn with(self, what: u32) -> Self {
        Self { what, ..self }
    }
}

/// Reads the lines of a chunk, up to the end of the first lines of content or
/// signed text, or up to the first end of armor.
pub(super) fn answer(request: PgpText, chunk: &[u8]) -> Result<PgpTextReply, Status> {
    let chunk = Bytes::new(chunk);
    if !is_valid(request) || chunk.len() > UMD_PGP_MAX_TEXT {
        return Err(Status::EINVAL);
    }
    let is_last = request.flags & UMD_PGP_TEXT_LAST != 0;
    let is_loose = request.flags & UMD_PGP_TEXT_LOOSE != 0;
    let mut place = Place::after(request.state, request.kind);
    let mut rest = chunk;
    // What is left at the start of the first line of content or signed text.
    let mut content = None;
    while place.what != UMD_PGP_TEXT_END {
        let mut next = rest;
        let Some(line) = line(&mut next, is_last)? else {
            break;
        };
        let to = step(place, line.as_slice(), is_loose)?;
        if matches!(to.what, UMD_PGP_TEXT_CONTENT | UMD_PGP_TEXT_SIGNED) {
            content.get_or_insert(rest);
        } else if content.is_some() {
            break;
        }
        place = to;
        rest = next;
    }
    if is_last && rest.is_empty() && place.state != UMD_PGP_TEXT_OUTSIDE {
        return Err(Status::EBADMSG);
    }
    let mut reply = PgpTextReply {
        state: place.state,
        kind: place.kind,
        what: place.what,
        consumed: chunk.before(rest)?.len(),
        ..PgpTextReply::default()
    };
    if let Some(content) = content {
        reply.range = content.before(rest)?.range();
    }
    Ok(reply)
}

/// Returns whether the fields of a request have a meaning together.
const fn is_valid(request: PgpText) -> bool {
    let kind_fits = match request.state {
        UMD_PGP_TEXT_ARMOR_HEADERS..=UMD_PGP_TEXT_ARMOR_END => matches!(
            request.kind,
            UMD_PGP_ARMOR_PUBLIC_KEY | UMD_PGP_ARMOR_SIGNATURE
        ),
        UMD_PGP_TEXT_OUTSIDE | UMD_PGP_TEXT_CLEAR_HEADERS | UMD_PGP_TEXT_CLEAR_TEXT => {
            request.kind == UMD_PGP_ARMOR_NONE
        }
        _ => false,
    };
    kind_fits && request.flags & !UMD_PGP_TEXT_FLAGS == 0 && request.reserved == 0
}

/// Takes the next line off `rest`, with its line feed. Only the last line of a
/// text may lack the line feed.
fn line<'a>(rest: &mut Bytes<'a>, is_last: bool) -> Result<Option<Bytes<'a>>, Fault> {
    let mut bytes = rest.as_slice().split_inclusive(|byte| *byte == b'\n');
    let line = Bytes::new(bytes.next().unwrap_or_default());
    if line.is_empty() || !(is_last || line.as_slice().ends_with(b"\n")) {
        return Ok(None);
    }
    rest.take(line.len()).map(Some)
}

/// Returns where a line leads from `at`.
fn step(at: Place, line: &[u8], is_loose: bool) -> Result<Place, Fault> {
    let kind = at.kind;
    let untrimmed = line;
    let line = trimmed(untrimmed);
    match (at.state, line) {
        (UMD_PGP_TEXT_OUTSIDE | UMD_PGP_TEXT_ARMOR_END, []) => Ok(at),
        (UMD_PGP_TEXT_OUTSIDE, _) => outside(at, line, is_loose),
        (UMD_PGP_TEXT_ARMOR_HEADERS, []) => Ok(Place::after(UMD_PGP_TEXT_ARMOR_BODY, kind)),
        // Headers are comments (section 6.2.2).
        (UMD_PGP_TEXT_ARMOR_HEADERS, _) if line.contains(&b':') => Ok(at),
        (UMD_PGP_TEXT_ARMOR_BODY, [b'=', ..]) => Ok(Place::after(UMD_PGP_TEXT_ARMOR_END, kind)),
        (UMD_PGP_TEXT_ARMOR_BODY | UMD_PGP_TEXT_ARMOR_END, [b'-', ..]) => end(line, kind),
        (UMD_PGP_TEXT_ARMOR_BODY, _) => Ok(at.with(UMD_PGP_TEXT_CONTENT)),
        (UMD_PGP_TEXT_CLEAR_HEADERS, []) => Ok(Place::after(UMD_PGP_TEXT_CLEAR_TEXT, kind)),
        (UMD_PGP_TEXT_CLEAR_HEADERS, _) if has_hashes(line) => Ok(at),
        (UMD_PGP_TEXT_CLEAR_TEXT, _) => signed(at, untrimmed),
        _ => Err(Fault),
    }
}

/// Returns where a line outside of armor leads, which is not empty.
fn outside(at: Place, line: &[u8], is_loose: bool) -> Result<Place, Fault> {
    let is_of_pgp = line.starts_with(BEGIN) || line.starts_with(END);
    match armor_kind(line, BEGIN) {
        Some(kind) => Ok(Place::after(UMD_PGP_TEXT_ARMOR_HEADERS, kind)),
        None if is_loose && !is_of_pgp => Ok(at),
        None if !is_loose && line == b"-----BEGIN PGP SIGNED MESSAGE-----" => {
            Ok(Place::after(UMD_PGP_TEXT_CLEAR_HEADERS, UMD_PGP_ARMOR_NONE))
        }
        None => Err(Fault),
    }
}

/// Returns where the end of armor of this `kind` leads.
fn end(line: &[u8], kind: u32) -> Result<Place, Fault> {
    if armor_kind(line, END) != Some(kind) {
        return Err(Fault);
    }
    let outside = Place::after(UMD_PGP_TEXT_OUTSIDE, UMD_PGP_ARMOR_NONE);
    Ok(outside.with(UMD_PGP_TEXT_END))
}

/// Returns where a line of a document's text leads: only the start of the
/// signatures begins with a dash that is not escaped (section 7.2).
fn signed(at: Place, line: &[u8]) -> Result<Place, Fault> {
    match line {
        [b'-', b' ', ..] => {}
        [b'-', ..] => {
            let kind = armor_kind(trimmed(line), BEGIN);
            return if kind == Some(UMD_PGP_ARMOR_SIGNATURE) {
                Ok(Place::after(
                    UMD_PGP_TEXT_ARMOR_HEADERS,
                    UMD_PGP_ARMOR_SIGNATURE,
                ))
            } else {
                Err(Fault)
            };
        }
        _ => {}
    }
    Ok(at.with(UMD_PGP_TEXT_SIGNED))
}

/// Removes white space at the end of `line`, its line end included.
fn trimmed(mut line: &[u8]) -> &[u8] {
    while let [rest @ .., b' ' | b'\t' | b'\r' | b'\n'] = line {
        line = rest;
    }
    line
}

/// Returns the kind of armor that a line with this `start` names.
fn armor_kind(line: &[u8], start: &[u8]) -> Option<u32> {
    match line.strip_prefix(start)?.strip_suffix(b"-----")? {
        b"PUBLIC KEY BLOCK" => Some(UMD_PGP_ARMOR_PUBLIC_KEY),
        b"SIGNATURE" => Some(UMD_PGP_ARMOR_SIGNATURE),
        _ => None,
    }
}

/// Returns whether a document's header names hashes, and nothing else (section
/// 6.2.2.3).
fn has_hashes(header: &[u8]) -> bool {
    header.strip_prefix(b"Hash: ").is_some_and(|hashes| {
        let mut names = hashes.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
        names.all(is_hash)
    })
}

/// Returns whether `name` is a hash (section 9.5). A table would need
/// relocations.
fn is_hash(name: &[u8]) -> bool {
    matches!(
        name,
        b"MD5"
            | b"SHA1"
            | b"RIPEMD160"
            | b"SHA256"
            | b"SHA384"
            | b"SHA512"
            | b"SHA224"
            | b"SHA3-256"
            | b"SHA3-512"
    )
}
