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
    // The machine is one: waiting trials would only run into each other.
    arguments.test_threads = Some(1);
    match trials() {
        Ok(trials) => libtest_mimic::run(&arguments, trials).exit_code(),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn trials() -> Result<Vec<Trial>> {
    let mut trials = proofs::trials();
    trials.extend(debug_kernels::trials()?);
    trials.push(suites::promises::trial());
    Ok(trials)
}
