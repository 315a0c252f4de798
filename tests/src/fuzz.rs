// SPDX-License-Identifier: MIT OR Apache-2.0

//! Builds and runs the fuzzers: those of the contract in `tests/fuzz/`, and those
//! of each driver in its folder `fuzz`.
//!
//! Each starts from the inputs in the folder `corpus` of its crate and from what
//! earlier runs have found, which stays in the target folder.

use crate::progress::Step;
use crate::{command, repo, setup};
use anyhow::{Context, Result, bail, ensure};
use cargo_metadata::MetadataCommand;
use rayon::prelude::*;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use umd_build::Target;
use umd_build::fuzz::{FEATURE, RUSTFLAGS};

/// How long the short run is, as in a continuous integration.
pub const SHORT: Duration = Duration::from_mins(1);

/// With what the fuzzers are built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tools {
    /// With what every machine has.
    Present,
    /// With clang, so that libFuzzer sees the C part too, and with
    /// `AddressSanitizer` if there is a nightly toolchain that has it.
    Best,
}

/// A fuzzer.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Fuzzer {
    name: String,
    package: String,
    /// The folder of what it starts from.
    seeds: PathBuf,
}

/// Programs that can be run.
#[derive(Debug)]
pub struct Fuzzers {
    all: Vec<Fuzzer>,
    folder: PathBuf,
    /// Whether `AddressSanitizer` watches them.
    pub watched: bool,
}

/// What a run did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The fuzzer's name.
    pub name: String,
    /// How many inputs it has run.
    pub inputs: u64,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} inputs", self.name, self.inputs)
    }
}

/// All fuzzers of the workspace, by name: the binaries that need [`FEATURE`].
fn find() -> Result<Vec<Fuzzer>> {
    let metadata = MetadataCommand::new()
        .manifest_path(repo::root().join("Cargo.toml"))
        .no_deps()
        .exec()
        .context("cargo does not tell what fuzzers there are")?;
    let mut all = Vec::new();
    for package in metadata.packages {
        let folder = package.manifest_path.parent();
        let corpus = folder.context("a manifest is in a folder")?.join("corpus");
        let targets = package.targets.iter();
        for target in targets.filter(|t| t.required_features.iter().any(|f| f == FEATURE)) {
            all.push(Fuzzer {
                name: target.name.clone(),
                package: package.name.to_string(),
                seeds: corpus.join(&target.name).into(),
            });
        }
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    ensure!(!all.is_empty(), "there is no fuzzer");
    Ok(all)
}

/// Builds all fuzzers.
///
/// # Errors
///
/// They do not build, or clang cannot be installed.
pub fn build(tools: Tools) -> Result<Fuzzers> {
    let watched = tools == Tools::Best && has_address_sanitizer();
    let all = find()?;
    let triple = Target::host()
        .context("no fuzzer can be built here")?
        .triple;
    let mut flags = RUSTFLAGS.map(str::to_owned).to_vec();
    let folder = repo::target_dir()?.join("fuzz");
    let mut target = folder.join("build");
    let mut cargo = Command::new("cargo");
    cargo.current_dir(repo::root());
    if watched {
        target = folder.join("build-address");
        flags.push("-Zsanitizer=address".to_owned());
        cargo.env("RUSTUP_TOOLCHAIN", "nightly");
    }
    // libFuzzer is C++, which gcc alone does not compile.
    setup::install(&[("c++", "g++")])?;
    if tools == Tools::Best {
        setup::install(&[("clang", "clang")])?;
    }
    if command::find("clang").is_some() {
        cargo.env("CC", "clang");
    }
    cargo
        .args(["build", "--locked", "--quiet", "--release"])
        .args(["--features", FEATURE, "--bins"])
        .args(all.iter().flat_map(|one| ["--package", &*one.package]))
        .args(["--target", triple, "--target-dir"])
        .arg(&target)
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
    let step = Step::start("building the fuzzers");
    command::output(&mut cargo)?;
    step.done();
    Ok(Fuzzers {
        all,
        folder: target.join(triple).join("release"),
        watched,
    })
}

/// Whether there is a nightly toolchain with `AddressSanitizer`. (On the pinned
/// one it cannot be turned on.)
fn has_address_sanitizer() -> bool {
    let mut rustc = Command::new("rustc");
    rustc
        .env("RUSTUP_TOOLCHAIN", "nightly")
        .args(["--print", "target-libdir"]);
    command::output(&mut rustc).is_ok_and(|folder| {
        Path::new(folder.trim())
            .join("librustc-nightly_rt.asan.a")
            .is_file()
    })
}

impl Fuzzers {
    /// Runs those that are named, or all if none is, for `time` each, as many at
    /// once as there are processors.
    ///
    /// # Errors
    ///
    /// There is none of a name, or one has found an input for which something does not hold; the message
    /// says what, and where the input is.
    pub fn run(&self, names: &[String], time: Duration) -> Result<Vec<Report>> {
        let (chosen, names) = self.chosen(names)?;
        let step = Step::start(format!(
            "fuzzing {} for {} s each",
            names.join(", "),
            time.as_secs()
        ));
        let reports = chosen
            .par_iter()
            .map(|fuzzer| self.run_one(fuzzer, time))
            .collect::<Result<_>>()?;
        step.done();
        Ok(reports)
    }

    /// The fuzzers that are named, or all if none is, and their names.
    fn chosen(&self, names: &[String]) -> Result<(Vec<&Fuzzer>, Vec<&str>)> {
        let all: Vec<&str> = self.all.iter().map(|fuzzer| &*fuzzer.name).collect();
        for name in names {
            ensure!(
                all.contains(&name.as_str()),
                "no fuzzer is named {name}; those that are: {}",
                all.join(", ")
            );
        }
        let is_chosen = |fuzzer: &&Fuzzer| names.is_empty() || names.contains(&fuzzer.name);
        let chosen: Vec<&Fuzzer> = self.all.iter().filter(is_chosen).collect();
        let names = chosen.iter().map(|fuzzer| &*fuzzer.name).collect();
        Ok((chosen, names))
    }

    fn run_one(&self, fuzzer: &Fuzzer, time: Duration) -> Result<Report> {
        let Fuzzer { name, seeds, .. } = fuzzer;
        let folder = repo::target_dir()?.join("fuzz");
        let found = folder.join("corpus").join(name);
        let artifacts = folder.join("artifacts");
        fs::create_dir_all(&found)?;
        fs::create_dir_all(&artifacts)?;
        ensure!(seeds.is_dir(), "no seeds in {}", seeds.display());
        let mut command = Command::new(self.folder.join(name));
        command
            .arg(format!("-max_total_time={}", time.as_secs()))
            .arg(format!("-artifact_prefix={}/{name}-", artifacts.display()))
            .args(["-print_final_stats=1", "-timeout=10", "-max_len=4096"])
            .args([&found, seeds]);
        let output = command::finished(&mut command)?;
        let said = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            bail!("the fuzzer {name} has found something:\n{}", tail(&said));
        }
        let inputs = said
            .lines()
            .find_map(|line| line.strip_prefix("stat::number_of_executed_units:"))
            .and_then(|number| number.trim().parse().ok())
            .with_context(|| format!("the fuzzer {name} does not say what it did"))?;
        Ok(Report {
            name: name.clone(),
            inputs,
        })
    }
}

/// What a fuzzer said from where it found something.
fn tail(said: &str) -> &str {
    let marks = ["panicked at", "ERROR:", "SUMMARY:"];
    let begin = marks.iter().filter_map(|mark| said.find(mark)).min();
    &said[begin.unwrap_or_default()..]
}
