// SPDX-License-Identifier: MIT OR Apache-2.0

//! The decoders of requests and of HELLO.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| umd_fuzz::request::check_bytes(bytes));
