// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the kernel and the Handler share. `cargo umd header` makes the C header of it.

use umd_abi::{__u8, __u16, __u32, __u64, Wire};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Parse the header of an ELF file. Request: the file; reply: [`AcmeElf`], or status
/// `-EBADMSG` (no ELF file, or one that ends too early) or `-ENOPKG` (a kind of ELF
/// file that is not supported), and no payload.
pub const UMD_OP_ACME_PARSE: __u16 = 256;
/// Largest file in bytes.
pub const UMD_ACME_MAX_FILE: __u32 = 65_536;
/// Length of a reply in bytes.
pub const UMD_ACME_ELF_SIZE: __u32 = 40;
/// Order of files whose numbers begin with their lowest byte.
pub const UMD_ACME_ORDER_LITTLE: __u8 = 1;
/// Order of files whose numbers begin with their highest byte.
pub const UMD_ACME_ORDER_BIG: __u8 = 2;

/// Payload of a reply of [`UMD_OP_ACME_PARSE`] with status zero.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Wire, FromBytes, IntoBytes, KnownLayout, Immutable)]
pub struct AcmeElf {
    /// Address of the first instruction.
    pub entry: __u64,
    /// Offset of the table of program headers.
    pub phoff: __u64,
    /// Offset of the table of section headers.
    pub shoff: __u64,
    /// Type of the file, such as 2 for a program.
    pub kind: __u16,
    /// Kind of processor.
    pub machine: __u16,
    /// Size of a program header in bytes.
    pub phentsize: __u16,
    /// Number of program headers, all of which are in the file.
    pub phnum: __u16,
    /// Size of a section header in bytes.
    pub shentsize: __u16,
    /// Number of section headers, all of which are in the file.
    pub shnum: __u16,
    /// 32 or 64: how many bits an address has.
    pub bits: __u8,
    /// Which byte of a number is the first one: `UMD_ACME_ORDER_LITTLE` or `_BIG`.
    pub order: __u8,
    /// Zero.
    pub reserved: __u16,
}

const _: () = assert!(size_of::<AcmeElf>() == UMD_ACME_ELF_SIZE as usize);
