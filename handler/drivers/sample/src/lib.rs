// SPDX-License-Identifier: MIT OR Apache-2.0

//! The sample driver's handler: 128 KiB of zeros with one byte set.

#![no_std]
#![forbid(unsafe_code)]

#[cfg(test)]
extern crate std;

mod wire;

use umd_handler::{Handler, Status};
pub use wire::*;
use zerocopy::FromBytes;

/// Answers [`UMD_OP_SAMPLE_SET`].
#[derive(Debug, Default)]
pub struct Sample {
    /// Offset of the only byte of the reply buffer that may differ from zero.
    set: u32,
}

impl Sample {
    /// Returns a handler that has not served a request yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { set: 0 }
    }
}

const _: () = assert!(size_of::<SampleRequest>() == Sample::MAX_REQUEST as usize);

impl Handler for Sample {
    const MAX_REQUEST: u32 = 4;
    const MAX_REPLY: u32 = UMD_SAMPLE_SIZE;

    fn handle(&mut self, op: u16, request: &[u8], reply: &mut [u8]) -> Result<usize, Status> {
        if op != UMD_OP_SAMPLE_SET {
            return Err(Status::EOPNOTSUPP);
        }
        let request = SampleRequest::read_from_bytes(request).map_err(|_| Status::EINVAL)?;
        if let Some(byte) = reply.get_mut(self.set as usize) {
            *byte = 0;
        }
        self.set = request.offset;
        let byte = reply.get_mut(self.set as usize).ok_or(Status::ERANGE)?;
        *byte = 1;
        Ok(reply.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;

    #[test]
    fn nothing_is_left_behind() {
        let mut sample = Sample::new();
        let mut reply = vec![0; Sample::MAX_REPLY as usize];
        for offset in [0_u32, 131_071, 1, 131_072, 4095, 4096, u32::MAX, 70_000, 0] {
            let answer = sample.handle(UMD_OP_SAMPLE_SET, &offset.to_ne_bytes(), &mut reply);
            let mut expected = vec![0; reply.len()];
            if let Some(byte) = expected.get_mut(offset as usize) {
                *byte = 1;
                assert_eq!(answer, Ok(131_072), "{offset}");
            } else {
                assert_eq!(answer, Err(Status::ERANGE), "{offset}");
            }
            assert!(reply == expected, "{offset}");
        }
    }

    #[test]
    fn only_a_whole_request_of_the_own_operation_is_served() {
        let mut reply = vec![0; Sample::MAX_REPLY as usize];
        for len in [0, 1, 3, 5, 16] {
            let answer = Sample::new().handle(UMD_OP_SAMPLE_SET, &vec![0; len], &mut reply);
            assert_eq!(answer, Err(Status::EINVAL), "{len}");
        }
        let answer = Sample::new().handle(UMD_OP_SAMPLE_SET + 1, &[0; 4], &mut reply);
        assert_eq!(answer, Err(Status::EOPNOTSUPP));
        assert!(reply.iter().all(|byte| *byte == 0));
    }
}
