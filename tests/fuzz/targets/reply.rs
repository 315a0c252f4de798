// SPDX-License-Identifier: MIT OR Apache-2.0

//! The kernel's checks of replies against those of `umd-abi`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| umd_fuzz::kernel::check_bytes(bytes));
