// SPDX-License-Identifier: MIT OR Apache-2.0

//! Runs each fuzzer for a few seconds; `cargo fuzz-run` runs them for longer.

#![forbid(unsafe_code)]

use std::time::Duration;
use umd_tests::fuzz::{self, Tools};

#[test]
fn fuzzers_find_nothing_in_seconds() {
    let fuzzers = fuzz::build(Tools::Present).unwrap();
    let reports = fuzzers.run(&[], Duration::from_secs(5)).unwrap();
    assert!(reports.len() >= 6, "{reports:?}");
    for report in reports {
        println!("{report}");
        assert!(report.inputs > 1000, "{report}");
    }
}
