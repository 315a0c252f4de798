// SPDX-License-Identifier: MIT OR Apache-2.0

//! The OpenPGP driver's handler, whose replies the Manager must accept.

#![no_main]

use umd_pgp_fuzz::{check_input, kernel};

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    if let Some(said) = check_input(input) {
        let wrong = kernel::check_pgp(&said);
        assert_eq!(wrong, None, "{said:?}");
    }
});
