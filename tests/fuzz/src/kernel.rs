// SPDX-License-Identifier: MIT OR Apache-2.0

//! The checks of replies in `loader-c/mgmt/`, compiled into this program.

#![allow(unsafe_code)]

use crate::reply::Record;
use std::ffi::{CStr, c_char};
use umd_abi::{FrameHeader, Hello};
use zerocopy::FromBytes;

unsafe extern "C" {
    fn umd_reply_check(
        sent: *const FrameHeader,
        reply: *const FrameHeader,
        payload: usize,
        max_reply: u32,
    ) -> *const c_char;
    fn umd_hello_check(ours: *const Hello, theirs: *const Hello) -> *const c_char;
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
