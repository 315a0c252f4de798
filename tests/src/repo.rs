// SPDX-License-Identifier: MIT OR Apache-2.0

//! The repository and its target folder.

use anyhow::Result;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
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

/// The workspace of this repository. Cargo is asked once in a process.
///
/// # Errors
///
/// Cargo cannot be asked for it.
pub fn workspace() -> Result<Workspace> {
    static FOUND: OnceLock<Workspace> = OnceLock::new();
    if let Some(workspace) = FOUND.get() {
        return Ok(workspace.clone());
    }
    let workspace = Workspace::find(&root())?;
    Ok(FOUND.get_or_init(|| workspace).clone())
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
