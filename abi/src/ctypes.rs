// SPDX-License-Identifier: MIT OR Apache-2.0

//! The kernel's names for fixed-size integers, so that the generated header
//! uses them.

#![allow(non_camel_case_types)]

/// `__u16` of `linux/types.h`.
pub type __u16 = u16;
/// `__u32` of `linux/types.h`.
pub type __u32 = u32;
/// `__u64` of `linux/types.h`.
pub type __u64 = u64;
/// `__u8` of `linux/types.h`.
pub type __u8 = u8;
/// `__s32` of `linux/types.h`.
pub type __s32 = i32;
