// SPDX-License-Identifier: MIT OR Apache-2.0

//! Answers each request with its bytes in reverse order.

#![no_std]
#![forbid(unsafe_code)]

use umd_abi::{__u16, __u32, UMD_OP_DRIVER};
use umd_handler::{Handler, Status};

/// Reverse operation: the reply has the bytes of the request, the last one first.
pub const UMD_OP_REVERSE: __u16 = 256;
/// Largest payload in bytes, in both directions.
pub const UMD_REVERSE_MAX: __u32 = 2048;

const _: () = assert!(UMD_OP_REVERSE == UMD_OP_DRIVER);

/// Answers [`UMD_OP_REVERSE`].
#[derive(Debug)]
pub struct Reverse;

impl Handler for Reverse {
    const MAX_REQUEST: u32 = UMD_REVERSE_MAX;
    const MAX_REPLY: u32 = UMD_REVERSE_MAX;

    fn handle(&mut self, op: u16, request: &[u8], reply: &mut [u8]) -> Result<usize, Status> {
        if op != UMD_OP_REVERSE {
            return Err(Status::EOPNOTSUPP);
        }
        for (to, from) in reply.iter_mut().zip(request.iter().rev()) {
            *to = *from;
        }
        Ok(request.len())
    }
}
