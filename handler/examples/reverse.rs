// SPDX-License-Identifier: MIT OR Apache-2.0

//! A whole Handler: answers each request with its bytes in reverse order. As an
//! example it is an ordinary program, on standard input and output.

#![cfg_attr(umd_elf, no_std, no_main)]
#![forbid(unsafe_code)]

use umd_abi::UMD_OP_DRIVER;
use umd_handler::{Handler, Status, handler_main};

/// Largest payload in bytes, in both directions.
const MAX: u32 = 4096;

/// The driver's function.
struct Reverse;

impl Handler for Reverse {
    const MAX_REQUEST: u32 = MAX;
    const MAX_REPLY: u32 = MAX;

    fn handle(&mut self, op: u16, request: &[u8], reply: &mut [u8]) -> Result<usize, Status> {
        if op != UMD_OP_DRIVER {
            return Err(Status::EOPNOTSUPP);
        }
        for (to, from) in reply.iter_mut().zip(request.iter().rev()) {
            *to = *from;
        }
        Ok(request.len())
    }
}

handler_main!(Reverse, Reverse);
