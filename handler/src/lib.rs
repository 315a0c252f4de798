// SPDX-License-Identifier: MIT OR Apache-2.0

//! The process side of a user mode driver.
//!
//! A handler is a pure function from a request to a reply, written as an
//! implementation of [`Handler`]. [`serve`] does the rest: it reads frames from
//! a [`Channel`], answers the core operations itself, passes the others to the
//! handler, and writes the replies.
//!
//! ```
//! use umd_handler::{Handler, Status};
//!
//! /// Answers each request with its bytes in reverse order.
//! struct Reverse;
//!
//! impl Handler for Reverse {
//!     const MAX_REQUEST: u32 = 4096;
//!     const MAX_REPLY: u32 = 4096;
//!
//!     fn handle(&mut self, _op: u16, request: &[u8], reply: &mut [u8]) -> Result<usize, Status> {
//!         for (to, from) in reply.iter_mut().zip(request.iter().rev()) {
//!             *to = *from;
//!         }
//!         Ok(request.len())
//!     }
//! }
//!
//! let mut reply = [0; Reverse::MAX_REPLY as usize];
//! assert_eq!(Reverse.handle(umd_abi::UMD_OP_DRIVER, b"hello", &mut reply), Ok(5));
//! assert_eq!(reply[..5], *b"olleh");
//! ```
//!
//! A program of its own needs two lines, as in
//! `drivers/sample/src/bin/sample_umh.rs`. Under `cargo handlers`, which sets
//! `cfg(umd_elf)`, [`handler_main!`] makes a freestanding ELF file. Everywhere
//! else, for tests and debuggers, the macro makes an ordinary program on
//! standard input and output.
//!
//! A freestanding handler has no panics: if a panic can be reached, the link
//! fails. Handlers therefore use `get` and the like instead of indexing.

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

// Miri does not support assembly.
#[cfg(all(any(umd_elf, all(test, not(miri))), target_arch = "x86_64"))]
mod mem;
#[cfg(all(any(umd_elf, all(test, not(miri))), target_arch = "x86_64"))]
#[path = "start/x86_64.rs"]
mod start;

pub use handler::Handler;
pub use serve::{Buffer, Channel, ChannelError, buffer_size, frame_size, max_request, serve};
pub use umd_abi::Status;
