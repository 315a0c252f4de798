// SPDX-License-Identifier: MIT OR Apache-2.0

//! The repository and its target folder.

use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// The repository's root folder.
///
/// Asked at run time first, so that a program that was built in one clone and
/// started by cargo in another works on the latter.
#[must_use]
pub fn root() -> PathBuf {
    let tests = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    tests.parent().map_or(tests.clone(), Path::to_path_buf)
}

/// The folders whose files are in each guest's `/umd`: `tests/guest`, and `guest`
/// of each driver that has one.
///
/// # Errors
///
/// The drivers' folder cannot be read.
pub fn guest_folders() -> Result<Vec<PathBuf>> {
    let mut folders = vec![root().join("tests/guest")];
    let drivers = root().join("handler/drivers");
    for entry in fs::read_dir(&drivers).with_context(|| drivers.display().to_string())? {
        let folder = entry?.path().join("guest");
        if folder.is_dir() {
            folders.push(folder);
        }
    }
    Ok(folders)
}

/// Cargo's target folder, where everything that is built goes.
///
/// # Errors
///
/// Cargo cannot be asked for it.
pub fn target_dir() -> Result<PathBuf> {
    if let Some(dir) = std::env::var_os("CARGO_TARGET_DIR") {
        // Cargo runs tests in another folder than it was called in.
        return Ok(root().join(dir));
    }
    let metadata = cargo_metadata::MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .exec()
        .context("cargo does not tell the target folder; set CARGO_TARGET_DIR")?;
    Ok(metadata.target_directory.into_std_path_buf())
}
