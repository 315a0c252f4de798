// SPDX-License-Identifier: MIT OR Apache-2.0

//! What must hold for any bytes that a Handler or a Manager may be sent. Each
//! driver has the like in `handler/drivers/NAME/fuzz/`.
//!
//! Each module has a `check` that panics if a property does not hold. The
//! fuzzers in `targets/` call it with bytes from libFuzzer, the property tests
//! of `umd-tests` with values from proptest.

#![deny(unsafe_code)]

#[cfg(feature = "libfuzzer")]
pub mod kernel;
pub mod reply;
pub mod request;
pub mod serve;
#[cfg(feature = "proptest")]
pub mod strategies;
