// SPDX-License-Identifier: MIT OR Apache-2.0

//! The models `tests/proof/*.pml` under Spin.
//!
//! A model with all kinds of trouble at once has too many states. Each kind
//! therefore has a run of its own, and so has each combination that interacts.

use crate::progress::Step;
use crate::{command, repo, setup};
use anyhow::{Context, Result, bail, ensure};
use rayon::prelude::*;
use std::fmt;
use std::process::Command;

const PROGRAMS: [setup::Program; 2] = [("spin", "spin"), ("gcc", "gcc")];

/// Requests and workers, from their first step to their end.
const LIFECYCLE: &str = "lifecycle.pml";
/// Users, and which of them gets which worker.
const USERS: &str = "users.pml";
/// How a driver gets its binary.
const LOADING: &str = "loading.pml";

/// The model and the trouble that concurrent calls meet in each run.
const RUNS: [(&str, &[&str]); 47] = [
    (LIFECYCLE, &["KILLS=1"]),
    (LIFECYCLE, &["KILLS=1", "IDEMPOTENT=1"]),
    (LIFECYCLE, &["FAULTS=1"]),
    (LIFECYCLE, &["KILLS=1", "FAULTS=1", "START_LIMIT=1"]),
    (LIFECYCLE, &["HANGS=1"]),
    (LIFECYCLE, &["STOPS=1"]),
    (LIFECYCLE, &["LATE=1"]),
    (LIFECYCLE, &["SIGNALS=1"]),
    (LIFECYCLE, &["ABORT", "MAX_WORKERS=1"]),
    (LIFECYCLE, &["STOP", "MAX_WORKERS=1"]),
    (LIFECYCLE, &["UNLOAD", "MAX_WORKERS=1", "CALLS=2"]),
    (LIFECYCLE, &["UNLOAD", "KILLS=1", "MAX_WORKERS=1"]),
    (LIFECYCLE, &["UNLOAD", "HANGS=1", "MAX_WORKERS=1"]),
    (LIFECYCLE, &["STOP", "KILLS=1", "MAX_WORKERS=1"]),
    (LIFECYCLE, &["KILLS=1", "MAX_WORKERS=1", CYCLES]),
    (USERS, &["HANG=1", "PRESENT", "CALLS=2"]),
    (USERS, &[THREE, "HANG=2", "PRESENT"]),
    (USERS, &[THREE, "HANG=2", "PRESENT", PER_USER]),
    (USERS, &[THREE, "HANG=2", "PRESENT", PER_REQUEST]),
    (USERS, &[THREE, "HANG=1", "CRASHES=1"]),
    (USERS, &["CRASHES=3"]),
    (USERS, &["CRASHES=1", "HANGS=1", PER_USER]),
    (USERS, &["HANGS=2"]),
    (USERS, &["SIGNALS=1", PER_USER]),
    (USERS, &["FAULTS=2"]),
    (USERS, &["FAULTS=2", PER_USER]),
    (USERS, &["RESOURCES=2", PER_USER]),
    (USERS, &[THREE, "HANG=1", "RESOURCES=1"]),
    (USERS, &["LOOKS=1", "USERS=3", PER_USER]),
    (USERS, &["FLOOD", "USERS=3", "PRESENT", "CALLS=2"]),
    (USERS, &["FLOOD", "USERS=3", "PRESENT", "CALLS=2", PER_USER]),
    (USERS, &["SPARE=1", "FAULTS=1", PER_REQUEST]),
    (LOADING, &["FAILS=2", "NOTHING=2", "CALLS=2"]),
    (LOADING, &["HANGS=1", "CALLS=2"]),
    (LOADING, &["LATE=1", "SIGNALS=1", "CALLS=2"]),
    (LOADING, &["FAULTS=1", "CALLS=2"]),
    (LOADING, &["ABORT", "HANGS=1"]),
    (LOADING, &["STOP", "STAYS", "HANGS=2"]),
    (LOADING, &["STOP", "HANGS=1"]),
    (LOADING, &["STOP", "FAULTS=1"]),
    (LOADING, &["STOP", "CALLS=2"]),
    (LOADING, &["STOP", "UNLOAD"]),
    (LOADING, &["UNLOAD", "CALLS=2"]),
    (LOADING, &["UNLOAD", "HAND"]),
    (LOADING, &["HAND", "FAILS=1"]),
    (LOADING, &["SUSPEND", "STAYS", "HANGS=2"]),
    (LOADING, &["SUSPEND", "FAILS=1"]),
];

/// Three users, the first of the others with two callers, and as many workers.
const THREE: &str = "USERS=3 CALLERS=4 MAX_WORKERS=3";
const PER_USER: &str = "ISOLATION=UMD_PER_USER";
const PER_REQUEST: &str = "ISOLATION=UMD_PER_REQUEST";

/// Also searches for cycles, with more than twice the work. The model has no
/// cycle without progress: such a cycle would be a call that does not end.
const CYCLES: &str = "CYCLES";

/// The messages of Spin.
const DEADLOCK: &str = "invalid end state";
const WRONG: &str = "assertion violated";
const CYCLE: &str = "non-progress cycle";

