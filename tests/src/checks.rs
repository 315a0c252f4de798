// SPDX-License-Identifier: MIT OR Apache-2.0

//! The kernel's checks of replies, run on the host: what they return for
//! replies, whether a case notices when one of them is missing, and whether
//! each branch is taken.

pub mod mgmt;
pub mod mutants;
pub mod pgp;
pub mod verify;

use crate::{command, repo};
use anyhow::{Context, Result, ensure};
use rayon::prelude::*;
use std::borrow::Cow;
use std::fmt;
use std::fs;
use std::io::{Seek, Write};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// The checks of all drivers.
pub const ALL: [Checks; 3] = [mgmt::CHECKS, pgp::CHECKS, verify::CHECKS];

/// Flags with which undefined behaviour and wrong addresses are reported.
pub const WATCHED: [&str; 2] = ["-fsanitize=undefined,address", "-fno-sanitize-recover"];

/// How long the program may run, in seconds. A second is enough.
const RUN_SECONDS: &str = "60";

/// Checks of the kernel, and cases for them.
#[derive(Clone, Copy, Debug)]
pub struct Checks {
    /// The folder of the checks, relative to the repository's root.
    pub folder: &'static str,
    /// The source files in that folder.
    pub sources: &'static [&'static str],
    /// The program around them, in `tests/c/`.
    main: &'static str,
    /// Makes the cases that they are run with.
    cases: fn() -> Result<Cases>,
    /// Mutations without an effect: file and [`mutants::Mutant::change`].
    equivalent: &'static [&'static str],
}

/// The input of the program, and the output that it must print.
#[derive(Clone, Debug, Default)]
pub struct Cases {
    input: Vec<u8>,
    lines: Vec<Line>,
}

/// An expected line: the verdict on a reply, or `-` if it is accepted.
#[derive(Clone, Debug)]
struct Line {
    /// The name of the case, for messages.
    case: String,
    /// The expected verdict; `None` accepts anything but `-`.
    verdict: Option<Cow<'static, str>>,
}

impl Line {
    fn is(&self, said: &str) -> bool {
        match &self.verdict {
            Some(expected) => said == *expected,
            None => said != "-",
        }
    }
}

impl Checks {
    /// Returns the name of the folder.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.folder.rsplit('/').next().unwrap_or(self.folder)
    }

    /// Returns the path of one of the source files.
    #[must_use]
    pub fn path(&self, source: &str) -> PathBuf {
        repo::root().join(self.folder).join(source)
    }

    /// Compiles the checks and the program around them.
    ///
    /// # Errors
    ///
    /// The checks do not compile, or only with a warning.
    pub fn compile(&self, flags: &[&str]) -> Result<Program> {
        self.compile_changed(None, flags)
    }

    /// Compiles them with `changed`, a name and a text, in place of one file.
    fn compile_changed(&self, changed: Option<(&str, &str)>, flags: &[&str]) -> Result<Program> {
        let folder = tempfile::tempdir()?;
        let mut gcc = Command::new("gcc");
        gcc.args(["-std=c11", "-Wall", "-Wextra", "-Werror", "-pedantic"])
            .args(flags)
            .args(["-o", "checks", "-I"])
            .arg(repo::root().join("loader-c/include"))
            .arg("-I")
            .arg(repo::root().join(self.folder))
            .arg(repo::root().join("tests/c").join(self.main))
            .current_dir(folder.path());
        for source in self.sources {
            match changed {
                Some((name, text)) if name == *source => {
                    fs::write(folder.path().join(name), text)?;
                    gcc.arg(name);
                }
                _ => {
                    gcc.arg(self.path(source));
                }
            }
        }
        command::output(&mut gcc)?;
        Ok(Program { folder })
    }

    /// Returns the first wrong verdict on the cases, or how the program fails;
    /// `None` if all verdicts are right.
    ///
    /// # Errors
    ///
    /// The checks do not compile, or the program cannot be started.
    pub fn fault(&self, flags: &[&str]) -> Result<Option<String>> {
        self.compile(flags)?.fault(&(self.cases)()?)
    }

    /// Returns how many branches of each file the cases take, according to
    /// gcov, which comes with gcc.
    ///
    /// # Errors
    ///
    /// The checks do not compile, a verdict is wrong, or gcov fails.
    pub fn branches(&self) -> Result<Vec<Branches>> {
        let program = self.compile(&["--coverage", "-O0"])?;
        let fault = program.fault(&(self.cases)()?)?;
        ensure!(fault.is_none(), "{fault:?}");
        self.sources
            .iter()
            .map(|source| {
                let (taken, all) = program.branches(source)?;
                let file = format!("{}/{source}", self.folder);
                Ok(Branches { file, taken, all })
            })
            .collect()
    }

    /// Runs the cases against each mutation that [`mutants`] makes.
    ///
    /// # Errors
    ///
    /// A file cannot be changed, or a changed file does not compile.
    pub fn changes(&self) -> Result<Changes> {
        let cases = (self.cases)()?;
        let fault = self.compile(&WATCHED)?.fault(&cases)?;
        ensure!(fault.is_none(), "{fault:?}");
        let mut all = Vec::new();
        for source in self.sources {
            let text = fs::read_to_string(self.path(source))?;
            for mutant in mutants::of(&text)? {
                all.push((*source, mutant));
            }
        }
        for change in self.equivalent {
            let before = all.len();
            all.retain(|(source, mutant)| format!("{source}: {}", mutant.change) != *change);
            ensure!(
                all.len() < before,
                "the mutation \"{change}\" no longer exists"
            );
        }
        let name = |source: &str, mutant: &mutants::Mutant| {
            format!("{source}:{}: {}", mutant.line, mutant.change)
        };
        let unnoticed = all
            .par_iter()
            .map(|(source, mutant)| {
                let changed = Some((*source, mutant.source.as_str()));
                // Without a check, what it used may be unused.
                let flags = [&["-w"], &WATCHED[..]].concat();
                let program = self
                    .compile_changed(changed, &flags)
                    .with_context(|| name(source, mutant))?;
                let fault = program.fault(&cases)?;
                Ok(fault.is_none().then(|| name(source, mutant)))
            })
            .collect::<Result<Vec<Option<String>>>>()?;
        Ok(Changes {
            tried: all.len(),
            unnoticed: unnoticed.into_iter().flatten().collect(),
        })
    }
}

