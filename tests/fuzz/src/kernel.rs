// SPDX-License-Identifier: MIT OR Apache-2.0

//! The checks of replies in `loader-c/mgmt/` and `loader-c/pgp/`, compiled into
//! this program.

#![allow(unsafe_code)]

use crate::pgp::Said;
use crate::reply::Record;
use std::ffi::{CStr, c_char};
use umd_abi::{FrameHeader, Hello};
use umd_pgp::{PgpKey, PgpPiece, PgpSignatureReply, UMD_OP_PGP_KEY, UMD_OP_PGP_SIGNATURE};
use zerocopy::{FromBytes, FromZeros, IntoBytes};

unsafe extern "C" {
    fn umd_reply_check(
        sent: *const FrameHeader,
        reply: *const FrameHeader,
        payload: usize,
        max_reply: u32,
    ) -> *const c_char;
    fn umd_hello_check(ours: *const Hello, theirs: *const Hello) -> *const c_char;

    fn pgp_key_check(
        key: *const PgpKey,
        index: u32,
        data: *const u8,
        data_len: u32,
    ) -> *const c_char;
    fn pgp_signature_check(
        reply: *const PgpSignatureReply,
        index: u32,
        data: *const u8,
        data_len: u32,
    ) -> *const c_char;
    fn pgp_piece_check(
        piece: *const PgpPiece,
        reply_len: usize,
        index: u32,
        data_len: u32,
    ) -> *const c_char;
}

/// Checks that the kernel and `umd-abi` return the same verdict on the record
/// at the start of `bytes`. Fewer bytes than a record are ignored.
///
/// # Panics
///
/// Panics if the verdicts differ.
pub fn check_bytes(bytes: &[u8]) {
    let Ok((record, _)) = Record::read_from_prefix(bytes) else {
        return;
    };
    check(&record);
    // Random bytes seldom get past the first checks.
    check(&Record {
        payload: record.reply.len.into(),
        ..record
    });
}

fn check(record: &Record) {
    let (sent, reply) = (&raw const record.sent, &raw const record.reply);
    let payload = usize::try_from(record.payload).unwrap_or(usize::MAX);
    // SAFETY: both point to headers, which are only read.
    let wrong = unsafe { umd_reply_check(sent, reply, payload, record.max_reply) };
    assert_eq!(text(wrong), record.wrong_reply(), "{record:?}");
    // SAFETY: both point to payloads of HELLO, which are only read.
    let wrong = unsafe { umd_hello_check(&raw const record.ours, &raw const record.theirs) };
    assert_eq!(text(wrong), record.wrong_hello(), "{record:?}");
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
pub fn check_pgp(said: &Said<'_>) -> Option<&'static str> {
    let index = said.request.index;
    // The box has exactly that length, so that a sanitizer sees reads beyond
    // the end.
    let data = said.data.to_vec().into_boxed_slice();
    let data_len = u32::try_from(data.len()).expect("a short request");
    let (at, reply) = (data.as_ptr(), &said.reply[..]);
    let wrong = match said.op {
        UMD_OP_PGP_KEY => {
            let key = PgpKey::read_from_bytes(reply).expect("a key");
            // SAFETY: the key and `data_len` bytes exist, and are only read.
            unsafe { pgp_key_check(&raw const key, index, at, data_len) }
        }
        UMD_OP_PGP_SIGNATURE => {
            let reply = PgpSignatureReply::read_from_bytes(reply).expect("a signature");
            // SAFETY: the signature and `data_len` bytes exist, and are only
            // read.
            unsafe { pgp_signature_check(&raw const reply, index, at, data_len) }
        }
        _ => {
            let mut piece = PgpPiece::new_zeroed();
            let room = piece.as_mut_bytes().get_mut(..reply.len());
            room.expect("a short reply").copy_from_slice(reply);
            // SAFETY: the piece exists, and is only read.
            unsafe { pgp_piece_check(&raw const piece, reply.len(), index, data_len) }
        }
    };
    text(wrong)
}
