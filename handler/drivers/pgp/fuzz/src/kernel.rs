// SPDX-License-Identifier: MIT OR Apache-2.0

//! What looks at hostile bytes in `loader-c/pgp/` without a service of the kernel,
//! compiled into this program: the Manager's checks of replies, and what the Manager
//! takes apart itself.

#![allow(unsafe_code)]

use crate::{Said, items, packets};
use std::ffi::{CStr, c_char};
use umd_pgp::{PgpItem, PgpText, PgpTextReply, UMD_OP_PGP_PACKETS};
use zerocopy::FromBytes;

unsafe extern "C" {
    fn pgp_item_check(item: *const PgpItem, tag: u32, body: *const u8, len: u32) -> *const c_char;
    fn pgp_text_check(
        reply: *const PgpTextReply,
        request: *const PgpText,
        len: u32,
    ) -> *const c_char;
    fn pgp_frame_next(bytes: *const u8, len: u32, at: *mut u32, frame: *mut Frame) -> bool;
    fn pgp_base64_decode(
        base64: *mut Base64,
        text: *const u8,
        len: u32,
        bytes: *mut u8,
        count: *mut u32,
    ) -> bool;
    fn pgp_base64_is_whole(base64: *const Base64) -> bool;
    fn pgp_signed_line(text: *const u8, len: u32, at: *mut u32) -> Number;
}

/// `struct pgp_frame`
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
struct Frame {
    tag: u8,
    head: u8,
    len: u32,
}

/// `struct pgp_base64`
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
struct Base64 {
    bits: u32,
    symbols: u8,
    padding: u8,
}

/// `struct pgp_number`
#[repr(C)]
#[derive(Clone, Copy, Debug)]
struct Number {
    at: *const u8,
    len: u32,
}

fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).expect("less than 4 GiB")
}

/// Returns tag and body of each packet, up to the first that is malformed.
///
/// # Panics
///
/// Panics if a packet is not in `bytes`.
#[must_use]
pub fn frames(bytes: &[u8]) -> Vec<(u8, &[u8])> {
    let (mut at, mut frame) = (0, Frame::default());
    let mut found = Vec::new();
    // SAFETY: all of `bytes` may be read, and `at` is never beyond the end, as the
    // next line asserts.
    while unsafe { pgp_frame_next(bytes.as_ptr(), length(bytes), &raw mut at, &raw mut frame) } {
        let body = &bytes[at as usize..][..frame.len as usize];
        found.push((frame.tag, body));
        at += frame.len;
    }
    found
}

/// Decodes base64 that comes in pieces; `None` if it is not base64.
///
/// # Panics
///
/// Panics if there are more bytes than the pieces have room for.
#[must_use]
pub fn base64(pieces: &[&[u8]]) -> Option<Vec<u8>> {
    let mut state = Base64::default();
    let mut decoded = Vec::new();
    for piece in pieces {
        let mut bytes = vec![0; piece.len() + 2].into_boxed_slice();
        let mut count = 0;
        // SAFETY: the piece may be read, and `bytes` has the room that the function
        // asks for.
        let is_base64 = unsafe {
            pgp_base64_decode(
                &raw mut state,
                piece.as_ptr(),
                length(piece),
                bytes.as_mut_ptr(),
                &raw mut count,
            )
        };
        if !is_base64 {
            return None;
        }
        decoded.extend_from_slice(&bytes[..count as usize]);
    }
    // SAFETY: the state exists, and is only read.
    unsafe { pgp_base64_is_whole(&raw const state) }.then_some(decoded)
}

/// Returns the lines of a clearsigned text as they are signed.
///
/// # Panics
///
/// Panics if a line is not in `text`, or if there is no progress.
#[must_use]
pub fn signed_lines(text: &[u8]) -> Vec<&[u8]> {
    let (mut at, mut lines) = (0, Vec::new());
    while at < length(text) {
        let before = at;
        // SAFETY: all of `text` may be read, and `at` is in it.
        let line = unsafe { pgp_signed_line(text.as_ptr(), length(text), &raw mut at) };
        assert!(at > before && at <= length(text));
        let start = line.at.addr() - text.as_ptr().addr();
        lines.push(&text[start..][..line.len as usize]);
    }
    lines
}

fn text(wrong: *const c_char) -> Option<&'static str> {
    if wrong.is_null() {
        return None;
    }
    // SAFETY: the checks return string constants.
    let wrong = unsafe { CStr::from_ptr(wrong) };
    Some(wrong.to_str().expect("ASCII"))
}

/// Returns the Manager's objection to the reply of an OpenPGP handler.
///
/// # Panics
///
/// Panics if the reply lacks the length that the library enforces.
#[must_use]
pub fn check_pgp(said: &Said) -> Option<&'static str> {
    if said.op == UMD_OP_PGP_PACKETS {
        let packets = packets(&said.request).expect("a request that was served");
        let mut items = items(&said.reply).into_iter().zip(packets);
        items.find_map(|(item, (tag, body))| check_item(&item, tag, body))
    } else {
        let (request, chunk) = PgpText::read_from_prefix(&said.request).expect("a whole request");
        let reply = PgpTextReply::read_from_bytes(&said.reply).expect("a whole reply");
        let len = u32::try_from(chunk.len()).expect("a short chunk");
        // SAFETY: both exist, and are only read.
        text(unsafe { pgp_text_check(&raw const reply, &raw const request, len) })
    }
}

fn check_item(item: &PgpItem, tag: u32, body: &[u8]) -> Option<&'static str> {
    // The box has exactly that length, so that a sanitizer sees reads beyond
    // the end.
    let body = body.to_vec().into_boxed_slice();
    let len = u32::try_from(body.len()).expect("a short body");
    // SAFETY: the item and `len` bytes exist, and are only read.
    text(unsafe { pgp_item_check(item, tag, body.as_ptr(), len) })
}
