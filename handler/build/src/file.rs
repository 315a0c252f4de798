// SPDX-License-Identifier: MIT OR Apache-2.0

//! Files that are written whole or not at all, and only if their contents
//! change, so that make and cargo see no change where there is none.

use anyhow::{Context, Result};
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Writes a file.
pub(crate) fn write(path: &Path, contents: &[u8]) -> Result<()> {
    replace(path, contents, 0o644).with_context(|| format!("cannot write {}", path.display()))
}

/// Writes a file that can be executed.
pub(crate) fn write_program(path: &Path, contents: &[u8]) -> Result<()> {
    replace(path, contents, 0o755).with_context(|| format!("cannot write {}", path.display()))
}

fn replace(path: &Path, contents: &[u8], mode: u32) -> Result<()> {
    if fs::read(path).is_ok_and(|old| old == contents) {
        return Ok(());
    }
    // Two builds may write the same file at a time, be it in one process.
    let mut fresh = path.as_os_str().to_owned();
    let thread = std::thread::current().id();
    fresh.push(format!(".{}-{thread:?}.new", std::process::id()));
    let written = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(mode)
        .open(&fresh)
        .and_then(|mut file| file.write_all(contents))
        .and_then(|()| fs::rename(&fresh, path));
    if written.is_err() {
        // The error that is returned says more.
        let _ = fs::remove_file(&fresh);
    }
    Ok(written?)
}
