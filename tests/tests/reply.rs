// SPDX-License-Identifier: MIT OR Apache-2.0

//! The kernel's checks of replies, compiled for the host.

#![forbid(unsafe_code)]

use umd_tests::reply::{self, Program, cases};

#[test]
fn each_rule_has_its_verdict() {
    for flags in [&["-O0"][..], &["-O2", "-fsanitize=undefined"]] {
        let program = Program::compile(&reply::source(), flags).unwrap();
        assert_eq!(program.fault().unwrap(), None, "{flags:?}");
    }
}

#[test]
fn rust_says_the_same() {
    for case in cases::all() {
        let record = &case.record;
        let verdict = reply::Verdict::new(record.wrong_reply(), record.wrong_hello());
        assert_eq!(verdict, case.expected, "{record:?}");
    }
}

#[test]
fn each_check_is_tested() {
    let (tried, unnoticed) = reply::unnoticed().unwrap();
    println!("{tried} changes of the checks were tried");
    assert!(unnoticed.is_empty(), "{unnoticed:#?}");
}

#[test]
fn each_branch_is_tested() {
    let branches = reply::branches().unwrap();
    println!("{branches}");
    assert!((branches.taken - 100.0).abs() < 0.001, "{branches}");
}
