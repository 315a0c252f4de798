// SPDX-License-Identifier: MIT OR Apache-2.0

//! The promises of `SECURITY.md`: each names the tests that hold it, and all of
//! these exist and have passed.

use crate::common;
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use std::collections::BTreeSet;
use std::fs;
use std::sync::Mutex;
use umd_tests::repo;
use umd_tests::suites::{Kernels, SUITES};
use walkdir::WalkDir;

/// The tests in a guest that have passed in this run.
static PASSED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Notes a test that has passed.
pub(super) fn passed(name: &str) {
    if let Ok(mut all) = PASSED.lock() {
        all.insert(name.to_owned());
    }
}

/// To be the last trial.
pub(crate) fn trial() -> Trial {
    common::trial("every_promise_is_held", every_promise_is_held)
}

/// A promise without its tests is none.
fn every_promise_is_held() -> Result<()> {
    let passed = PASSED.lock().map_err(|e| anyhow::anyhow!("{e}"))?.clone();
    ensure!(
        !passed.is_empty(),
        "no suite was run before: run it with them, as cargo test does"
    );
    let elsewhere = names_elsewhere()?;
    let mut promises = 0;
    for (promise, names) in promises_and_tests()? {
        ensure!(!names.is_empty(), "SECURITY.md: {promise} names no test");
        promises += 1;
        for name in names {
            ensure!(
                passed.contains(&name) || elsewhere.contains(&name),
                "SECURITY.md: {promise}: the test {name} has not passed in this run"
            );
        }
    }
    ensure!(promises > 0, "SECURITY.md has no promise");
    eprintln!("  {promises} promises of SECURITY.md are held");
    Ok(())
}

/// Of each row `| H1 | promise | `test`, ... |`.
fn promises_and_tests() -> Result<Vec<(String, Vec<String>)>> {
    let file = repo::root().join("SECURITY.md");
    let text = fs::read_to_string(&file).context("no SECURITY.md")?;
    let mut promises = Vec::new();
    for line in text.lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, number, _, tests, _] = cells[..] else {
            continue;
        };
        if number.ends_with(|last: char| last.is_ascii_digit()) {
            let names = tests.split('`').skip(1).step_by(2).map(str::to_owned);
            promises.push((number.to_owned(), names.collect()));
        }
    }
    Ok(promises)
}

/// Tests that other parts of `cargo test` run, and those of the long layer.
fn names_elsewhere() -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for folder in ["abi", "handler", "tests"] {
        for entry in WalkDir::new(repo::root().join(folder)) {
            let entry = entry?;
            if entry.path().extension().is_some_and(|e| e == "rs") {
                let text = fs::read_to_string(entry.path())?;
                names.extend(named(&text, "fn ", "("));
                names.extend(named(&text, "pub(crate) fn ", "("));
                names.extend(named(&text, "trial(\"", "\""));
            }
        }
    }
    for suite in SUITES.iter().filter(|s| s.kernels == Kernels::Debug) {
        let script = format!("tests/guest/{}.sh", suite.name);
        let text = fs::read_to_string(repo::root().join(script))?;
        names.extend(named(&text, "", "() {"));
    }
    Ok(names)
}

/// What stands between `before` and `after` at the start of a line.
fn named<'a>(text: &'a str, before: &'a str, after: &'a str) -> impl Iterator<Item = String> + 'a {
    text.lines().filter_map(move |line| {
        let (name, _) = line.trim_start().strip_prefix(before)?.split_once(after)?;
        Some(name.to_owned())
    })
}
