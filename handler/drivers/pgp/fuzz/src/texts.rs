// SPDX-License-Identifier: MIT OR Apache-2.0

//! What must hold for a reply about a chunk of text, and whole texts.

use crate::bytes_in;
use umd_abi::Status;
use umd_pgp::*;
use zerocopy::{FromBytes, IntoBytes};

/// Asserts that an answer is well-formed, and shows what is in the chunk.
pub(crate) fn check(request: &[u8], reply: Result<&[u8], Status>) {
    let parsed = PgpText::read_from_prefix(request).ok();
    let valid = parsed.filter(|(text, chunk)| {
        is_valid(text.state, text.kind)
            && text.flags <= UMD_PGP_TEXT_FLAGS
            && text.reserved == 0
            && chunk.len() <= UMD_PGP_MAX_TEXT as usize
    });
    let Some((text, chunk)) = valid else {
        assert_eq!(reply, Err(Status::EINVAL));
        return;
    };
    match reply {
        Ok(payload) => {
            let reply = PgpTextReply::read_from_bytes(payload).expect("another length");
            check_reply(&text, chunk, &reply);
        }
        Err(status) => assert_eq!(status, Status::EBADMSG),
    }
}

/// Returns whether a state and a kind belong together.
fn is_valid(state: u32, kind: u32) -> bool {
    match state {
        UMD_PGP_TEXT_OUTSIDE | UMD_PGP_TEXT_CLEAR_HEADERS | UMD_PGP_TEXT_CLEAR_TEXT => {
            kind == UMD_PGP_ARMOR_NONE
        }
        UMD_PGP_TEXT_ARMOR_HEADERS | UMD_PGP_TEXT_ARMOR_BODY | UMD_PGP_TEXT_ARMOR_END => {
            kind == UMD_PGP_ARMOR_PUBLIC_KEY || kind == UMD_PGP_ARMOR_SIGNATURE
        }
        _ => false,
    }
}

fn check_reply(request: &PgpText, chunk: &[u8], reply: &PgpTextReply) {
    let is_last = request.flags & UMD_PGP_TEXT_LAST != 0;
    assert!(is_valid(reply.state, reply.kind));
    let (consumed, rest) = chunk.split_at(reply.consumed as usize);
    let lines = bytes_in(consumed, reply.range);
    let ends_at_line = |bytes: &[u8]| bytes.is_empty() || bytes.ends_with(b"\n");
    assert!(ends_at_line(consumed) || is_last && rest.is_empty());
    let has_lines = matches!(reply.what, UMD_PGP_TEXT_CONTENT | UMD_PGP_TEXT_SIGNED);
    assert_eq!(has_lines, !lines.is_empty());
    match reply.what {
        UMD_PGP_TEXT_NOTHING => {
            // The handler stops only where there is something to report.
            assert!(!rest.contains(&b'\n') && (rest.is_empty() || !is_last));
            if consumed.is_empty() {
                assert_eq!((reply.state, reply.kind), (request.state, request.kind));
            }
            assert!(!is_last || reply.state == UMD_PGP_TEXT_OUTSIDE);
            return;
        }
        UMD_PGP_TEXT_END => {
            assert_eq!(reply.state, UMD_PGP_TEXT_OUTSIDE);
            let text = consumed.trim_ascii_end();
            let last = text.rsplit(|byte| *byte == b'\n').next().unwrap();
            assert!(last.starts_with(b"-----END PGP ") && last.ends_with(b"-----"));
            return;
        }
        UMD_PGP_TEXT_CONTENT => assert_eq!(reply.state, UMD_PGP_TEXT_ARMOR_BODY),
        UMD_PGP_TEXT_SIGNED => assert_eq!(reply.state, UMD_PGP_TEXT_CLEAR_TEXT),
        what => panic!("{what}"),
    }
    let (before, _) = consumed.split_at(consumed.len() - lines.len());
    assert!(consumed.ends_with(lines) && ends_at_line(before));
    for line in lines.split_inclusive(|byte| *byte == b'\n') {
        let is_escaped = line.starts_with(b"- ") && reply.what == UMD_PGP_TEXT_SIGNED;
        assert!(!line.starts_with(b"-") || is_escaped);
        assert!(!line.starts_with(b"=") || reply.what == UMD_PGP_TEXT_SIGNED);
    }
    // Something must follow.
    assert!(!is_last || !rest.is_empty());
}

/// What a text has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Lines of signed text, as they are.
    Signed(Vec<u8>),
    /// Lines of base64, and their kind, a `UMD_PGP_ARMOR_` constant.
    Content(u32, Vec<u8>),
    /// The end of armor.
    End,
}

/// Reads a whole text as the kernel does, in chunks of at most `size` bytes, and
/// longer ones where a line is longer. Joins what belongs together.
///
/// # Errors
///
/// Returns the handler's status.
///
/// # Panics
///
/// Panics if a reply is malformed.
pub fn read(text: &[u8], flags: u32, size: usize) -> Result<Vec<Part>, Status> {
    let mut parts = Vec::new();
    let mut head = PgpText {
        state: UMD_PGP_TEXT_OUTSIDE,
        kind: UMD_PGP_ARMOR_NONE,
        flags,
        reserved: 0,
    };
    let (mut rest, mut wanted) = (text, size);
    loop {
        let chunk = &rest[..rest.len().min(wanted)];
        let is_last = chunk.len() == rest.len();
        head.flags = flags | if is_last { UMD_PGP_TEXT_LAST } else { 0 };
        let reply = crate::check(UMD_OP_PGP_TEXT, &[head.as_bytes(), chunk].concat())?;
        let reply = PgpTextReply::read_from_bytes(&reply).expect("a reply");
        let lines = bytes_in(chunk, reply.range);
        match (reply.what, parts.last_mut()) {
            (UMD_PGP_TEXT_NOTHING, _) => {}
            (UMD_PGP_TEXT_CONTENT, Some(Part::Content(_, joined)))
            | (UMD_PGP_TEXT_SIGNED, Some(Part::Signed(joined))) => joined.extend_from_slice(lines),
            (UMD_PGP_TEXT_CONTENT, _) => parts.push(Part::Content(reply.kind, lines.to_vec())),
            (UMD_PGP_TEXT_SIGNED, _) => parts.push(Part::Signed(lines.to_vec())),
            _ => parts.push(Part::End),
        }
        (head.state, head.kind) = (reply.state, reply.kind);
        rest = &rest[reply.consumed as usize..];
        if rest.is_empty() {
            return Ok(parts);
        }
        wanted = if reply.consumed == 0 {
            2 * wanted
        } else {
            size
        };
    }
}
