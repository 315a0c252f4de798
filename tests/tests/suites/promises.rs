// SPDX-License-Identifier: MIT OR Apache-2.0

//! The promises of `SECURITY.md`: each names the tests that hold it, and all of
//! these exist and have passed.

use crate::common;
use anyhow::{Context, Result, bail, ensure};
use libtest_mimic::Trial;
use std::collections::BTreeSet;
use std::fs;
use std::sync::Mutex;
use umd_tests::repo;
use umd_tests::suites::{self, Suite};
use walkdir::WalkDir;

/// The tests in a guest that have passed in this run.
static PASSED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Notes a test that has passed.
pub(super) fn passed(name: &str) {
    if let Ok(mut all) = PASSED.lock() {
        all.insert(name.to_owned());
    }
}

/// To be the last trial; some suites are for another layer.
pub(crate) fn trial(is_elsewhere: fn(&Suite) -> bool) -> Trial {
    common::trial("every_promise_is_held", move || {
        every_promise_is_held(is_elsewhere)
    })
}

/// A promise without its tests is none.
fn every_promise_is_held(is_elsewhere: fn(&Suite) -> bool) -> Result<()> {
    let passed = PASSED.lock().map_err(|e| anyhow::anyhow!("{e}"))?.clone();
    ensure!(
        !passed.is_empty(),
        "no suite was run before: run it with them, as cargo test does"
    );
    let elsewhere = names_elsewhere(is_elsewhere)?;
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
        let number = cells.get(1).copied().unwrap_or_default();
        if !is_number(number) {
            continue;
        }
        let [_, _, _, tests, _] = cells[..] else {
            bail!("SECURITY.md: the row of {number} has not three cells");
        };
        let names = tests.split('`').skip(1).step_by(2).map(str::to_owned);
        promises.push((number.to_owned(), names.collect()));
    }
    Ok(promises)
}

/// A letter and digits, such as `H1`.
fn is_number(cell: &str) -> bool {
    let digits = cell.strip_prefix(|first: char| first.is_ascii_uppercase());
    digits.is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit()))
}

/// Tests that other parts of `cargo test` run, and those of suites of another layer.
fn names_elsewhere(is_elsewhere: fn(&Suite) -> bool) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for folder in ["abi", "handler", "tests"] {
        for entry in WalkDir::new(repo::root().join(folder)) {
            let entry = entry?;
            if entry.path().extension().is_some_and(|e| e == "rs") {
                names.extend(tests_of(&fs::read_to_string(entry.path())?));
            }
        }
    }
    for suite in suites::all()? {
        if !is_elsewhere(&suite) {
            continue;
        }
        // The script ends with the names of the tests that it runs.
        let text = suite.text();
        let run = text.rsplit_once("\nktap_run ");
        let (_, run) = run.with_context(|| suite.name.clone())?;
        names.extend(run.split([' ', '\t', '\n', '\\']).map(str::to_owned));
    }
    Ok(names)
}

/// The names of the tests in a Rust file: functions with `#[test]`, trials, and
/// what stands in `trials!`.
fn tests_of(text: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let (mut is_test, mut in_trials) = (false, false);
    for line in text.lines().map(str::trim_start) {
        is_test |= line == "#[test]";
        in_trials = (in_trials && !line.starts_with("];")) || line.ends_with("= trials![");
        let function = between(line, "fn ", "(");
        if is_test && let Some(name) = &function {
            names.insert(name.clone());
        }
        is_test &= function.is_none();
        names.extend(between(line, "trial(\"", "\""));
        if in_trials && let Some((_, name)) = line.split_once("::") {
            names.insert(name.trim_end_matches(',').to_owned());
        }
    }
    names
}

/// The text between `before`, at the start of a line, and `after`.
fn between(line: &str, before: &str, after: &str) -> Option<String> {
    let (name, _) = line.strip_prefix(before)?.split_once(after)?;
    Some(name.to_owned())
}
