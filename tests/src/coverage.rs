// SPDX-License-Identifier: MIT OR Apache-2.0

//! Which code the host tests reach: regions of `umd-abi`, the handler library and
//! the drivers, by cargo-llvm-cov, and branches of the kernel's checks of replies, by
//! gcov.

use crate::checks::{self, Branches};
use crate::progress::Step;
use crate::{cargo_tool, command, repo};
use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const VERSION: &str = "0.9.1";

/// The files that are not measured, beside other crates and tests, which
/// cargo-llvm-cov leaves out by itself: a pretended channel, and the ordinary program
/// around a handler, which is for debuggers.
const IGNORED: &str = "/fake.rs|/program/hosted.rs";

/// The crates that are measured beside the drivers: package and folder.
const CORE: [(&str, &str); 2] = [("umd-abi", "abi"), ("umd-handler", "handler")];

/// The file in the folder of a crate that says which of its regions nothing can
/// reach.
const UNREACHABLE: &str = "unreachable.toml";

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
    let crates = crates()?;
    let rust = files(&export(&crates)?)?;
    check(&rust, unreachable(&crates)?)?;
    let mut checks = Vec::new();
    for one in checks::ALL {
        checks.extend(one.branches()?);
    }
    Ok(Report { rust, checks })
}

/// A crate that is measured.
struct Measured {
    package: String,
    folder: PathBuf,
}

/// The core's crates, and those of all drivers.
fn crates() -> Result<Vec<Measured>> {
    let workspace = repo::workspace()?;
    let core = CORE.map(|(package, folder)| Measured {
        package: package.to_owned(),
        folder: workspace.root.join(folder),
    });
    let drivers = workspace.drivers.into_iter().map(|driver| Measured {
        package: driver.package,
        folder: driver.folder,
    });
    Ok(core.into_iter().chain(drivers).collect())
}

/// How many regions of each file nothing can reach, as the crates' folders say.
fn unreachable(crates: &[Measured]) -> Result<BTreeMap<String, u32>> {
    let root = repo::root();
    let mut all = BTreeMap::new();
    for Measured { folder, .. } in crates {
        let list = folder.join(UNREACHABLE);
        if !list.exists() {
            continue;
        }
        let text = fs::read_to_string(&list)?;
        let files: BTreeMap<String, u32> =
            toml::from_str(&text).with_context(|| list.display().to_string())?;
        let below = folder.strip_prefix(&root)?;
        let named = |(file, regions)| (below.join(file).display().to_string(), regions);
        all.extend(files.into_iter().map(named));
    }
    Ok(all)
}

/// Fails unless exactly the `unreachable` regions are missed.
fn check(rust: &[Regions], mut unreachable: BTreeMap<String, u32>) -> Result<()> {
    for Regions { file, missed, .. } in rust {
        let allowed = unreachable.remove(file).unwrap_or_default();
        if *missed != allowed {
            bail!("{file}: {missed} regions are not reached, but {allowed} cannot be");
        }
    }
    let others: Vec<_> = unreachable.keys().collect();
    ensure!(others.is_empty(), "{others:?} were not measured");
    Ok(())
}

/// Runs the unit tests by cargo-llvm-cov. Returns the findings of llvm-cov.
fn export(crates: &[Measured]) -> Result<String> {
    let mut tools = Command::new("rustup");
    command::output(tools.args(["component", "add", "llvm-tools"]))?;
    let program = cargo_tool::get("cargo-llvm-cov", VERSION)?;
    let step = Step::start("measuring the coverage");
    let mut measure = Command::new(program);
    measure
        .args(["llvm-cov", "--json", "--locked", "--lib", "--quiet"])
        .args(crates.iter().flat_map(|one| ["--package", &*one.package]))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn regions(file: &str, missed: u32) -> Regions {
        Regions {
            file: file.to_owned(),
            all: 100,
            missed,
        }
    }

    #[test]
    fn exactly_what_cannot_be_reached_may_be_missed() {
        let check = |missed| {
            let unreachable = BTreeMap::from([("a.rs".to_owned(), 2)]);
            check(&[regions("a.rs", missed), regions("b.rs", 0)], unreachable)
        };
        check(2).unwrap();
        let said = |missed| check(missed).unwrap_err().to_string();
        assert_eq!(said(1), "a.rs: 1 regions are not reached, but 2 cannot be");
        assert_eq!(said(3), "a.rs: 3 regions are not reached, but 2 cannot be");
        let gone = BTreeMap::from([("gone.rs".to_owned(), 1)]);
        let error = super::check(&[regions("b.rs", 0)], gone).unwrap_err();
        assert_eq!(error.to_string(), "[\"gone.rs\"] were not measured");
    }

    #[test]
    fn each_crate_names_files_that_it_has() {
        let unreachable = unreachable(&crates().unwrap()).unwrap();
        assert!(unreachable.contains_key("handler/src/serve.rs"));
        for file in unreachable.keys() {
            assert!(repo::root().join(file).is_file(), "{file}");
        }
    }
}
