// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo umd test` and `cargo umd fuzz`.

use crate::{handlers, project};
use anyhow::{Context, Result, ensure};
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use umd_build::Target;
use umd_build::fuzz::{FEATURE, RUSTFLAGS};
use umd_build::workspace::Workspace;
use umd_vm::cache::Cache;
use umd_vm::programs;

/// Arguments of `cargo umd test`.
#[derive(Debug, clap::Args)]
pub(crate) struct TestArgs {
    /// Arguments of cargo test
    #[arg(last = true)]
    arguments: Vec<OsString>,
}

/// Arguments of `cargo umd fuzz`.
#[derive(Debug, clap::Args)]
pub(crate) struct FuzzArgs {
    /// How long each fuzzer runs
    #[arg(long, value_name = "S", default_value_t = 60)]
    seconds: u64,
}

/// `cargo umd test`.
pub(crate) fn test(args: &TestArgs) -> Result<ExitCode> {
    let workspace = project::find()?;
    handlers::ensure_headers(&workspace)?;
    handlers::build(&workspace)?;
    let mut cargo = Command::new("cargo");
    cargo
        .args(["test", "--workspace"])
        .args(&args.arguments)
        .env("UMD_HANDLERS", workspace.handlers_dir())
        .current_dir(&workspace.root);
    finish(&mut cargo)
}

/// `cargo umd fuzz`. The fuzzer begins with the files of `fuzz/corpus/NAME` of the driver;
/// the inputs that a run has found stay in the target folder.
pub(crate) fn fuzz(args: &FuzzArgs) -> Result<ExitCode> {
    let workspace = project::find()?;
    let fuzzers = fuzzers(&workspace);
    ensure!(
        !fuzzers.is_empty(),
        "no driver of {} has a crate in its folder fuzz",
        workspace.root.display()
    );
    // libFuzzer is C++.
    programs::install(&Cache::of_user()?, &[("c++", "g++")])?;
    for name in fuzzers {
        let found = workspace.target.join("fuzz").join(&name);
        fs::create_dir_all(&found).with_context(|| format!("cannot make {}", found.display()))?;
        let mut fuzzer = Command::new(build_fuzzer(&workspace, &name)?);
        fuzzer
            .arg(&found)
            .arg(format!("-max_total_time={}", args.seconds))
            .arg(format!("-artifact_prefix={}/crash-", found.display()));
        let seeds = workspace
            .driver(&name)?
            .folder
            .join("fuzz/corpus")
            .join(&name);
        fuzzer.args(seeds.is_dir().then_some(seeds));
        let code = finish(&mut fuzzer)?;
        if code != ExitCode::SUCCESS {
            return Ok(code);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Builds the fuzzer of the driver `name`, and returns the program.
fn build_fuzzer(workspace: &Workspace, name: &str) -> Result<PathBuf> {
    let target = Target::host().context("no fuzzer can be built for this processor")?;
    let folder = workspace.target.join("fuzz-build");
    let mut cargo = Command::new("cargo");
    cargo
        .args(["build", "--release", "--features", FEATURE, "--bin", name])
        .args(["--package", &format!("umd-{}-fuzz", name)])
        .args(["--target", target.triple, "--target-dir"])
        .arg(&folder)
        .env("CARGO_ENCODED_RUSTFLAGS", RUSTFLAGS.join("\u{1f}"))
        .current_dir(&workspace.root);
    let status = cargo.status().context("cannot start cargo")?;
    ensure!(
        status.success(),
        "the fuzzer {name} does not build, see above"
    );
    Ok(folder.join(target.triple).join("release").join(name))
}

/// The names of the drivers with a fuzzer.
fn fuzzers(workspace: &Workspace) -> Vec<String> {
    let drivers = workspace.drivers.iter();
    let with = drivers.filter(|driver| driver.folder.join("fuzz/Cargo.toml").is_file());
    with.map(|driver| driver.name()).collect()
}

/// Runs a program whose failure is this one's.
fn finish(program: &mut Command) -> Result<ExitCode> {
    let status = program.status();
    let status = status.with_context(|| format!("cannot start {:?}", program.get_program()))?;
    Ok(ExitCode::from(u8::from(!status.success())))
}
