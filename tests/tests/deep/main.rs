// SPDX-License-Identifier: MIT OR Apache-2.0

//! The long layer of tests: `cargo test-deep [NAME]`. Each module has trials of
//! one kind.

#![forbid(unsafe_code)]

#[path = "../common/mod.rs"]
mod common;
#[path = "../suites/debian.rs"]
mod debian;
mod debug_kernels;
mod flavours;
mod minimal;
mod ports;
mod processors;
mod proofs;
#[path = "../suites/mod.rs"]
mod suites;
#[path = "../suites/template.rs"]
mod template;

use anyhow::Result;
use libtest_mimic::{Arguments, Trial};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // Most of them keep one processor busy.
    arguments.test_threads = Some(2);
    let trials = match trials() {
        Ok(trials) => trials,
        Err(error) => {
            eprintln!("error: {error:#}");
            return ExitCode::FAILURE;
        }
    };
    let mut conclusion = libtest_mimic::run(&arguments, trials);
    if !conclusion.has_failed() {
        // This trial is about the others, so all of them have to be over.
        let last = vec![suites::promises::trial(|_| false)];
        conclusion = libtest_mimic::run(&arguments, last);
    }
    common::repeat_figures();
    suites::repeat_guests();
    conclusion.exit_code()
}

/// The trials begin in this order. The first ones wait until no other guest runs in
/// qemu, so each of them comes with some that need none. The long ones are next,
/// so that what is left at the end is short.
fn trials() -> Result<Vec<Trial>> {
    let names = debug_kernels::that_run_alone()?;
    let runs_alone = |trial: &Trial| {
        let suite = trial.name().split("::").next();
        names.iter().any(|name| Some(&**name) == suite)
    };
    let (alone, others): (Vec<_>, Vec<_>) =
        debug_kernels::trials()?.into_iter().partition(runs_alone);
    let mut proofs = proofs::trials().into_iter();
    let mut trials = Vec::new();
    for trial in alone {
        trials.push(trial);
        trials.extend(proofs.by_ref().take(2));
    }
    trials.extend(proofs);
    trials.extend(others);
    trials.extend(minimal::trials());
    trials.extend(processors::trials());
    trials.push(debian::short_trial());
    trials.extend(debian::trials());
    trials.extend(flavours::trials()?);
    trials.extend(ports::trials()?);
    trials.extend(debug_kernels::quick_trials()?);
    Ok(trials)
}
