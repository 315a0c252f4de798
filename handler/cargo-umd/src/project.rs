// SPDX-License-Identifier: MIT OR Apache-2.0

//! The workspace of the current folder, and the library that its drivers are built with.

use crate::carried;
use anyhow::{Context, Result, ensure};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use umd_build::workspace::Workspace;
use umd_vm::cache::Cache;

/// The workspace of the current folder, which has a driver.
pub(crate) fn find() -> Result<Workspace> {
    let workspace = Workspace::find(Path::new("."))?;
    ensure!(
        workspace
            .drivers
            .iter()
            .any(|driver| !driver.handlers.is_empty()),
        "no crate of {} is a driver: begin with cargo umd new, or give a crate with a binary \
         the build dependency umd-build",
        workspace.root.display()
    );
    Ok(workspace)
}

/// The folder `loader-c` that goes with the crates of `workspace`: beside `umd-abi` in a
/// copy, a clone or a checkout of the repository. Crates of a registry come without: then
/// the folder is the one that this program carries.
pub(crate) fn library(workspace: &Workspace) -> Result<PathBuf> {
    let (folder, version) = workspace
        .package("umd-abi")
        .context("the driver does not depend on umd-abi")?;
    let beside = folder.join("../loader-c");
    if beside.is_dir() {
        return Ok(beside);
    }
    let own = env!("CARGO_PKG_VERSION");
    ensure!(
        version == own,
        "the driver uses umd-abi {version}, and this is cargo umd {own}: run cargo install \
         cargo-umd --version {version}"
    );
    let name = format!("umd-{own}-{}", fingerprint());
    carried::library(&Cache::of_user()?.folder().join(name))
}

/// A number of what is carried, so that a program with other files uses its own.
fn fingerprint() -> String {
    // Another build of the same version is to be told apart, not an attacker.
    let mut hasher = DefaultHasher::new();
    carried::files(&carried::REPOSITORY).hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}