/// A model, a bug, the trouble in which it must be found, and the message that
/// Spin must print.
type Planted = (
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static str,
);

/// `SECURITY.md` names those that were once in the code.
const PLANTED: [Planted; 27] = [
    (LIFECYCLE, "BUG_NO_WAKE", &[], DEADLOCK),
    (
        LIFECYCLE,
        "BUG_WAKE_STAYS",
        &["MAX_WORKERS=1", CYCLES],
        CYCLE,
    ),
    (LIFECYCLE, "BUG_NO_KICK", &["KILLS=1"], DEADLOCK),
    (
        LIFECYCLE,
        "BUG_PUT_BACK_KEEPS_WORKER",
        &["KILLS=1", "IDEMPOTENT=1"],
        WRONG,
    ),
    (LIFECYCLE, "BUG_ENDS_TWICE", &["SIGNALS=1"], WRONG),
    (LIFECYCLE, "BUG_COPY_IGNORED", &["SIGNALS=1"], WRONG),
    (LIFECYCLE, "BUG_NO_CANCEL", &["UNLOAD"], WRONG),
    (
        LIFECYCLE,
        "BUG_QUEUE_LEFT_IN_BACKOFF",
        &["KILLS=1", "FAULTS=1", "START_LIMIT=1"],
        DEADLOCK,
    ),
    (
        LIFECYCLE,
        "BUG_STOP_IS_REPORTED_LATE",
        &["STOP", "MAX_WORKERS=1"],
        WRONG,
    ),
    (USERS, "BUG_NO_ROOM", &["HANG=1", "PRESENT"], DEADLOCK),
    (USERS, "BUG_NO_POLL", &[THREE, "HANG=1"], DEADLOCK),
    (USERS, "BUG_LIMIT_LEAVES_QUEUE", &["CRASHES=2"], WRONG),
    (USERS, "BUG_START_REPLACES", &[PER_USER], WRONG),
    (USERS, "BUG_IS_NOT_USED_UP", &[PER_REQUEST], WRONG),
    (USERS, "BUG_NO_REST", &["SPARE=1", PER_REQUEST], WRONG),
    (
        USERS,
        "BUG_ALONE_IS_FOR_ALL",
        &["LOOKS=1", "USERS=3", PER_USER],
        WRONG,
    ),
    (
        USERS,
        "BUG_REFUSED_IS_PRESENT",
        &[THREE, "HANG=1", "CRASHES=1"],
        DEADLOCK,
    ),
    (USERS, "BUG_OTHERS_COUNT", &["FAULTS=1", PER_USER], DEADLOCK),
    (
        USERS,
        "BUG_BACKOFF_ENDS_UNSEEN",
        &[THREE, "HANG=1", "FAULTS=1"],
        DEADLOCK,
    ),
    (
        USERS,
        "BUG_CALLED_STAYS",
        &["FLOOD", "USERS=3", "PRESENT", PER_USER],
        WRONG,
    ),
    (LOADING, "BUG_SLEEPS_LATE", &[], DEADLOCK),
    (
        LOADING,
        "BUG_FLUSHES_LATE",
        &["STOP", "STAYS", "HANGS=2"],
        DEADLOCK,
    ),
    (
        LOADING,
        "BUG_SIGNAL_COMES_FIRST",
        &["STOP", "STAYS", "HANGS=2"],
        DEADLOCK,
    ),
    (
        LOADING,
        "BUG_SIGNAL_COMES_FIRST",
        &["SUSPEND", "STAYS", "HANGS=2"],
        DEADLOCK,
    ),
    (LOADING, "BUG_UNLOAD_IS_QUIET", &["UNLOAD"], DEADLOCK),
    (LOADING, "BUG_FAILS_LATE", &["HAND", "FAILS=1"], WRONG),
    (LOADING, "BUG_STOPPED_LOAD_COUNTS", &["STOP"], WRONG),
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
            "models: {} runs, all of their {} states hold, {} planted bugs found",
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
    let step = Step::start("checking the models");
    let states: Vec<u64> = RUNS
        .par_iter()
        .map(|(model, flags)| match check(model, flags, "-O1")? {
            Verdict::Holds { states } => Ok(states),
            Verdict::Fails { what } => bail!("{model} fails with {flags:?}: {what}"),
        })
        .collect::<Result<_>>()?;
    PLANTED
        .par_iter()
        .map(|(model, bug, trouble, wanted)| {
            let flags = [*trouble, &[bug]].concat();
            match check(model, &flags, "-O0")? {
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

/// Checks every state of a model with these macros, some of which are several.
/// The search for a planted bug takes less time than to optimize that search.
fn check(model: &str, macros: &[&str], optimize: &str) -> Result<Verdict> {
    let folder = tempfile::tempdir()?;
    let mut spin = Command::new("spin");
    spin.arg("-a")
        .args(
            macros
                .iter()
                .flat_map(|names| names.split(' '))
                .map(|name| format!("-D{name}")),
        )
        .arg(repo::root().join("tests/proof").join(model))
        .current_dir(folder.path());
    command::output(&mut spin)?;
    // Warnings about the code that Spin generates are of no use.
    let mut gcc = Command::new("gcc");
    gcc.args([
        optimize,
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
