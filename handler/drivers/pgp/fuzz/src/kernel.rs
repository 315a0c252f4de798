// SPDX-License-Identifier: MIT OR Apache-2.0

//! The Manager's checks of replies in `loader-c/pgp/`, compiled into this
//! program.

#![allow(unsafe_code)]

use crate::Said;
use std::ffi::{CStr, c_char};
use umd_pgp::{PgpKey, PgpPiece, PgpSignatureReply, UMD_OP_PGP_KEY, UMD_OP_PGP_SIGNATURE};
use zerocopy::{FromBytes, FromZeros, IntoBytes};

unsafe extern "C" {
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
