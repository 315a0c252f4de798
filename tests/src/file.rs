// SPDX-License-Identifier: MIT OR Apache-2.0

//! Files that are written whole or not at all, and only if their contents
//! change, so that make and cargo see no change where there is none.

use anyhow::{Context, Result};
use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Writes a file.
///
/// # Errors
///
/// It cannot be written.
pub fn write(path: &Path, contents: &[u8]) -> Result<()> {
    replace(path, contents, 0o644).with_context(|| format!("cannot write {}", path.display()))
}

/// Writes a file that can be executed.
///
/// # Errors
///
/// It cannot be written.
pub fn write_program(path: &Path, contents: &[u8]) -> Result<()> {
    replace(path, contents, 0o755).with_context(|| format!("cannot write {}", path.display()))
}

fn replace(path: &Path, contents: &[u8], mode: u32) -> Result<()> {
    if fs::read(path).is_ok_and(|old| old == contents) {
        return Ok(());
    }
    let folder = path.parent().context("a file has a folder")?;
    let mut file = tempfile::Builder::new()
        .permissions(Permissions::from_mode(mode))
        .tempfile_in(folder)?;
    file.write_all(contents)?;
    file.persist(path)?;
    Ok(())
}
