// SPDX-License-Identifier: MIT OR Apache-2.0

#![doc = include_str!("../README.md")]
#![no_std]
#![deny(unsafe_code)]

#[cfg(not(umd_elf))]
extern crate std;

mod handler;
mod serve;

#[cfg(not(umd_elf))]
#[path = "program/hosted.rs"]
pub mod program;
#[cfg(umd_elf)]
#[path = "program/freestanding.rs"]
pub mod program;

// Miri does not support assembly; other processors have no start file.
#[cfg(all(
    any(umd_elf, all(test, not(miri))),
    any(
        target_arch = "x86_64",
        target_arch = "aarch64",
        target_arch = "riscv64"
    )
))]
mod mem;
#[cfg(all(
    any(umd_elf, all(test, not(miri))),
    any(
        target_arch = "x86_64",
        target_arch = "aarch64",
        target_arch = "riscv64"
    )
))]
#[cfg_attr(target_arch = "x86_64", path = "start/x86_64.rs")]
#[cfg_attr(target_arch = "aarch64", path = "start/aarch64.rs")]
#[cfg_attr(target_arch = "riscv64", path = "start/riscv64.rs")]
mod start;

#[cfg(all(
    umd_elf,
    not(any(
        target_arch = "x86_64",
        target_arch = "aarch64",
        target_arch = "riscv64"
    ))
))]
compile_error!("a Handler is for x86_64, aarch64 or riscv64: no other has a start file");

pub use handler::Handler;
pub use serve::{Buffer, Channel, ChannelError, buffer_size, frame_size, max_request, serve};
pub use umd_abi::{Status, UMD_EXIT_PANIC};
