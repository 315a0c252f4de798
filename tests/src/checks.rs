// SPDX-License-Identifier: MIT OR Apache-2.0

//! The kernel's checks of replies on the host: what they say of replies,
//! whether a case notices each of them, and whether each branch is taken.

pub mod mgmt;
pub mod mutants;
pub mod pgp;

use crate::{command, repo};
use anyhow::{Context, Result, ensure};
use rayon::prelude::*;
use std::fmt;
use std::fs;
use std::io::{Seek, Write};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// All of them.
pub const ALL: [Checks; 2] = [mgmt::CHECKS, pgp::CHECKS];

/// With undefined behaviour and wrong addresses reported.
pub const WATCHED: [&str; 2] = ["-fsanitize=undefined,address", "-fno-sanitize-recover"];

/// How long the program may run, of which a second is enough.
const RUN_SECONDS: &str = "60";

/// Checks, and cases for them.
#[derive(Clone, Copy, Debug)]
pub struct Checks {
    /// Their folder, from the repository's root.
    pub folder: &'static str,
    /// Their source files in it.
    pub sources: &'static [&'static str],
    /// The program around them, in `tests/c/`.
    main: &'static str,
    /// What they are tried with.
    cases: fn() -> Result<Cases>,
    /// Changes that change nothing: file and [`mutants::Mutant::change`].
    equivalent: &'static [&'static str],
}

/// What the program reads, and must then print.
#[derive(Clone, Debug, Default)]
pub struct Cases {
    input: Vec<u8>,
    lines: Vec<Line>,
}

/// What a line must be: the verdict on one reply, or `-` if it is accepted.
#[derive(Clone, Debug)]
struct Line {
    /// For messages.
    case: String,
    /// `None`: anything but `-`.
    verdict: Option<&'static str>,
}

impl Line {
    fn is(&self, said: &str) -> bool {
        self.verdict
            .map_or(said != "-", |expected| said == expected)
    }
}

impl Checks {
    /// The path of one of the files.
    #[must_use]
    pub fn path(&self, source: &str) -> PathBuf {
        repo::root().join(self.folder).join(source)
    }

    /// Compiles them.
    ///
    /// # Errors
    ///
    /// They do not compile without a warning.
    pub fn compile(&self, flags: &[&str]) -> Result<Program> {
        self.compile_changed(None, flags)
    }

    /// The same, with another text instead of one file.
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

    /// Whether they say of all cases what they should; else what not.
    ///
    /// # Errors
    ///
    /// They do not compile, or the program fails.
    pub fn fault(&self, flags: &[&str]) -> Result<Option<String>> {
        self.compile(flags)?.fault(&(self.cases)()?)
    }

    /// How many of the branches of each file the cases take, by gcov, which
    /// comes with gcc.
    ///
    /// # Errors
    ///
    /// It cannot be run.
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

    /// Tries the changes that [`mutants`] makes.
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
                "there is no change \"{change}\" any more"
            );
        }
        let name = |source: &str, mutant: &mutants::Mutant| {
            format!("{source}:{}: {}", mutant.line, mutant.change)
        };
        let unnoticed = all
            .par_iter()
            .map(|(source, mutant)| {
                let changed = Some((*source, mutant.source.as_str()));
                // What a check that is gone has used may be left unused.
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

/// What came of changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes {
    /// How many there were.
    pub tried: usize,
    /// Those that no case notices.
    pub unnoticed: Vec<String>,
}

/// How many of the branches of a file the cases take.
#[derive(Clone, Debug, PartialEq)]
pub struct Branches {
    /// From the repository's root.
    pub file: String,
    /// In per cent, as gcov rounds it.
    pub taken: f64,
    /// How many there are.
    pub all: u32,
}

impl Branches {
    /// Whether there is none that is not taken.
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

/// Checks, as a program.
#[derive(Debug)]
pub struct Program {
    folder: TempDir,
}

impl Program {
    /// The lines that it prints of this input.
    ///
    /// # Errors
    ///
    /// It fails.
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
        // A changed loop may have no end.
        let mut program = Command::new("timeout");
        program
            .arg(RUN_SECONDS)
            .arg(self.folder.path().join("checks"));
        let output = program.stdin(Stdio::from(file)).output()?;
        Ok((program, output))
    }

    /// What is wrong with what it says of the cases, or that it fails.
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
            format!("{case}: {said}, not {}", verdict.unwrap_or("a refusal"))
        }))
    }

    /// Those of one source that are taken, in per cent, and how many there are.
    fn branches(&self, source: &str) -> Result<(f64, u32)> {
        let object = format!("checks-{}", source.replace(".c", ".gcno"));
        let mut gcov = Command::new("gcov");
        gcov.args(["--branch-probabilities", &object])
            .current_dir(self.folder.path());
        let text = command::output(&mut gcov)?;
        // "Taken at least once:100.00% of 42"
        let (_, of_file) = text
            .split_once(&format!("/{source}'"))
            .with_context(|| format!("gcov says {text}"))?;
        let line = of_file
            .lines()
            .find_map(|line| line.strip_prefix("Taken at least once:"));
        let (taken, all) = line
            .and_then(|line| line.split_once("% of "))
            .with_context(|| format!("gcov says {text}"))?;
        Ok((taken.parse()?, all.parse()?))
    }
}

fn lines(output: Output) -> Result<Vec<String>> {
    let text = String::from_utf8(output.stdout)?;
    Ok(text.lines().map(str::to_owned).collect())
}
