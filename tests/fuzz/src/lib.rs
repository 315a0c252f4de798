// SPDX-License-Identifier: MIT OR Apache-2.0

//! What must hold for any bytes that a Handler or a Manager may be sent.
//!
//! Each module has a `check` that panics when it does not hold. The fuzzers in
//! `targets/` call it with bytes that libFuzzer makes, the property tests of
//! `umd-tests` with values that proptest makes.

#![deny(unsafe_code)]

#[cfg(feature = "libfuzzer")]
pub mod kernel;
pub mod pgp;
pub mod pgp_samples;
pub mod reply;
pub mod request;
pub mod sample;
pub mod serve;
