// SPDX-License-Identifier: MIT OR Apache-2.0

//! The serve loop.

#![no_main]

use umd_fuzz::serve::{self, Scenario};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Some(scenario) = Scenario::decode(bytes) {
        serve::check_faulty(&scenario);
    }
});
