// SPDX-License-Identifier: MIT OR Apache-2.0

//! Files that are written whole or not at all, and only if their contents
//! change, so that make and cargo see no change where there is none.

use crate::Result;
use anyhow::Context;
use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Writes a file.
///
/// # Errors
///
/// The file cannot be written.
pub fn write(path: &Path, contents: &[u8]) -> Result<()> {
    write_with_mode(path, contents, 0o644)
}

/// Writes a file that can be executed.
///
/// # Errors
///
/// The file cannot be written.
pub fn write_program(path: &Path, contents: &[u8]) -> Result<()> {
    write_with_mode(path, contents, 0o755)
}

fn write_with_mode(path: &Path, contents: &[u8], mode: u32) -> Result<()> {
    replace(path, contents, mode).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(())
}

fn replace(path: &Path, contents: &[u8], mode: u32) -> Result<()> {
    if fs::read(path).is_ok_and(|old| old == contents) {
        return Ok(());
    }
    let folder = path.parent().unwrap_or(Path::new("/"));
    let mut file = tempfile::Builder::new()
        .permissions(Permissions::from_mode(mode))
        .tempfile_in(folder)?;
    file.write_all(contents)?;
    file.persist(path)?;
    Ok(())
}
