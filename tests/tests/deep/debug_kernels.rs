// SPDX-License-Identifier: MIT OR Apache-2.0

//! All suites of the guest on kernels with checkers. Each guest ends with a
//! scan for leaks and with planted bugs that its kernel must report, else its
//! trial fails (tests/guest/control.sh).

use crate::suites;
use anyhow::Result;
use libtest_mimic::Trial;

/// The quick one first.
const KERNELS: [&str; 3] = ["uml", "debug", "kcsan"];

pub(crate) fn trials() -> Result<Vec<Trial>> {
    let mut trials = Vec::new();
    for kernel in KERNELS {
        trials.extend(suites::trials_on(kernel)?);
    }
    Ok(trials)
}
