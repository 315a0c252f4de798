// SPDX-License-Identifier: MIT OR Apache-2.0

//! The sample driver: the kernel asks for 128 KiB of zeros with one byte set.

use umd_abi::{__u8, __u16, __u32, UMD_MAX_PAYLOAD, UMD_OP_DRIVER, Wire};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Sample operation: set one byte. Request: [`SampleRequest`]; reply:
/// [`SampleReply`], or status `-ERANGE` and no payload.
pub const UMD_OP_SAMPLE_SET: __u16 = 256;
/// Length of a sample reply in bytes; offsets run from zero to one less.
pub const UMD_SAMPLE_SIZE: __u32 = 131_072;

/// Payload of a request of [`UMD_OP_SAMPLE_SET`].
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Wire, FromBytes, IntoBytes, KnownLayout, Immutable)]
pub struct SampleRequest {
    /// Offset in bytes of the byte to set.
    pub offset: __u32,
}

/// Payload of a reply of [`UMD_OP_SAMPLE_SET`] with status zero.
#[repr(C)]
#[derive(Debug, PartialEq, Eq, Wire, FromBytes, IntoBytes, KnownLayout, Immutable)]
pub struct SampleReply {
    /// The byte at the request's offset is 1, all others are 0.
    pub bytes: [__u8; 131_072],
}

const _: () = assert!(UMD_OP_SAMPLE_SET == UMD_OP_DRIVER);
const _: () = assert!(UMD_SAMPLE_SIZE <= UMD_MAX_PAYLOAD);
const _: () = assert!(size_of::<SampleReply>() == UMD_SAMPLE_SIZE as usize);
const _: () = assert!(size_of::<SampleRequest>() == 4);
