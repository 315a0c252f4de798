// SPDX-License-Identifier: MIT OR Apache-2.0

//! All suites of the guest on kernels with checkers. Each guest ends with a
//! scan for leaks and with planted bugs that its kernel must report, else its
//! trial fails (tests/guest/control.sh).

use crate::suites;
use anyhow::Result;
use libtest_mimic::Trial;
use umd_tests::suites::{Suite, all};

/// The suites in which tasks wait for each other in the most ways: what `PREEMPT_RT`
/// forbids shows in the order of locks, whatever the processors are.
const FOR_RT: [&str; 9] = [
    "suite_calls",
    "suite_fairness",
    "suite_loading",
    "suite_policy",
    "suite_seal",
    "suite_spin",
    "suite_stress",
    "suite_suspend",
    "suite_workers",
];

/// The names of the suites beside which no other guest runs in qemu.
pub(crate) fn that_run_alone() -> Result<Vec<String>> {
    let suites = all()?.into_iter().filter(Suite::runs_alone);
    Ok(suites.map(|suite| suite.name).collect())
}

/// The quick ones.
pub(crate) fn quick_trials() -> Result<Vec<Trial>> {
    suites::trials_on("uml", |_| true)
}

/// The trials in qemu. KCSAN has something to find only where tasks meet.
pub(crate) fn trials() -> Result<Vec<Trial>> {
    let mut trials = suites::trials_on("debug", |_| true)?;
    trials.extend(suites::trials_on("kcsan", |suite| {
        suite.is_also_for("kcsan")
    })?);
    trials.extend(suites::trials_on("debug-rt", |suite| {
        FOR_RT.contains(&suite.name.as_str())
    })?);
    Ok(trials)
}
