// SPDX-License-Identifier: MIT OR Apache-2.0

//! The fuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|file: &[u8]| umd_acme_fuzz::check(file));
