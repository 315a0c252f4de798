// SPDX-License-Identifier: MIT OR Apache-2.0

//! Whether a unit test of `umd-abi`, the handler library and the drivers notices
//! when an expression or a function of theirs is changed: cargo-mutants, whose
//! choice of files and changes is in `.cargo/mutants.toml`.
//! [`Checks::changes`](checks::Checks::changes) does the same to the kernel's
//! checks of replies.

use crate::progress::Step;
use crate::{cargo_tool, checks, command, repo};
use anyhow::{Context, Result, bail, ensure};
use std::fmt;
use std::fs;
use std::process::Command;

const VERSION: &str = "27.1.0";

/// How cargo-mutants exits when a test has failed after each change, and when a
/// test did not end after some change.
const ALL_NOTICED: i32 = 0;
const SOME_NEVER_END: i32 = 3;

/// The changes that were tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Changes after which a test failed or did not end.
    pub noticed: usize,
    /// Changes that do not compile.
    pub invalid: usize,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "abi, handler library and drivers: {} changes, all noticed by a test ({} more do not compile)",
            self.noticed, self.invalid
        )
    }
}

/// Changes the kernel's checks of replies, too. Returns what to print of all.
///
/// # Errors
///
/// cargo-mutants cannot be built, or no test notices a change.
pub fn run() -> Result<String> {
    let mut lines = Vec::new();
    for one in checks::ALL {
        let changes = one.changes()?;
        let unnoticed = &changes.unnoticed;
        ensure!(unnoticed.is_empty(), "no test notices {unnoticed:?}");
        let tried = changes.tried;
        lines.push(format!(
            "{}: {tried} changes, all noticed by a test",
            one.folder
        ));
    }
    lines.push(run_cargo_mutants()?.to_string());
    Ok(lines.join("\n"))
}

/// Builds cargo-mutants if need be and runs it, for some minutes.
fn run_cargo_mutants() -> Result<Report> {
    let program = cargo_tool::get("cargo-mutants", VERSION)?;
    let output = repo::target_dir()?.join("mutations");
    fs::create_dir_all(&output)?;
    let results = output.join("mutants.out");
    // The findings of an earlier run must not be taken for this one's.
    if results.exists() {
        fs::remove_dir_all(&results)?;
    }
    let step = Step::start("changing abi, the handler library and the drivers");
    let mut mutants = Command::new(program);
    mutants
        .args(["mutants", "--dir"])
        .arg(repo::root())
        .arg("--output")
        .arg(&output)
        .args(["--colors=never", "--jobs=2"])
        // Linked some hundred times, and never looked into.
        .env("CARGO_PROFILE_DEV_DEBUG", "0");
    let outcome = command::finished(&mut mutants)?;
    step.done();
    let list = |name: &str| -> Result<Vec<String>> {
        let text = fs::read_to_string(results.join(name))
            .with_context(|| command::failure(&mutants, &outcome))?;
        Ok(text.lines().map(str::to_owned).collect())
    };
    let missed = list("missed.txt")?;
    if !missed.is_empty() {
        bail!("no test notices:\n{}", missed.join("\n"));
    }
    let noticed = list("caught.txt")?.len() + list("timeout.txt")?.len();
    // A run that was ended halfway has lists, too.
    let is_whole = matches!(outcome.status.code(), Some(ALL_NOTICED | SOME_NEVER_END));
    if noticed == 0 || !is_whole {
        bail!("{}", command::failure(&mutants, &outcome));
    }
    Ok(Report {
        noticed,
        invalid: list("unviable.txt")?.len(),
    })
}
