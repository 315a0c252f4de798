// SPDX-License-Identifier: MIT OR Apache-2.0

//! `tests/proof/lifecycle.pml` under Spin.
//!
//! The model with all kinds of trouble at once has too many states. Each kind
//! therefore has a run of its own, and so has each combination that interacts.

use crate::progress::Step;
use crate::{command, repo, setup};
use anyhow::{Context, Result, bail, ensure};
use rayon::prelude::*;
use std::fmt;
use std::process::Command;

const PROGRAMS: [setup::Program; 2] = [("spin", "spin"), ("gcc", "gcc")];

/// The trouble that two concurrent calls meet in each run.
const RUNS: [&[&str]; 15] = [
    &["KILLS=1"],
    &["KILLS=1", "IDEMPOTENT=1"],
    &["FAULTS=1"],
    &["KILLS=1", "FAULTS=1", "START_LIMIT=1"],
    &["HANGS=1"],
    &["STOPS=1"],
    &["LATE=1"],
    &["SIGNALS=1"],
    &["ABORT", "MAX_WORKERS=1"],
    &["STOP", "MAX_WORKERS=1"],
    &["UNLOAD", "MAX_WORKERS=1"],
    &["UNLOAD", "KILLS=1", "MAX_WORKERS=1"],
    &["UNLOAD", "HANGS=1", "MAX_WORKERS=1"],
    &["STOP", "KILLS=1", "MAX_WORKERS=1"],
    &["KILLS=1", "MAX_WORKERS=1", CYCLES],
];

/// Also searches for cycles, with more than twice the work. The model has no
/// cycle without progress: such a cycle would be a call that does not end.
const CYCLES: &str = "CYCLES";

/// The messages of Spin.
const DEADLOCK: &str = "invalid end state";
const WRONG: &str = "assertion violated";
const CYCLE: &str = "non-progress cycle";

/// A bug, the trouble in which it must be found, and the message that Spin must
/// print. The last two bugs were once in the code.
const PLANTED: [(&str, &[&str], &str); 9] = [
    ("BUG_NO_WAKE", &[], DEADLOCK),
    ("BUG_WAKE_STAYS", &["MAX_WORKERS=1", CYCLES], CYCLE),
    ("BUG_NO_KICK", &["KILLS=1"], DEADLOCK),
    (
        "BUG_PUT_BACK_KEEPS_WORKER",
        &["KILLS=1", "IDEMPOTENT=1"],
        WRONG,
    ),
    ("BUG_ENDS_TWICE", &["SIGNALS=1"], WRONG),
    ("BUG_COPY_IGNORED", &["SIGNALS=1"], WRONG),
    ("BUG_NO_CANCEL", &["UNLOAD"], WRONG),
    (
        "BUG_QUEUE_LEFT_IN_BACKOFF",
        &["KILLS=1", "FAULTS=1", "START_LIMIT=1"],
        DEADLOCK,
    ),
    ("BUG_STOP_IS_TOLD_LATE", &["STOP", "MAX_WORKERS=1"], WRONG),
];

/// The results of the check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// How many runs there were.
    pub runs: usize,
    /// How many states they had.
    pub states: u64,
    /// How many planted bugs were found, which are all of them.
    pub planted: usize,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "life cycle: {} runs, all of their {} states hold, {} planted bugs found",
            self.runs, self.states, self.planted
        )
    }
}

/// Installs Spin if it is missing, and runs it.
///
/// # Errors
///
/// Spin cannot be installed, finds a fault in the model, or misses a planted
/// bug.
pub fn run() -> Result<Report> {
    setup::install(&PROGRAMS)?;
    let step = Step::start("checking the model of the life cycle");
    let states: Vec<u64> = RUNS
        .par_iter()
        .map(|flags| match check(flags)? {
            Verdict::Holds { states } => Ok(states),
            Verdict::Fails { what } => bail!("the model fails with {flags:?}: {what}"),
        })
        .collect::<Result<_>>()?;
    PLANTED
        .par_iter()
        .map(|(bug, trouble, wanted)| {
            let flags = [*trouble, &[bug]].concat();
            match check(&flags)? {
                Verdict::Holds { .. } => bail!("Spin finds nothing wrong with {flags:?}"),
                Verdict::Fails { what } if what.contains(wanted) => Ok(()),
                Verdict::Fails { what } => bail!("Spin reports with {flags:?}: {what}"),
            }
        })
        .collect::<Result<()>>()?;
    step.done();
    Ok(Report {
        runs: states.len(),
        states: states.iter().sum(),
        planted: PLANTED.len(),
    })
}

enum Verdict {
    Holds { states: u64 },
    Fails { what: String },
}

/// Checks every state of the model with these macros.
fn check(macros: &[&str]) -> Result<Verdict> {
    let folder = tempfile::tempdir()?;
    let mut spin = Command::new("spin");
    spin.arg("-a")
        .args(macros.iter().map(|name| format!("-D{name}")))
        .arg(repo::root().join("tests/proof/lifecycle.pml"))
        .current_dir(folder.path());
    command::output(&mut spin)?;
    // Warnings about the code that Spin generates are of no use.
    let mut gcc = Command::new("gcc");
    gcc.args([
        "-O1",
        "-w",
        "-DCOLLAPSE",
        "-DVECTORSZ=2048",
        "-DMEMLIM=4000",
    ])
    .args(["-o", "pan", "pan.c"])
    .current_dir(folder.path());
    let mut pan = Command::new(folder.path().join("pan"));
    pan.args(["-m1000000", "-w24"]).current_dir(folder.path());
    if macros.contains(&CYCLES) {
        gcc.args(["-DNP", "-DNOFAIR"]);
        pan.arg("-l");
    } else {
        gcc.arg("-DSAFETY");
    }
    command::output(&mut gcc)?;
    let output = command::finished(&mut pan)?;
    let said = String::from_utf8_lossy(&output.stdout);
    let number = |before: &str, after: &str| -> Option<u64> {
        let line = said.lines().find(|line| line.contains(after))?;
        let (_, rest) = line.split_once(before)?;
        rest.split_whitespace().next()?.parse().ok()
    };
    let errors = number("errors: ", "errors: ").with_context(|| format!("Spin printed {said}"))?;
    if errors > 0 {
        let what = said.lines().find(|line| line.starts_with("pan:"));
        return Ok(Verdict::Fails {
            what: what.unwrap_or_default().to_owned(),
        });
    }
    ensure!(
        !said.contains("max search depth too small") && !said.contains("Search not completed"),
        "Spin has not seen all states: {said}"
    );
    let states = number("", "states, stored").with_context(|| format!("Spin printed {said}"))?;
    Ok(Verdict::Holds { states })
}
