// SPDX-License-Identifier: MIT OR Apache-2.0

//! The Handlers that verify signatures.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| umd_verify_fuzz::check_input(input));
