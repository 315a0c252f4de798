// SPDX-License-Identifier: MIT OR Apache-2.0

//! Drivers that `cargo umd new` makes, outside of this workspace.

use crate::{command, repo};
use anyhow::Result;
use std::path::{Path, PathBuf};
use std::process::Command;

/// `cargo umd` of this repository in `folder`.
#[must_use]
pub fn umd(folder: &Path, arguments: &[&str]) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.args(["run", "--quiet", "--locked", "--package", "cargo-umd"]);
    cargo
        .arg("--manifest-path")
        .arg(repo::root().join("Cargo.toml"));
    cargo
        .args(["--", "umd"])
        .args(arguments)
        .current_dir(folder);
    cargo
}

/// Makes the driver `name` in `folder`. Returns the driver's folder.
///
/// # Errors
///
/// `cargo umd` fails.
pub fn new(folder: &Path, name: &str) -> Result<PathBuf> {
    command::output(&mut umd(folder, &["new", name]))?;
    Ok(folder.join(name))
}
