// SPDX-License-Identifier: MIT OR Apache-2.0

//! Replies with as many bytes as the request asks for, of any contents, or
//! crashes. The Handler's own work costs nothing, so that a benchmark measures
//! the rest of a request.

#![cfg_attr(umd_elf, no_std, no_main)]

use umd_abi::UMD_OP_DRIVER;
use umd_handler::{Handler, Status};

/// `UMD_TEST_ILLEGAL` of umd_test_abi.h.
const CRASH: u16 = UMD_OP_DRIVER + 5;

/// Ends the process by an instruction that no processor has.
fn crash() -> ! {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: the process ends here.
    unsafe {
        core::arch::asm!("ud2", options(noreturn))
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: the process ends here.
    unsafe {
        core::arch::asm!("udf #0", options(noreturn))
    }
    #[cfg(target_arch = "riscv64")]
    // SAFETY: the process ends here.
    unsafe {
        core::arch::asm!("unimp", options(noreturn))
    }
}

struct Bench;

impl Handler for Bench {
    const MAX_REQUEST: u32 = 128 * 1024;
    const MAX_REPLY: u32 = 128 * 1024;

    fn handle(&mut self, op: u16, request: &[u8], _reply: &mut [u8]) -> Result<usize, Status> {
        if op == CRASH {
            crash();
        }
        let count = request.get(8..16).ok_or(Status::EINVAL)?;
        let count = count.first_chunk().ok_or(Status::EINVAL)?;
        usize::try_from(u64::from_ne_bytes(*count)).map_err(|_| Status::EINVAL)
    }
}

umd_handler::handler_main!(Bench, Bench);
