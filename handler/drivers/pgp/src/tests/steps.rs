// SPDX-License-Identifier: MIT OR Apache-2.0

//! A bound for the time of a request. Packets are read with [`Bytes::take`]
//! alone, and text line by line, so the number of its calls measures the time on
//! any machine. (A line is looked at a fixed number of times.)
//!
//! [`Bytes::take`]: crate::bytes::Bytes::take

use super::*;
use std::cell::Cell;
use std::thread_local;

thread_local! {
    static STEPS: Cell<u64> = const { Cell::new(0) };
}

pub(crate) fn count() {
    STEPS.set(STEPS.get() + 1);
}

/// Returns the longest data of `start` and as many copies of `part` as fit into
/// `len` bytes.
fn longest(len: u32, start: &[u8], part: &[u8]) -> Vec<u8> {
    let count = (len as usize - start.len()) / part.len();
    [start, &part.repeat(count)].concat()
}

fn assert_few(op: u16, request: &[u8]) {
    STEPS.set(0);
    assert!(ask(op, request).is_ok());
    let steps = STEPS.get();
    assert!(steps <= 2 * request.len() as u64, "{steps}");
}

#[test]
fn steps_are_at_most_some_for_each_byte() {
    // As many subpackets as possible, of one byte each or of none.
    let unknown = longest(60_000, &created(5), &[1, 100]);
    let empty = vec![0; 60_000];
    // The last one of each kind counts.
    let issuer = subpacket(33, &[4; 21]);
    let issuers = longest(60_000, &created(5), &issuer);
    for body in [
        signature_body(&unknown, &[]),
        signature_body(&created(5), &unknown),
        signature_body(&created(5), &empty),
        signature_body(&issuers, &[]),
        signature_body(&[created(5), subpacket(32, &[1; 180])].concat(), &unknown),
    ] {
        assert_eq!(one(2, &body).verdict, UMD_PGP_PARSED);
        assert_few(UMD_OP_PGP_PACKETS, &packet(2, &body));
    }
    let zeros = [&[0xff, 0xf8][..], &[0; 8191]].concat();
    assert_few(
        UMD_OP_PGP_PACKETS,
        &packet(6, &key_body(4, 1, &zeros.repeat(2))),
    );
    for tag in [2, 6, 14] {
        let many = packet(tag, &signature_body(&created(5), &[])).repeat(256);
        assert_few(UMD_OP_PGP_PACKETS, &many);
    }
}

#[test]
fn steps_are_at_most_some_for_each_line() {
    for (state, kind, line) in [
        (UMD_PGP_TEXT_OUTSIDE, 0, &b"\n"[..]),
        (UMD_PGP_TEXT_OUTSIDE, 0, b"-----BEGIN\n"),
        (UMD_PGP_TEXT_ARMOR_HEADERS, 1, b":\n"),
        (UMD_PGP_TEXT_ARMOR_BODY, 1, b"\n"),
        (UMD_PGP_TEXT_ARMOR_BODY, 1, b" \n"),
        (UMD_PGP_TEXT_ARMOR_END, 1, b"\n"),
        (UMD_PGP_TEXT_CLEAR_HEADERS, 0, b"Hash: MD5\n"),
        (UMD_PGP_TEXT_CLEAR_TEXT, 0, b"\n"),
        (UMD_PGP_TEXT_CLEAR_TEXT, 0, b"- \n"),
    ] {
        let head = PgpText {
            state,
            kind,
            flags: UMD_PGP_TEXT_LOOSE,
            reserved: 0,
        };
        let text = longest(UMD_PGP_MAX_TEXT, &[], line);
        assert_few(UMD_OP_PGP_TEXT, &[head.as_bytes(), &text].concat());
    }
}
