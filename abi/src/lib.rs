// SPDX-License-Identifier: MIT OR Apache-2.0

#![doc = include_str!("../README.md")]
//!
//! # The header
//!
//! `umd-build header` generates `loader-c/include/umd_abi.h` from this crate: the
//! one header that the kernel side and Handlers written in C include. A test
//! fails when crate and header differ.
//!
//! # The channel
//!
//! A Handler has two file descriptors: it reads requests from 0 and writes
//! replies to 1. Each message is one [`FrameHeader`] followed by
//! [`len`](FrameHeader::len) bytes of payload. There is at most one request
//! in flight: the kernel sends the next one only when it has the reply. All
//! integers are in native byte order, since both sides are one machine.
//!
//! The kernel's channel keeps frames whole: one `read()` is one request, and
//! one `write()` must be one reply. If a request allows it
//! ([`UMD_FRAME_REPLY_BY_READ`]), the `read()` of the next request may bring
//! the reply instead, which saves a system call. A Handler must also work over
//! a byte stream, where calls may be short and no request allows this. The same
//! Handler then runs on a socket pair.
//!
//! End of file on descriptor 0 tells the Handler to exit.
//!
//! # The handshake
//!
//! The first request after every spawn is [`UMD_OP_HELLO`], with a [`Hello`]
//! in both directions.
//!
//! # Changing this ABI
//!
//! [`UMD_ABI_VERSION`] names the whole contract of this crate except the
//! drivers' own operations.
//!
//! * Any change after which one side could misread the other raises the
//!   version: the layout of [`FrameHeader`] or [`Hello`], the meaning of a
//!   field, of a core operation or of a status, a new meaning for a reserved
//!   field, a lowered limit.
//! * New driver operations do not raise the version, nor does a new core
//!   operation that is sent only after the Handler has announced it.
//! * Some things never change in any version: the position and size of
//!   [`magic`](FrameHeader::magic), [`version`](FrameHeader::version),
//!   [`op`](FrameHeader::op), [`id`](FrameHeader::id) and
//!   [`len`](FrameHeader::len), the size of the header, the number of
//!   [`UMD_OP_HELLO`], and [`version`](Hello::version) as the first field of a
//!   HELLO payload. Two sides of any two versions can therefore tell each other
//!   which version they speak.
//! * There is no negotiation: a Handler and its Loader are built together. A
//!   Handler answers a HELLO of another version with its own version and exits
//!   on any other frame of another version ([`UMD_EXIT_FRAME`]). The kernel
//!   logs both versions and fails the start with `-EPROTO`.
//! * A driver's operations belong to the driver. The layouts are fixed: a
//!   changed layout gets a new operation number, and a Handler answers an
//!   unknown number with [`Status::EOPNOTSUPP`].

#![no_std]
#![forbid(unsafe_code)]

// `derive(Wire)` names this crate as those that use it do.
extern crate self as umd_abi;

#[cfg(not(all(target_pointer_width = "64", target_endian = "little")))]
compile_error!("user mode drivers are for 64-bit little-endian processors: see README.md, Limits");

mod ctypes;
mod frame;
mod hello;
mod status;
mod wire;

pub use ctypes::*;
pub use frame::*;
pub use hello::*;
pub use status::*;
pub use umd_abi_derive::Wire;
pub use wire::*;

/// Exit code of a Handler that read the end of file between two frames.
pub const UMD_EXIT_OK: __s32 = 0;
/// Exit code of a Handler that read a frame whose header cannot be trusted:
/// wrong magic or version, or a length that does not match the frame or is too
/// large.
pub const UMD_EXIT_FRAME: __s32 = 1;
/// Exit code of a Handler that read the end of file inside a frame.
pub const UMD_EXIT_TRUNCATED: __s32 = 2;
/// Exit code of a Handler whose `read()` failed.
pub const UMD_EXIT_READ: __s32 = 3;
/// Exit code of a Handler whose `write()` failed.
pub const UMD_EXIT_WRITE: __s32 = 4;
/// Exit code of a Handler that panicked. Only a Handler that is built to may panic.
pub const UMD_EXIT_PANIC: __s32 = 70;
