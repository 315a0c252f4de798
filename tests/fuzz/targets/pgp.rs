// SPDX-License-Identifier: MIT OR Apache-2.0

//! The OpenPGP driver's handler.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| umd_fuzz::pgp::check_input(input));
