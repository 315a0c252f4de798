// SPDX-License-Identifier: MIT OR Apache-2.0

//! The kernel's checks of replies, compiled for the host.

#![forbid(unsafe_code)]

use umd_tests::checks::mgmt::{self, Verdict};
use umd_tests::checks::{ALL, Checks, WATCHED};

/// Asserts that the cases notice each mutation of a check.
fn assert_changes_are_noticed(checks: &Checks) {
    let changes = checks.changes().unwrap();
    println!("{}: {} mutations", checks.folder, changes.tried);
    assert!(changes.unnoticed.is_empty(), "{:#?}", changes.unnoticed);
}

#[test]
fn each_rule_has_its_verdict() {
    for checks in ALL {
        for flags in [&["-O0"][..], &WATCHED] {
            assert_eq!(checks.fault(flags).unwrap(), None, "{flags:?}");
        }
    }
}

#[test]
fn rust_says_the_same() {
    for case in mgmt::all() {
        let record = &case.record;
        let verdict = Verdict::new(record.wrong_reply(), record.wrong_hello());
        assert_eq!(verdict, case.expected, "{record:?}");
    }
}

#[test]
fn each_check_is_tested() {
    assert_changes_are_noticed(&mgmt::CHECKS);
}

#[test]
fn each_check_of_openpgp_is_tested() {
    assert_changes_are_noticed(&umd_tests::checks::pgp::CHECKS);
}

#[test]
fn each_check_of_signatures_is_tested() {
    assert_changes_are_noticed(&umd_tests::checks::verify::CHECKS);
}

#[test]
fn each_branch_is_tested() {
    for branches in ALL.iter().flat_map(|checks| checks.branches().unwrap()) {
        println!("{branches}");
        assert!(branches.are_complete(), "{branches}");
    }
}
