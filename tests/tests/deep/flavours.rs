// SPDX-License-Identifier: MIT OR Apache-2.0

//! Suites on the other flavours of Debian's kernels, and the long suites: those that are
//! about how a guest is set up, and a million requests of many users.

use crate::suites::{self, KERNELS};
use anyhow::Result;
use libtest_mimic::Trial;
use umd_tests::suites::Kernels;

/// A kernel with `PREEMPT_RT` schedules in another way: all suites are about that.
const RT: [&str; 3] = ["6.1-rt", "6.12-rt", "latest-rt"];

/// A cloud kernel lacks drivers.
const CLOUD: [&str; 3] = ["6.1-cloud", "6.12-cloud", "latest-cloud"];

/// The suites that use most of what a kernel has.
const FOR_CLOUD: [&str; 7] = [
    "suite_calls",
    "suite_environment",
    "suite_pgp",
    "suite_pgp_import",
    "suite_pgp_verify",
    "suite_sample",
    "suite_seal",
];

pub(crate) fn trials() -> Result<Vec<Trial>> {
    let mut trials = vec![suites::full_trial("suite_users", 4)?];
    for kernel in KERNELS {
        trials.extend(suites::trials_on(kernel, |suite| {
            suite.is_long() || suites::is_left_to_long_layer(suite, kernel)
        })?);
    }
    for kernel in RT {
        trials.extend(suites::trials_on(kernel, |suite| {
            suite.kernels() == Kernels::All && !suite.is_long()
        })?);
    }
    for kernel in CLOUD {
        trials.extend(suites::trials_on(kernel, |suite| {
            FOR_CLOUD.contains(&suite.name.as_str())
        })?);
    }
    Ok(trials)
}
