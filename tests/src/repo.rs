// SPDX-License-Identifier: MIT OR Apache-2.0

//! The repository and its target folder.

use anyhow::Result;
use std::path::{Path, PathBuf};
use umd_build::workspace::Workspace;

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

/// The workspace of this repository.
///
/// # Errors
///
/// Cargo cannot be asked for it.
pub fn workspace() -> Result<Workspace> {
    Workspace::find(&root())
}

/// Cargo's target folder, where everything that is built goes.
///
/// # Errors
///
/// Cargo cannot be asked for it.
pub fn target_dir() -> Result<PathBuf> {
    Ok(workspace()?.target)
}

/// The folders whose files are in each guest's `/umd`: `tests/guest`, and `guest`
/// of each driver that has one.
///
/// # Errors
///
/// Cargo cannot be asked for the drivers.
pub fn guest_folders() -> Result<Vec<PathBuf>> {
    let workspace = workspace()?;
    let of_drivers = workspace.drivers.iter();
    let of_drivers = of_drivers.map(|driver| driver.folder.join("guest"));
    let mut folders = vec![root().join("tests/guest")];
    folders.extend(of_drivers.filter(|folder| folder.is_dir()));
    Ok(folders)
}
