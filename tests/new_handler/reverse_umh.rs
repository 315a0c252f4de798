// SPDX-License-Identifier: MIT OR Apache-2.0

//! Answers each request with its bytes in reverse order.

#![cfg_attr(umd_elf, no_std, no_main)]

use umd_handler::{Handler, Status};

struct Reverse;

impl Handler for Reverse {
    const MAX_REQUEST: u32 = 4096;
    const MAX_REPLY: u32 = 4096;

    fn handle(&mut self, _op: u16, request: &[u8], reply: &mut [u8]) -> Result<usize, Status> {
        for (to, from) in reply.iter_mut().zip(request.iter().rev()) {
            *to = *from;
        }
        Ok(request.len())
    }
}

umd_handler::handler_main!(Reverse, Reverse);
