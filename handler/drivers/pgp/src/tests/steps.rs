// SPDX-License-Identifier: MIT OR Apache-2.0

//! A bound for the time of a request. Packets are read with [`Bytes::take`]
//! alone, so the number of its calls measures the time on any machine. (Text is
//! read line by line, and each byte once.)
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

/// Returns the longest data of `start` and as many copies of `part` as fit.
fn longest(start: &[u8], part: &[u8]) -> Vec<u8> {
    let mut data = start.to_vec();
    while data.len() + part.len() <= UMD_PGP_MAX_DATA as usize {
        data.extend_from_slice(part);
    }
    data
}

/// Returns a packet with the shortest header (section 4.2.1).
fn short(tag: u8, body: &[u8]) -> Vec<u8> {
    [&[0xc0 | tag, u8::try_from(body.len()).unwrap()], body].concat()
}

#[test]
fn steps_are_at_most_some_for_each_byte() {
    let primary = short(6, &ed25519(1));
    let by_me = |kind| {
        let hashed = [created(2000), issuer(&ed25519(1))].concat();
        short(2, &signature_body(kind, &hashed, &[]))
    };
    // As many subpackets as possible, of one byte each.
    let many = &longest(&created(2000), &[1, 100])[..60_000];
    let many_hashed = packet(2, &signature_body(0x1f, many, &[]));
    // The same in an embedded signature.
    let inside = signature_body(0x19, many, &[]);
    let len = u32::try_from(1 + inside.len()).unwrap().to_be_bytes();
    let inside = [&[0xff][..], &len, &[32], &inside].concat();
    let hashed = [created(2000), issuer(&ed25519(1))].concat();
    let binding = packet(2, &signature_body(0x18, &hashed, &inside));
    for data in [
        longest(&primary, &short(13, &[])),
        longest(&primary, &short(17, &[])),
        longest(&primary, &by_me(0x1f)),
        longest(&primary, &by_me(0x20)),
        longest(&primary, &[short(13, b"x"), by_me(0x13)].concat()),
        longest(&primary, &short(14, &ed25519(2))),
        longest(&primary, &[short(14, &ed25519(2)), by_me(0x18)].concat()),
        longest(&[], &primary),
        longest(&[], &by_me(0)),
        [&primary[..], &many_hashed].concat(),
        [&primary[..], &short(14, &ed25519(2)), &binding].concat(),
        many_hashed.clone(),
    ] {
        for op in [UMD_OP_PGP_KEY, UMD_OP_PGP_SIGNATURE] {
            for index in [0, 1, 500, u32::MAX] {
                STEPS.set(0);
                let _ = ask(op, index, 0, &data);
                let steps = STEPS.get();
                assert!(steps <= 4 * data.len() as u64, "{op} {index}: {steps}");
            }
        }
    }
}
