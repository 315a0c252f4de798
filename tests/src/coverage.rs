// SPDX-License-Identifier: MIT OR Apache-2.0

//! Which code the host tests reach: regions of `umd-abi` and the handler
//! library, by the compiler's own instrumentation, and branches of the kernel's
//! checks of replies, by gcov.

use crate::checks::{self, Branches};
use crate::progress::Step;
use crate::{command, repo, setup};
use anyhow::{Context, Result, bail, ensure};
use cargo_metadata::Message;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The tools must be those of the compiler's LLVM, which rustup does not bring.
const PROGRAMS: [setup::Program; 2] = [("llvm-profdata-22", "llvm-22"), ("llvm-cov-22", "llvm-22")];

/// What is not measured: other crates, files of tests alone, and the ordinary
/// program around a handler, which is for debuggers.
const IGNORED: &str = "registry/|rustc/|/tests.rs|/src/tests/|/fake.rs|/program/hosted.rs";

/// Regions that nothing can reach, because the code must not panic: where an
/// index is always in range, `get` wants an answer for when it is not.
///
/// In the OpenPGP handler there are also buffers that are always long enough,
/// and what has been read once without a fault and is read again.
const UNREACHABLE: [(&str, u32); 10] = [
    ("handler/drivers/pgp/src/lib.rs", 4),
    ("handler/drivers/pgp/src/bytes.rs", 1),
    ("handler/drivers/pgp/src/certificate.rs", 2),
    ("handler/drivers/pgp/src/der.rs", 1),
    ("handler/drivers/pgp/src/key.rs", 2),
    ("handler/drivers/pgp/src/packet.rs", 1),
    ("handler/drivers/pgp/src/reply.rs", 1),
    ("handler/drivers/pgp/src/signature.rs", 1),
    ("handler/drivers/pgp/src/subpacket.rs", 1),
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
    /// Of the kernel's checks, by file.
    pub checks: Vec<Branches>,
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
        for branches in &self.checks {
            writeln!(f, "{branches}")?;
        }
        Ok(())
    }
}

/// Runs the unit tests with instrumentation and the kernel's checks with their
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
    let mut export = Command::new("llvm-cov-22");
    export
        .args(["export", "--skip-expansions", "--instr-profile"])
        .arg(&data)
        .arg(format!("--ignore-filename-regex={IGNORED}"));
    for program in &programs {
        export.arg("--object").arg(program);
    }
    export.current_dir(repo::root());
    let rust = files(&command::output(&mut export)?)?;
    for Regions { file, missed, .. } in &rust {
        let allowed = UNREACHABLE.iter().find(|(name, _)| name == file);
        let allowed = allowed.map_or(0, |(_, regions)| *regions);
        if *missed != allowed {
            bail!("{file}: {missed} regions are not reached, but {allowed} cannot be");
        }
    }
    let mut checks = Vec::new();
    for one in checks::ALL {
        checks.extend(one.branches()?);
    }
    step.done();
    Ok(Report { rust, checks })
}

/// Builds and runs the unit tests; returns the programs.
fn run_tests(profiles: &Path) -> Result<Vec<PathBuf>> {
    let mut cargo = Command::new("cargo");
    cargo
        .args(["test", "--locked", "--lib", "--no-run", "--quiet"])
        .args(["--package", "umd-abi", "--package", "umd-handler"])
        .args(["--package", "umd-pgp", "--package", "umd-sample"])
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
    ensure!(programs.len() == 4, "{programs:?}");
    for (number, program) in programs.iter().enumerate() {
        let mut tests = Command::new(program);
        let profile = profiles.join(format!("{number}.profraw"));
        tests.arg("--quiet").env("LLVM_PROFILE_FILE", profile);
        command::output(&mut tests)?;
    }
    Ok(programs)
}

/// What llvm-cov exports, so far as it is of use here.
#[derive(Deserialize)]
struct Export {
    data: Vec<Exported>,
}

#[derive(Deserialize)]
struct Exported {
    /// Those that are not ignored.
    files: Vec<ExportedFile>,
    functions: Vec<Function>,
}

#[derive(Deserialize)]
struct ExportedFile {
    filename: String,
}

/// One instance of a function.
#[derive(Deserialize)]
struct Function {
    filenames: Vec<String>,
    regions: Vec<Region>,
}

/// First line and column, last line and column, how often it was reached, its
/// file's number, that of an expansion, and its kind.
#[derive(Deserialize)]
struct Region(u32, u32, u32, u32, u64, usize, IgnoredAny, u32);

impl Region {
    /// The kind of a region that is neither skipped nor between others.
    const CODE: u32 = 0;
}

/// The regions of each file. One that any instance of a generic function reaches
/// is reached.
fn files(json: &str) -> Result<Vec<Regions>> {
    let export: Export = serde_json::from_str(json).context("llvm-cov")?;
    let mut reached: BTreeMap<String, BTreeMap<[u32; 4], bool>> = BTreeMap::new();
    for exported in export.data {
        let wanted: BTreeSet<_> = exported
            .files
            .into_iter()
            .map(|file| file.filename)
            .collect();
        for function in exported.functions {
            for Region(line, column, last, end, count, file, _, kind) in function.regions {
                let name = function.filenames.get(file).context("a file's number")?;
                if kind == Region::CODE && wanted.contains(name) {
                    let regions = reached.entry(name.clone()).or_default();
                    *regions.entry([line, column, last, end]).or_default() |= count > 0;
                }
            }
        }
    }
    ensure!(!reached.is_empty(), "llvm-cov says {json}");
    let root = repo::root();
    reached
        .into_iter()
        .map(|(file, regions)| {
            let file = Path::new(&file).strip_prefix(&root)?;
            let missed = regions.values().filter(|reached| !**reached).count();
            Ok(Regions {
                file: file.display().to_string(),
                all: u32::try_from(regions.len())?,
                missed: u32::try_from(missed)?,
            })
        })
        .collect()
}
