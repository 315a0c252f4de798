// SPDX-License-Identifier: MIT OR Apache-2.0

//! Trials that boot a guest.

use anyhow::{Result, ensure};
use libtest_mimic::Trial;
use umd_tests::vm::{Outcome, Verdict};

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
