// SPDX-License-Identifier: MIT OR Apache-2.0

//! Trials that boot a guest, and what all of them together have measured.

use anyhow::{Result, ensure};
use libtest_mimic::Trial;
use std::sync::{Mutex, PoisonError};
use umd_tests::vm::{Outcome, Verdict};

/// What the trials of this run have measured so far.
static FIGURES: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// A trial whose error is told with its causes.
pub(crate) fn trial(name: &str, test: impl FnOnce() -> Result<()> + Send + 'static) -> Trial {
    Trial::test(name, move || test().map_err(|e| format!("{e:#}").into()))
}

/// Fails unless the guest ended so.
pub(crate) fn expect(outcome: &Outcome, verdict: &Verdict) -> Result<()> {
    ensure!(
        outcome.verdict == *verdict,
        "{}; see {}",
        outcome.verdict,
        outcome.console_file.display()
    );
    Ok(())
}

/// Says on standard error what was measured, now and once more at the end.
pub(crate) fn figure(line: String) {
    eprintln!("    {line}");
    let mut figures = FIGURES.lock().unwrap_or_else(PoisonError::into_inner);
    figures.push(line);
}

/// To be called when all trials are over.
pub(crate) fn repeat_figures() {
    let figures = FIGURES.lock().unwrap_or_else(PoisonError::into_inner);
    if !figures.is_empty() {
        eprintln!("figures of this run:\n  {}", figures.join("\n  "));
    }
}
