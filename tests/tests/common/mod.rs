// SPDX-License-Identifier: MIT OR Apache-2.0

//! Trials that boot a guest, and the figures that all of them have measured.

use anyhow::{Result, ensure};
use libtest_mimic::Trial;
use std::sync::{Mutex, PoisonError};
use umd_tests::vm::{Outcome, Verdict};

/// The figures of this run so far.
static FIGURES: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Makes a trial whose error is reported with its causes.
pub(crate) fn trial(name: &str, test: impl FnOnce() -> Result<()> + Send + 'static) -> Trial {
    Trial::test(name, move || test().map_err(|e| format!("{e:#}").into()))
}

/// Fails unless the guest ended with this verdict.
pub(crate) fn expect(outcome: &Outcome, verdict: &Verdict) -> Result<()> {
    ensure!(
        outcome.verdict == *verdict,
        "{}; see {}",
        outcome.verdict,
        outcome.console_file.display()
    );
    Ok(())
}

/// Prints a figure on standard error, now and once more at the end.
pub(crate) fn figure(line: String) {
    eprintln!("    {line}");
    let mut figures = FIGURES.lock().unwrap_or_else(PoisonError::into_inner);
    figures.push(line);
}

/// Prints all figures once more. Call this when all trials are over.
pub(crate) fn repeat_figures() {
    let figures = FIGURES.lock().unwrap_or_else(PoisonError::into_inner);
    if !figures.is_empty() {
        eprintln!("figures of this run:\n  {}", figures.join("\n  "));
    }
}
