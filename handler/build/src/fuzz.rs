// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a fuzzer of a driver is built with. libFuzzer runs on stable Rust, which has no
//! option for what it needs.

/// What libFuzzer needs of the compiler, beside its optimizer: without it, no input is
/// known to be new.
pub const RUSTFLAGS: [&str; 8] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cdebug-assertions",
    "-Ccodegen-units=1",
    "--cfg=fuzzing",
];

/// The feature of a crate that builds its fuzzers.
pub const FEATURE: &str = "libfuzzer";
