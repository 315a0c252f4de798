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
    // Two of what has one thread each; of those in qemu one waits for the other.
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

fn trials() -> Result<Vec<Trial>> {
    let mut trials = proofs::trials();
    trials.extend(debug_kernels::quick_trials()?);
    trials.extend(debug_kernels::trials()?);
    Ok(trials)
}
