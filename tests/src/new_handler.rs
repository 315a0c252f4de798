// SPDX-License-Identifier: MIT OR Apache-2.0

//! Handlers that are added to a copy of the sources, as the README tells it.

use crate::{command, repo};
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use umd_build::handlers;
use umd_build::workspace::Workspace;

/// Copies to `clone` what `cargo handlers` needs of the repository.
///
/// # Errors
///
/// A file cannot be copied.
pub fn copy_sources(clone: &Path) -> Result<()> {
    let sources = [
        "Cargo.toml",
        "Cargo.lock",
        "rust-toolchain.toml",
        "linker.ld",
        "abi",
        "handler",
        "tests",
    ];
    let mut copy = Command::new("cp");
    copy.arg("-r");
    copy.args(sources.map(|name| repo::root().join(name)));
    command::output(copy.arg(clone))?;
    Ok(())
}

/// Adds `tests/SOURCE` to a copy of the sources below `folder`, and builds it.
/// Returns the ELF file.
///
/// # Errors
///
/// It does not build.
pub fn build(source: &str, folder: &Path) -> Result<PathBuf> {
    let clone = folder.join("clone");
    fs::create_dir(&clone)?;
    copy_sources(&clone)?;

    let source = repo::root().join("tests").join(source);
    let file = source.file_name().context("it is a folder")?;
    let bins = clone.join("handler/drivers/pgp/src/bin");
    fs::copy(&source, bins.join(file))?;
    let mut workspace = Workspace::find(&clone)?;
    workspace.target = folder.join("output");
    handlers::build_driver(&workspace, workspace.driver("pgp")?)?
        .into_iter()
        .find(|handler| {
            source
                .file_stem()
                .is_some_and(|stem| stem == &*handler.name)
        })
        .map(|handler| handler.path)
        .context("the new handler was not built")
}
