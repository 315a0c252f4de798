// SPDX-License-Identifier: MIT OR Apache-2.0

//! All suites of the guest on kernels with checkers. Each guest ends with a
//! scan for leaks and with planted bugs that its kernel must report, else its
//! trial fails (tests/guest/control.sh).

use crate::suites;
use anyhow::Result;
use libtest_mimic::Trial;
use umd_tests::suites::SUITES;

/// Where tasks meet: the others have nothing to race for.
const RACES: [&str; 3] = ["suite_races", "suite_stress", "suite_workers"];

/// What User Mode Linux has not: a way to test suspend, and several processors,
/// without which nothing races. (6.12 also faults itself, in `flush_tlb_mm()`,
/// when a fork is interrupted by the kills of the latter.)
const NOT_IN_USER_MODE: [&str; 2] = ["suite_races", "suite_suspend"];

/// Whether no other guest runs in qemu beside the trial of that name.
pub(crate) fn runs_alone(name: &str) -> bool {
    SUITES
        .iter()
        .any(|suite| suite.runs_alone() && name.starts_with(suite.name))
}

/// The quick ones.
pub(crate) fn quick_trials() -> Result<Vec<Trial>> {
    suites::trials_on("uml", |suite| !NOT_IN_USER_MODE.contains(&suite))
}

/// Those in qemu.
pub(crate) fn trials() -> Result<Vec<Trial>> {
    let mut trials = suites::trials_on("debug", |_| true)?;
    trials.extend(suites::trials_on("kcsan", |suite| RACES.contains(&suite))?);
    Ok(trials)
}
