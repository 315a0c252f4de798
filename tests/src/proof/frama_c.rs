// SPDX-License-Identifier: MIT OR Apache-2.0

//! Code that looks at hostile bytes under Frama-C: Eva follows any input through a file,
//! WP proves the contracts of `tests/proof/`.

use crate::checks::{Checks, mgmt, pgp};
use crate::progress::Step;
use crate::{command, repo, setup};
use anyhow::{Context, Result, ensure};
use std::fmt;
use std::fs;
use std::path::Path;
use std::process::Command;

const PROGRAMS: [setup::Program; 3] = [("frama-c", "frama-c-base"), ("why3", "why3"), ("z3", "z3")];

/// A file that the kernel compiles, and its contracts in `tests/proof/`, of equal name.
struct Subject {
    checks: &'static Checks,
    file: &'static str,
    /// What Eva says when the contracts' `anything()` has reached all of the file.
    reached: &'static str,
    /// The functions with a contract.
    functions: &'static str,
    /// Planted bugs: original text, replacement, and the analysis that must fail.
    planted: &'static [(&'static str, &'static str, Analysis)],
}

const SUBJECTS: [Subject; 2] = [
    Subject {
        checks: &mgmt::CHECKS,
        file: "reply.c",
        reached: "(out of 4): 100% coverage",
        functions: "umd_reply_max,umd_reply_check,umd_hello_check",
        planted: &[
            (
                "reply->id != sent->id",
                "reply->id != sent[1].id",
                Analysis::Eva,
            ),
            (
                "reply->flags || reply->reserved",
                "reply->flags",
                Analysis::Wp,
            ),
            ("return 0;", "return 1;", Analysis::Wp),
        ],
    },
    Subject {
        checks: &pgp::CHECKS,
        file: "frame.c",
        reached: "statements reached (out of 108): 100% coverage",
        functions: "pgp_frame_read,pgp_frame_read_new,pgp_frame_read_old,pgp_frame_next",
        planted: &[
            ("if (left < 3)", "if (left < 2)", Analysis::Eva),
            ("if (left < frame->head)", "if (!left)", Analysis::Wp),
            (
                "frame->len > len - *at - frame->head",
                "frame->len > len - *at",
                Analysis::Wp,
            ),
        ],
    },
];

/// The time limit of a goal: more than any takes on a busy machine.
const SECONDS: u32 = 120;
/// The time limit of a goal that cannot be proved.
const SECONDS_PLANTED: u32 = 5;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Analysis {
    Eva,
    Wp,
}

/// The results of the proof of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The name of the file.
    pub file: &'static str,
    /// How many goals WP has proved, which are all goals.
    pub goals: u32,
    /// How many planted bugs were found, which are all of them.
    pub planted: usize,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: no alarm for any input, {} of {} goals proved, {} planted bugs found",
            self.file, self.goals, self.goals, self.planted
        )
    }
}

/// Installs Frama-C if it is missing, and runs it on each file.
///
/// # Errors
///
/// Frama-C cannot be installed, does not prove what it should, or proves what
/// it should not.
pub fn run() -> Result<Vec<Report>> {
    setup::install(&PROGRAMS)?;
    let folder = tempfile::tempdir()?;
    let why3 = folder.path().join("why3.conf");
    let mut detect = Command::new("why3");
    detect.arg("-C").arg(&why3).args(["config", "detect"]);
    command::output(&mut detect)?;
    let prove = |subject| prove(subject, folder.path(), &why3);
    SUBJECTS.iter().map(prove).collect()
}

fn prove(subject: &Subject, folder: &Path, why3: &Path) -> Result<Report> {
    let file = subject.file;
    let step = Step::start(format!("proving {file}"));
    let source = fs::read_to_string(subject.checks.path(file))?;
    let copy = folder.join(subject.checks.name());
    fs::create_dir_all(&copy)?;
    let frama_c = |analysis, text: &str, seconds| -> Result<Outcome> {
        fs::write(copy.join(file), text)?;
        analyse(subject, folder, why3, analysis, seconds)
    };
    let eva = frama_c(Analysis::Eva, &source, SECONDS)?;
    ensure!(eva.is_proved, "Eva, {file}: {}", eva.said);
    let wp = frama_c(Analysis::Wp, &source, SECONDS)?;
    ensure!(wp.is_proved, "WP, {file}: {}", wp.said);
    for &(from, to, analysis) in subject.planted {
        let planted = source.replace(from, to);
        ensure!(planted != source, "{file} no longer has \"{from}\"");
        let outcome = frama_c(analysis, &planted, SECONDS_PLANTED)?;
        ensure!(
            !outcome.is_proved,
            "{analysis:?} finds nothing wrong with \"{to}\""
        );
    }
    step.done();
    Ok(Report {
        file,
        goals: wp.goals,
        planted: subject.planted.len(),
    })
}

struct Outcome {
    is_proved: bool,
    goals: u32,
    said: String,
}

/// Analyses the contracts of a file, with the copy of the file in `folder`.
fn analyse(
    subject: &Subject,
    folder: &Path,
    why3: &Path,
    analysis: Analysis,
    seconds: u32,
) -> Result<Outcome> {
    let loader = repo::root().join("loader-c");
    let mut frama_c = Command::new("frama-c");
    frama_c.args(["-c11", "-machdep", "gcc_x86_64"]);
    // The system's headers are searched last; Frama-C has no __int128.
    let arguments = [
        format!("-I{}", folder.display()),
        format!("-I{}", loader.join(subject.checks.name()).display()),
        format!("-I{}", loader.join("include").display()),
        "-idirafter/usr/include".to_owned(),
        "-idirafter/usr/include/x86_64-linux-gnu".to_owned(),
        "-U__SIZEOF_INT128__".to_owned(),
    ];
    frama_c.args(arguments.map(|argument| format!("-cpp-extra-args={argument}")));
    match analysis {
        Analysis::Eva => frama_c.args(["-eva", "-eva-precision", "3", "-main", "anything"]),
        Analysis::Wp => frama_c
            .args(["-wp", "-wp-rte", "-wp-prover", "z3"])
            .arg(format!("-wp-timeout={seconds}"))
            .arg(format!("-wp-fct={}", subject.functions)),
    };
    frama_c
        .arg(repo::root().join("tests/proof").join(subject.file))
        .env("WHY3CONFIG", why3);
    let said = command::output(&mut frama_c)?;
    match analysis {
        Analysis::Eva => Ok(Outcome {
            is_proved: [
                subject.reached,
                "No errors or warnings raised during the analysis",
                "0 alarms generated by the analysis",
            ]
            .iter()
            .all(|line| said.contains(line)),
            goals: 0,
            said,
        }),
        Analysis::Wp => {
            let line = said.lines().find_map(|line| {
                let (_, goals) = line.split_once("Proved goals:")?;
                goals.split_once('/')
            });
            let (proved, goals) = line.with_context(|| format!("Frama-C printed {said}"))?;
            let goals = goals.trim().parse()?;
            Ok(Outcome {
                is_proved: proved.trim().parse() == Ok(goals),
                goals,
                said,
            })
        }
    }
}
