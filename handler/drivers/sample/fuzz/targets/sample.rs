// SPDX-License-Identifier: MIT OR Apache-2.0

//! The sample driver's handler.

#![no_main]

use umd_fuzz::serve::Scenario;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Some(scenario) = Scenario::decode(bytes) {
        umd_sample_fuzz::check(&scenario);
    }
});
