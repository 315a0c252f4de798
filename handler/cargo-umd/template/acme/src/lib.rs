// SPDX-License-Identifier: MIT OR Apache-2.0

//! A user mode driver that parses the headers of ELF files.

#![no_std]
#![forbid(unsafe_code)]

pub mod elf;

use umd_handler::{Handler, Status};

/// Answers the operations of this driver.
pub struct Acme;

impl Handler for Acme {
    const MAX_REQUEST: u32 = elf::UMD_ACME_MAX_FILE;
    const MAX_REPLY: u32 = elf::UMD_ACME_ELF_SIZE;

    fn handle(&mut self, op: u16, request: &[u8], reply: &mut [u8]) -> Result<usize, Status> {
        match op {
            elf::UMD_OP_ACME_PARSE => elf::answer(request, reply),
            _ => Err(Status::EOPNOTSUPP),
        }
    }
}
