// SPDX-License-Identifier: MIT OR Apache-2.0

//! Strategies of proptest: frames and scenarios, most of them nearly valid.

use crate::serve::{Faulty, Scenario, Step};
use proptest::collection::vec;
use proptest::prelude::*;
use umd_abi::{
    FrameHeader, Hello, UMD_ABI_VERSION, UMD_FRAME_REPLY_BY_READ, UMD_MAGIC, UMD_MAX_PAYLOAD,
};
use zerocopy::IntoBytes;

/// Writes nothing among the sources: a failing case is printed.
#[must_use]
pub fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        // Miri takes a thousand times as long.
        cases: if cfg!(miri) { 2 } else { cases },
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Generates mostly a value of `usual`, else any.
fn mostly<T: Arbitrary + Copy + 'static>(usual: &'static [T]) -> impl Strategy<Value = T> {
    prop_oneof![9 => proptest::sample::select(usual), 1 => any::<T>()]
}

const OPS: [u16; 10] = [
    0,
    1,
    2,
    255,
    Faulty::ECHO,
    Faulty::CLAIM_ONE_MORE,
    Faulty::CLAIM_ALL,
    Faulty::WRITE_AND_FAIL,
    Faulty::FILL,
    512,
];

/// A header that mostly breaks few rules.
pub fn header() -> impl Strategy<Value = FrameHeader> {
    let lengths = &[0, 1, 4, 15, 16, 17, 24, 25, 40, 131_072];
    (
        mostly(&[UMD_MAGIC]),
        mostly(&[UMD_ABI_VERSION]),
        mostly(&OPS),
        mostly(&[7_u64]),
        mostly(lengths),
        mostly(&[0, 0, 0, 0, 0, 0, 1, -1, -133, -134]),
        mostly(&[0, UMD_FRAME_REPLY_BY_READ]),
        mostly(&[0_u32]),
    )
        .prop_map(
            |(magic, version, op, id, len, status, flags, reserved)| FrameHeader {
                magic,
                version,
                op,
                id,
                len,
                status,
                flags,
                reserved,
            },
        )
}

/// A HELLO that is mostly acceptable.
pub fn hello() -> impl Strategy<Value = Hello> {
    (
        mostly(&[1_u32]),
        mostly(&[0, 16, 24]),
        mostly(&[0, 16, 40, UMD_MAX_PAYLOAD]),
        mostly(&[0_u32]),
    )
        .prop_map(|(version, max_request, max_reply, reserved)| Hello {
            version,
            max_request,
            max_reply,
            reserved,
        })
}

/// A limit of a payload.
pub fn limit() -> impl Strategy<Value = u32> {
    mostly(&[0, 4, 16, 24, 40, UMD_MAX_PAYLOAD])
}

/// Generates a frame whose length is mostly that of its payload.
pub fn frame() -> impl Strategy<Value = Vec<u8>> {
    let payload = vec(any::<u8>(), 0..40);
    (header(), payload, any::<u8>()).prop_map(|(mut header, payload, keep)| {
        if keep >= 16 {
            header.len = u32::try_from(payload.len()).expect("a short payload");
        }
        [header.as_bytes(), &payload].concat()
    })
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        1 => Just(Step::Interrupted),
        20 => (1..u8::MAX).prop_map(Step::Move),
    ];
    let rare_failure = prop_oneof![40 => step, 1 => Just(Step::Failed)];
    vec(rare_failure, 0..12)
}

/// Frames that arrive in any pieces, now and then with a failure.
pub fn scenario(frame: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Scenario> {
    let frames = vec(frame, 0..8).prop_map(|frames| frames.concat());
    let cut = prop_oneof![9 => Just(usize::MAX), 1 => 0..400_usize];
    (any::<bool>(), steps(), steps(), frames, cut).prop_map(
        |(framed, reads, writes, mut bytes, cut)| {
            bytes.truncate(cut);
            Scenario {
                framed,
                reads: reads.into(),
                writes: writes.into(),
                bytes,
            }
        },
    )
}
