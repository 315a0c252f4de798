// SPDX-License-Identifier: MIT OR Apache-2.0

//! What is downloaded once and kept: a folder of entries, each with versions.
//!
//! `ENTRY/VERSION/` appears whole or not at all (it is built beside and
//! renamed), and the file `ENTRY/current` names the version to use. So a
//! command that was interrupted leaves nothing half done, and a second run
//! needs no network.

use crate::file;
use anyhow::{Context, Result, bail};
use std::fs::{self, File, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// The cache folder: `UMD_CACHE_DIR`, else `umd` in the user's cache folder.
///
/// # Errors
///
/// Neither `UMD_CACHE_DIR`, `XDG_CACHE_HOME` nor `HOME` is set, or the folder
/// cannot be made.
pub fn dir() -> Result<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let dir = if let Some(dir) = set("UMD_CACHE_DIR") {
        PathBuf::from(dir)
    } else if let Some(dir) = set("XDG_CACHE_HOME") {
        Path::new(&dir).join("umd")
    } else if let Some(home) = set("HOME") {
        Path::new(&home).join(".cache/umd")
    } else {
        bail!("no cache folder: set UMD_CACHE_DIR to a folder that can be written");
    };
    let dir = std::path::absolute(dir)?;
    fs::create_dir_all(&dir).with_context(|| {
        format!(
            "cannot make the cache folder {}; set UMD_CACHE_DIR to one that can be written",
            dir.display()
        )
    })?;
    Ok(dir)
}

/// A lock that is held until it is dropped, or the process ends in any way.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "held, not used")] File);

/// Takes the lock file at `path`; says what it waits for if another process
/// holds it.
///
/// # Errors
///
/// The file cannot be made or locked.
pub fn lock(path: &Path, holder: &str) -> Result<Lock> {
    take(path, holder, File::try_lock, File::lock)
}

/// As [`lock`], but shared with all who take it by this function.
///
/// # Errors
///
/// The file cannot be made or locked.
pub fn lock_shared(path: &Path, holder: &str) -> Result<Lock> {
    take(path, holder, File::try_lock_shared, File::lock_shared)
}

fn take(
    path: &Path,
    holder: &str,
    try_lock: fn(&File) -> Result<(), TryLockError>,
    lock: fn(&File) -> io::Result<()>,
) -> Result<Lock> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .with_context(|| format!("cannot make the lock file {}", path.display()))?;
    match try_lock(&file) {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            eprintln!("waiting for {holder} to end ...");
            lock(&file)?;
        }
        Err(TryLockError::Error(error)) => return Err(error.into()),
    }
    Ok(Lock(file))
}

/// How the folders are called in which versions are being built.
const UNFINISHED: &str = "new-";

/// Removes what a process that was killed has left in an entry, whose lock is
/// held: a kernel's source is large.
fn remove_unfinished(entry: &Path) -> Result<()> {
    for folder in fs::read_dir(entry)? {
        let folder = folder?;
        if folder.file_name().to_string_lossy().starts_with(UNFINISHED) {
            fs::remove_dir_all(folder.path())?;
        }
    }
    Ok(())
}

/// The version of an entry that is to be used, if it has one.
///
/// # Errors
///
/// There is no cache folder.
pub fn current(entry: &str) -> Result<Option<PathBuf>> {
    let entry = dir()?.join(entry);
    let Ok(version) = fs::read_to_string(entry.join("current")) else {
        return Ok(None);
    };
    let version = entry.join(version.trim());
    Ok(version.is_dir().then_some(version))
}

/// Makes `version` of an entry and the one to be used. `build` fills a
/// folder that will be renamed to its second argument; it is not called when
/// the version is there already.
///
/// # Errors
///
/// Those of `build`, or the folder cannot be written.
pub fn publish(
    entry: &str,
    version: &str,
    build: impl FnOnce(&Path, &Path) -> Result<()>,
) -> Result<PathBuf> {
    let entry = dir()?.join(entry);
    let version_dir = entry.join(version);
    let _lock = lock(&entry.join("lock"), "another set-up")?;
    if !version_dir.is_dir() {
        remove_unfinished(&entry)?;
        let temporary = tempfile::Builder::new()
            .prefix(UNFINISHED)
            .tempdir_in(&entry)?;
        build(temporary.path(), &version_dir)?;
        // `tempfile` makes folders that only their owner can enter.
        fs::set_permissions(temporary.path(), Permissions::from_mode(0o755))?;
        fs::rename(temporary.keep(), &version_dir)?;
    }
    file::write(&entry.join("current"), version.as_bytes())?;
    Ok(version_dir)
}
