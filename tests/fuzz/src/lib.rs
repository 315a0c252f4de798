// SPDX-License-Identifier: MIT OR Apache-2.0

//! Properties that hold for any bytes that a Handler or a Manager may receive.
//!
//! Each module has a `check` that panics if a property does not hold. The
//! fuzzers in `targets/` call it with bytes from libFuzzer, the property tests
//! of `umd-tests` with values from proptest.

#![deny(unsafe_code)]

#[cfg(feature = "libfuzzer")]
pub mod kernel;
pub mod pgp;
pub mod pgp_samples;
pub mod reply;
pub mod request;
pub mod sample;
pub mod serve;