/// The result of the mutations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes {
    /// How many mutations were run.
    pub tried: usize,
    /// The mutations that no case notices.
    pub unnoticed: Vec<String>,
}

/// How many branches of a file the cases take.
#[derive(Clone, Debug, PartialEq)]
pub struct Branches {
    /// The file, relative to the repository's root.
    pub file: String,
    /// The branches taken, in per cent, as gcov rounds it.
    pub taken: f64,
    /// How many branches the file has.
    pub all: u32,
}

impl Branches {
    /// Returns whether every branch is taken.
    #[must_use]
    pub fn are_complete(&self) -> bool {
        (self.taken - 100.0).abs() < 0.001
    }
}

impl fmt::Display for Branches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} % of {} branches",
            self.file, self.taken, self.all
        )
    }
}

/// Checks, compiled to a program.
#[derive(Debug)]
pub struct Program {
    folder: TempDir,
}

impl Program {
    /// Runs the program with this input, and returns the lines of its output.
    ///
    /// # Errors
    ///
    /// The program fails.
    pub fn run(&self, input: &[u8]) -> Result<Vec<String>> {
        let (program, output) = self.start(input)?;
        ensure!(
            output.status.success(),
            "{}",
            command::failure(&program, &output)
        );
        lines(output)
    }

    fn start(&self, input: &[u8]) -> Result<(Command, Output)> {
        let mut file = tempfile::tempfile()?;
        file.write_all(input)?;
        file.rewind()?;
        // A mutated loop may never end.
        let mut program = Command::new("timeout");
        program
            .arg(RUN_SECONDS)
            .arg(self.folder.path().join("checks"));
        let output = program.stdin(Stdio::from(file)).output()?;
        Ok((program, output))
    }

    /// Returns how the program fails, or which verdict on the cases is wrong.
    fn fault(&self, cases: &Cases) -> Result<Option<String>> {
        let (program, output) = self.start(&cases.input)?;
        if !output.status.success() {
            return Ok(Some(command::failure(&program, &output)));
        }
        let said = lines(output)?;
        if said.len() != cases.lines.len() {
            return Ok(Some(format!("{} lines", said.len())));
        }
        let wrong = cases
            .lines
            .iter()
            .zip(&said)
            .find(|(line, said)| !line.is(said));
        Ok(wrong.map(|(Line { case, verdict }, said)| {
            let wanted = verdict.as_deref().unwrap_or("a rejection");
            format!("{case}: {said}, not {wanted}")
        }))
    }

    /// Returns which share of a file's branches is taken, in per cent, and how
    /// many branches there are.
    fn branches(&self, source: &str) -> Result<(f64, u32)> {
        let object = format!("checks-{}", source.replace(".c", ".gcno"));
        let mut gcov = Command::new("gcov");
        gcov.args(["--branch-probabilities", &object])
            .current_dir(self.folder.path());
        let text = command::output(&mut gcov)?;
        // "Taken at least once:100.00% of 42"
        let (_, of_file) = text
            .split_once(&format!("/{source}'"))
            .with_context(|| format!("gcov printed {text}"))?;
        let line = of_file
            .lines()
            .find_map(|line| line.strip_prefix("Taken at least once:"));
        let (taken, all) = line
            .and_then(|line| line.split_once("% of "))
            .with_context(|| format!("gcov printed {text}"))?;
        Ok((taken.parse()?, all.parse()?))
    }
}

fn lines(output: Output) -> Result<Vec<String>> {
    let text = String::from_utf8(output.stdout)?;
    Ok(text.lines().map(str::to_owned).collect())
}
