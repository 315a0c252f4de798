// SPDX-License-Identifier: MIT OR Apache-2.0

//! The long layer of tests: `cargo test-deep [NAME]`. Each module has trials of
//! one kind.

#![forbid(unsafe_code)]

#[path = "../common/mod.rs"]
mod common;
mod debug_kernels;
mod proofs;
#[path = "../suites/mod.rs"]
mod suites;

use anyhow::Result;
use libtest_mimic::{Arguments, Trial};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // One in qemu, beside which is time for one that has one thread.
    arguments.test_threads = Some(2);
    let trials = match trials() {
        Ok(trials) => trials,
        Err(error) => {
            eprintln!("error: {error:#}");
            return ExitCode::FAILURE;
        }
    };
    let conclusion = libtest_mimic::run(&arguments, trials);
    if conclusion.has_failed() {
        return conclusion.exit_code();
    }
    // It is about the others, so all of them have to be over.
    libtest_mimic::run(&arguments, vec![suites::promises::trial()]).exit_code()
}

/// They begin in this order. Of those in qemu one waits for the other, and takes
/// about as long as two of the others do: so it is rare that one is waited for.
fn trials() -> Result<Vec<Trial>> {
    let mut quick = proofs::trials();
    quick.extend(debug_kernels::quick_trials()?);
    let mut quick = quick.into_iter();
    let mut trials = Vec::new();
    for trial in debug_kernels::trials()? {
        trials.push(trial);
        trials.extend(quick.by_ref().take(2));
    }
    trials.extend(quick);
    Ok(trials)
}
