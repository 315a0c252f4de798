// SPDX-License-Identifier: MIT OR Apache-2.0

//! Downloads and builds that are kept: a folder of entries, each with versions.
//!
//! `ENTRY/VERSION/` appears whole or not at all (a version is built beside and
//! renamed), and the file `ENTRY/current` names the version to use. An
//! interrupted command therefore leaves nothing half done, and a second run
//! needs no network.

use crate::{Result, file};
use anyhow::Context;
use std::fs::{self, File, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A cache, whose folder belongs to this crate's functions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cache {
    folder: PathBuf,
}

/// A lock that is held until it is dropped, or the process ends in any way.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "held, not used")] File);

/// Takes the lock file at `path`. If another process holds the lock, a message
/// names `holder`, which is waited for.
///
/// # Errors
///
/// The file cannot be made or locked.
pub fn lock(path: &Path, holder: &str) -> Result<Lock> {
    take(path, holder, File::try_lock, File::lock)
}

/// As [`lock`], but shared with all callers of this function.
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

impl Cache {
    /// The cache in `folder`, which is made if need be.
    ///
    /// # Errors
    ///
    /// The folder cannot be made.
    pub fn open(folder: &Path) -> Result<Self> {
        let folder = std::path::absolute(folder)?;
        fs::create_dir_all(&folder)
            .with_context(|| format!("cannot make the cache folder {}", folder.display()))?;
        Ok(Self { folder })
    }

    /// The folder of the cache.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The version of an entry that is to be used, if the entry has one.
    #[must_use]
    pub fn current(&self, entry: &str) -> Option<PathBuf> {
        let entry = self.folder.join(entry);
        let version = fs::read_to_string(entry.join("current")).ok()?;
        let version = entry.join(version.trim());
        version.is_dir().then_some(version)
    }

    /// Makes `version` of an entry, and has this version used from now on. `build`
    /// fills a folder that will be renamed to its second argument. A version that
    /// is there already is not built again.
    ///
    /// # Errors
    ///
    /// `build` fails, or the folder cannot be written.
    pub fn publish(
        &self,
        entry: &str,
        version: &str,
        build: impl FnOnce(&Path, &Path) -> Result<()>,
    ) -> Result<PathBuf> {
        let entry = self.folder.join(entry);
        let version_dir = entry.join(version);
        let _lock = lock(&entry.join("lock"), "another set-up")?;
        if !version_dir.is_dir() {
            let temporary = unfinished(&entry)?;
            build(temporary.path(), &version_dir)?;
            finish(temporary, &version_dir)?;
        }
        file::write(&entry.join("current"), version.as_bytes())?;
        Ok(version_dir)
    }
}

/// How the folders are called in which versions are being built.
const UNFINISHED: &str = "new-";

/// A folder to build a version of an entry in, whose lock is held. The folders of
/// processes that were killed are removed first: a kernel's source is large.
fn unfinished(entry: &Path) -> Result<TempDir> {
    for folder in fs::read_dir(entry)? {
        let folder = folder?;
        if folder.file_name().to_string_lossy().starts_with(UNFINISHED) {
            fs::remove_dir_all(folder.path())?;
        }
    }
    Ok(tempfile::Builder::new()
        .prefix(UNFINISHED)
        .tempdir_in(entry)?)
}

fn finish(folder: TempDir, version: &Path) -> Result<()> {
    // `tempfile` makes folders that only their owner can enter.
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755))?;
    fs::rename(folder.keep(), version)?;
    Ok(())
}
