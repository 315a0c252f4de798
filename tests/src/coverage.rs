// SPDX-License-Identifier: MIT OR Apache-2.0

//! Which code the host tests reach: regions of `umd-abi` and the handler
//! library, by the compiler's own instrumentation, and branches of the kernel's
//! check of replies, by gcov.

use crate::progress::Step;
use crate::reply::{self, Branches};
use crate::{command, repo, setup};
use anyhow::{Context, Result, bail, ensure};
use cargo_metadata::Message;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The tools must be those of the compiler's LLVM, which rustup does not bring.
const PROGRAMS: [setup::Program; 2] = [("llvm-profdata-22", "llvm-22"), ("llvm-cov-22", "llvm-22")];

/// What is not measured: other crates, files of tests alone, and the ordinary
/// program around a handler, which is for debuggers.
const IGNORED: &str = "registry/|rustc/|/tests.rs|/pgp/tests/|/fake.rs|/program/hosted.rs";

/// Regions that nothing can reach, because the code must not panic: where an
/// index is always in range, `get` wants an answer for when it is not. One more
/// is reached, but by another instance of a generic function than the one with
/// most regions, which is all that llvm-cov looks at.
///
/// In the OpenPGP handler there are also buffers that are always long enough,
/// and what has been read once without a fault and is read again.
const UNREACHABLE: [(&str, u32); 10] = [
    ("handler/src/pgp.rs", 4),
    ("handler/src/pgp/bytes.rs", 1),
    ("handler/src/pgp/certificate.rs", 2),
    ("handler/src/pgp/der.rs", 1),
    ("handler/src/pgp/key.rs", 2),
    ("handler/src/pgp/packet.rs", 1),
    ("handler/src/pgp/reply.rs", 2),
    ("handler/src/pgp/signature.rs", 1),
    ("handler/src/pgp/subpacket.rs", 1),
    ("handler/src/serve.rs", 6),
];

/// The regions of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Regions {
    /// The file, from the repository's root.
    pub file: String,
    /// How many there are.
    pub all: u32,
    /// How many no test reaches.
    pub missed: u32,
}

/// All that was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// By file.
    pub rust: Vec<Regions>,
    /// Of `loader-c/mgmt/reply.c`.
    pub reply: Branches,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Regions { file, all, missed } in &self.rust {
            writeln!(f, "{file}: {} of {all} regions", all - missed)?;
        }
        let all: u32 = self.rust.iter().map(|file| file.all).sum();
        let missed: u32 = self.rust.iter().map(|file| file.missed).sum();
        writeln!(
            f,
            "all of these: {} of {all} regions, the others cannot be reached",
            all - missed
        )?;
        writeln!(f, "loader-c/mgmt/reply.c: {}", self.reply)
    }
}

/// Runs the unit tests with instrumentation and the kernel's check with its
/// cases.
///
/// # Errors
///
/// A test fails, or something that can be reached is not; or the tools cannot
/// be installed.
pub fn measure() -> Result<Report> {
    setup::install(&PROGRAMS)?;
    let step = Step::start("measuring the coverage");
    let folder = tempfile::tempdir()?;
    let programs = run_tests(folder.path())?;
    let data = folder.path().join("merged");
    let mut merge = Command::new("llvm-profdata-22");
    merge.args(["merge", "--sparse", "--output"]).arg(&data);
    for entry in fs::read_dir(folder.path())? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "profraw") {
            merge.arg(path);
        }
    }
    command::output(&mut merge)?;
    let mut report = Command::new("llvm-cov-22");
    report
        .args(["report", "--instr-profile"])
        .arg(&data)
        .arg(format!("--ignore-filename-regex={IGNORED}"));
    for program in &programs {
        report.arg("--object").arg(program);
    }
    report.current_dir(repo::root());
    let rust = files(&command::output(&mut report)?)?;
    for Regions { file, missed, .. } in &rust {
        let allowed = UNREACHABLE.iter().find(|(name, _)| name == file);
        let allowed = allowed.map_or(0, |(_, regions)| *regions);
        if *missed > allowed {
            bail!("{file}: {missed} regions are not reached, {allowed} cannot be");
        }
    }
    let reply = reply::branches()?;
    step.done();
    Ok(Report { rust, reply })
}

/// Builds and runs the unit tests; returns the programs.
fn run_tests(profiles: &Path) -> Result<Vec<PathBuf>> {
    let mut cargo = Command::new("cargo");
    cargo
        .args(["test", "--locked", "--lib", "--no-run", "--quiet"])
        .args(["--package", "umd-abi", "--package", "umd-handler"])
        // So that nothing that runs during the build is instrumented.
        .args(["--target", "x86_64-unknown-linux-gnu", "--target-dir"])
        .arg(repo::target_dir()?.join("coverage"))
        .arg("--message-format=json-render-diagnostics")
        .env("CARGO_ENCODED_RUSTFLAGS", "-Cinstrument-coverage")
        .current_dir(repo::root());
    let said = command::output(&mut cargo)?;
    let mut programs = Vec::new();
    for message in Message::parse_stream(said.as_bytes()) {
        if let Message::CompilerArtifact(artifact) = message? {
            programs.extend(artifact.executable.map(PathBuf::from));
        }
    }
    ensure!(programs.len() == 2, "{programs:?}");
    for (number, program) in programs.iter().enumerate() {
        let mut tests = Command::new(program);
        let profile = profiles.join(format!("{number}.profraw"));
        tests.arg("--quiet").env("LLVM_PROFILE_FILE", profile);
        command::output(&mut tests)?;
    }
    Ok(programs)
}

/// The table's rows: file, regions, missed regions, ...
fn files(table: &str) -> Result<Vec<Regions>> {
    let mut files = Vec::new();
    for line in table.lines().filter(|line| line.contains(".rs ")) {
        let mut columns = line.split_whitespace();
        let mut next = || columns.next().with_context(|| line.to_owned());
        files.push(Regions {
            file: next()?.to_owned(),
            all: next()?.parse()?,
            missed: next()?.parse()?,
        });
    }
    ensure!(!files.is_empty(), "llvm-cov says {table}");
    Ok(files)
}
