// SPDX-License-Identifier: MIT OR Apache-2.0

//! `loader-c/mgmt/reply.c` on the host: what it says of replies, whether a
//! test notices each of its checks, and whether each branch is tested.

pub mod cases;
pub mod mutants;

use crate::{command, repo};
use anyhow::{Context, Result, ensure};
use std::fmt;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;
use umd_fuzz::reply::Record;
use zerocopy::IntoBytes;

/// The file that is tested.
#[must_use]
pub fn source() -> PathBuf {
    repo::root().join("loader-c/mgmt/reply.c")
}

/// What is wrong with a record's reply, and with its answer to HELLO; `-` for
/// nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict(pub String, pub String);

impl Verdict {
    /// That of two checks.
    #[must_use]
    pub fn new(reply: Option<&str>, hello: Option<&str>) -> Self {
        Self(
            reply.unwrap_or("-").to_owned(),
            hello.unwrap_or("-").to_owned(),
        )
    }
}

/// A program that has the checks of one source file.
#[derive(Debug)]
pub struct Program {
    folder: TempDir,
}

impl Program {
    /// Compiles `source`, which is [`source`] or a changed copy.
    ///
    /// # Errors
    ///
    /// It does not compile without a warning.
    pub fn compile(source: &Path, flags: &[&str]) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let root = repo::root();
        let object = |source: &Path, flags: &[&str], name: &str| {
            let mut gcc = Command::new("gcc");
            gcc.args(["-std=c11", "-Wall", "-Wextra", "-Werror", "-pedantic"])
                .args(flags)
                .arg("-I")
                .arg(root.join("loader-c/include"))
                .arg("-I")
                .arg(root.join("loader-c/mgmt"))
                .args(["-c", "-o", name])
                .arg(source)
                .current_dir(folder.path());
            command::output(&mut gcc)
        };
        object(source, flags, "reply.o")?;
        object(&root.join("tests/c/reply.c"), &[], "main.o")?;
        let mut gcc = Command::new("gcc");
        gcc.args(flags)
            .args(["-o", "reply", "reply.o", "main.o"])
            .current_dir(folder.path());
        command::output(&mut gcc)?;
        Ok(Self { folder })
    }

    /// What its checks say of each of `records`.
    ///
    /// # Errors
    ///
    /// The program fails.
    pub fn verdicts(&self, records: &[Record]) -> Result<Vec<Verdict>> {
        let mut input = tempfile::tempfile()?;
        input.write_all(records.as_bytes())?;
        std::io::Seek::rewind(&mut input)?;
        let output = Command::new(self.folder.path().join("reply"))
            .stdin(Stdio::from(input))
            .stderr(Stdio::inherit())
            .output()?;
        ensure!(output.status.success(), "{}", output.status);
        let text = String::from_utf8(output.stdout)?;
        let lines: Vec<&str> = text.lines().collect();
        let verdicts: Vec<_> = lines
            .chunks_exact(2)
            .map(|pair| Verdict(pair[0].to_owned(), pair[1].to_owned()))
            .collect();
        ensure!(verdicts.len() == records.len(), "{text}");
        Ok(verdicts)
    }

    /// Whether its checks say of all cases what they should; else what not.
    ///
    /// # Errors
    ///
    /// The program fails.
    pub fn fault(&self) -> Result<Option<String>> {
        let cases = cases::all();
        let records: Vec<Record> = cases.iter().map(|case| case.record).collect();
        let verdicts = self.verdicts(&records)?;
        let differs = cases
            .iter()
            .zip(&verdicts)
            .find(|(case, verdict)| case.expected != **verdict);
        Ok(differs.map(|(case, verdict)| format!("{case:?}: {verdict:?}")))
    }
}

/// How many of the branches the cases take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Branches {
    /// In per cent, as gcov rounds it.
    pub taken: f64,
    /// How many there are.
    pub all: u32,
}

impl fmt::Display for Branches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} % of {} branches", self.taken, self.all)
    }
}

/// Measures the branches with gcov, which comes with gcc.
///
/// # Errors
///
/// It cannot be run.
pub fn branches() -> Result<Branches> {
    let program = Program::compile(&source(), &["--coverage", "-O0"])?;
    program.fault()?;
    let mut gcov = Command::new("gcov");
    gcov.args(["--branch-probabilities", "reply.o"])
        .current_dir(program.folder.path());
    let text = command::output(&mut gcov)?;
    // "Taken at least once:100.00% of 42"; no header has any code.
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("Taken at least once:"));
    let (taken, all) = line
        .and_then(|line| line.split_once("% of "))
        .with_context(|| format!("gcov says {text}"))?;
    Ok(Branches {
        taken: taken.parse()?,
        all: all.parse()?,
    })
}

/// Which of the changes that [`mutants`] makes no case notices.
///
/// # Errors
///
/// A changed file does not compile, or there are fewer changes than checks.
pub fn unnoticed() -> Result<(usize, Vec<String>)> {
    let text = fs::read_to_string(source())?;
    let all = mutants::of(&text)?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("mutant.c");
    let mut left = Vec::new();
    for mutant in &all {
        fs::write(&file, &mutant.source)?;
        // A check that is gone may leave what it used unused.
        let program = Program::compile(&file, &["-w"]).with_context(|| mutant.change.clone())?;
        if program.fault()?.is_none() {
            left.push(mutant.change.clone());
        }
    }
    Ok((all.len(), left))
}
