// SPDX-License-Identifier: MIT OR Apache-2.0

//! Layouts that Rust and C share.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// A struct that the kernel side and the Handler share: the same bytes in Rust
/// and in C, without padding, and any bytes are a value of it.
///
/// `#[derive(Wire)]` refuses a struct that is not `#[repr(C)]`, and fails the
/// compilation unless each field begins where the one before ends. Because of
/// that, `cargo header` knows each size and offset from the source alone; the
/// C header holds the C compiler to the same figures. The struct's name in C is
/// `umd_` and its own in small letters: `FrameHeader` is `umd_frame_header`.
///
/// ```
/// use umd_abi::{__u16, __u32, Wire};
/// use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};
///
/// #[repr(C)]
/// #[derive(Wire, FromBytes, IntoBytes, KnownLayout, Immutable)]
/// pub struct Pair {
///     pub long: __u32,
///     pub short: [__u16; 2],
/// }
/// ```
///
/// A field that leaves padding before it does not compile:
///
/// ```compile_fail
/// # use umd_abi::{__u16, __u32, Wire};
/// # use zerocopy::{FromBytes, Immutable, KnownLayout};
/// #[repr(C)]
/// #[derive(Wire, FromBytes, KnownLayout, Immutable)]
/// pub struct Padded {
///     pub short: __u16,
///     pub long: __u32,
/// }
/// ```
pub trait Wire: FromBytes + IntoBytes + KnownLayout + Immutable {}
