// SPDX-License-Identifier: MIT OR Apache-2.0

//! Runs each fuzzer for a few seconds; `cargo fuzz-run` runs them for longer.

#![forbid(unsafe_code)]

use std::time::Duration;
use umd_tests::fuzz::{self, TARGETS, Tools};

#[test]
fn fuzzers_find_nothing_in_seconds() {
    let fuzzers = fuzz::build(Tools::Present).unwrap();
    for report in fuzzers.run(&TARGETS, Duration::from_secs(5)).unwrap() {
        println!("{report}");
        assert!(report.inputs > 1000, "{report}");
    }
}
