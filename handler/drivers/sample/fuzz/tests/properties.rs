// SPDX-License-Identifier: MIT OR Apache-2.0

//! Rules that hold for any request of the sample driver. Proptest makes the
//! requests so that most are nearly valid.

#![forbid(unsafe_code)]

use proptest::prelude::*;
use umd_abi::{FrameHeader, UMD_FRAME_REPLY_BY_READ};
use umd_fuzz::strategies::{config, frame, scenario};
use umd_sample::{UMD_OP_SAMPLE_SET, UMD_SAMPLE_SIZE};
use zerocopy::IntoBytes;

/// Generates a frame that the sample may serve.
fn sample_frame() -> impl Strategy<Value = Vec<u8>> {
    let offset = prop_oneof![0..UMD_SAMPLE_SIZE + 2, any::<u32>()];
    (any::<u64>(), offset, any::<bool>()).prop_map(|(id, offset, by_read)| {
        let mut header = FrameHeader::request(UMD_OP_SAMPLE_SET, id, 4);
        header.flags = if by_read { UMD_FRAME_REPLY_BY_READ } else { 0 };
        [header.as_bytes(), offset.as_bytes()].concat()
    })
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn sample_replies_as_it_must(
        scenario in scenario(prop_oneof![3 => sample_frame(), 1 => frame()])
    ) {
        umd_sample_fuzz::check(&scenario);
    }
}
