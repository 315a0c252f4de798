// SPDX-License-Identifier: MIT OR Apache-2.0

//! Which code the host tests reach: regions of `umd-abi` and the handler
//! library, by cargo-llvm-cov, and branches of the kernel's checks of replies, by
//! gcov.

use crate::checks::{self, Branches};
use crate::progress::Step;
use crate::{cargo_tool, command, repo};
use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;
use std::process::Command;

const VERSION: &str = "0.9.1";

/// The files that are not measured, beside other crates and tests, which
/// cargo-llvm-cov leaves out by itself: a pretended channel, and the ordinary program
/// around a handler, which is for debuggers.
const IGNORED: &str = "/fake.rs|/program/hosted.rs";

/// Regions that nothing can reach, because the code must not panic: where an
/// index is always in range, `get` wants an answer for when it is not.
///
/// In the OpenPGP handler there are also buffers that are always long enough, and
/// data that have been read once without a fault and are read again.
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
/// A test fails, a region that can be reached is not reached, or the tools cannot
/// be installed.
pub fn measure() -> Result<Report> {
    let rust = files(&export()?)?;
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
    Ok(Report { rust, checks })
}

/// Runs the unit tests by cargo-llvm-cov. Returns the findings of llvm-cov.
fn export() -> Result<String> {
    let mut tools = Command::new("rustup");
    command::output(tools.args(["component", "add", "llvm-tools"]))?;
    let program = cargo_tool::get("cargo-llvm-cov", VERSION)?;
    let step = Step::start("measuring the coverage");
    let mut measure = Command::new(program);
    measure
        .args(["llvm-cov", "--json", "--locked", "--lib", "--quiet"])
        .args(["--package", "umd-abi", "--package", "umd-handler"])
        .args(["--package", "umd-pgp", "--package", "umd-sample"])
        .args(["--ignore-filename-regex", IGNORED])
        .current_dir(repo::root());
    let found = command::output(&mut measure)?;
    step.done();
    Ok(found)
}

/// The export of llvm-cov, with the fields that are of use here.
#[derive(Deserialize)]
struct Export {
    data: Vec<Exported>,
}

#[derive(Deserialize)]
struct Exported {
    /// The files that are not ignored.
    files: Vec<ExportedFile>,
    functions: Vec<Function>,
}

#[derive(Deserialize)]
struct ExportedFile {
    filename: String,
}

/// An instance of a function.
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

/// The regions of each file. A region that any instance of a generic function
/// reaches is reached; cargo-llvm-cov's own summary counts the best instance.
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
