// SPDX-License-Identifier: MIT OR Apache-2.0

//! Downloads and builds that are kept: a folder of entries, each with versions.
//!
//! `ENTRY/VERSION/` appears whole or not at all (a version is built beside and
//! renamed), and the file `ENTRY/current` names the version to use. An
//! interrupted command therefore leaves nothing half done, and a second run
//! needs no network.

use crate::error::bail;
use crate::progress::megabytes;
use crate::{Error, Result, file, modules};
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
    advice: String,
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
        fs::create_dir_all(parent)
            .with_context(|| format!("cannot make the folder {}", parent.display()))?;
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
    /// The cache in the folder `UMD_CACHE_DIR`, else in `umd` in the user's cache
    /// folder.
    ///
    /// # Errors
    ///
    /// Neither `UMD_CACHE_DIR`, `XDG_CACHE_HOME` nor `HOME` is set, or the folder
    /// cannot be made.
    pub fn of_user() -> Result<Self> {
        let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        let folder = if let Some(folder) = set("UMD_CACHE_DIR") {
            PathBuf::from(folder)
        } else if let Some(folder) = set("XDG_CACHE_HOME") {
            Path::new(&folder).join("umd")
        } else if let Some(home) = set("HOME") {
            Path::new(&home).join(".cache/umd")
        } else {
            bail!("no cache folder: set UMD_CACHE_DIR to a folder that can be written");
        };
        let cache =
            Self::open(&folder).context("set UMD_CACHE_DIR to a folder that can be written")?;
        Ok(cache.advising("set UMD_CACHE_DIR to another folder"))
    }

    /// The cache in `folder`, which is made if need be.
    ///
    /// # Errors
    ///
    /// The folder cannot be made.
    pub fn open(folder: &Path) -> Result<Self> {
        let folder = std::path::absolute(folder)?;
        fs::create_dir_all(&folder)
            .with_context(|| format!("cannot make the cache folder {}", folder.display()))?;
        Ok(Self {
            folder,
            advice: "use another folder".to_owned(),
        })
    }

    /// The same cache, with advice for a user whose folder cannot be written or is full.
    #[must_use]
    pub fn advising(mut self, advice: impl Into<String>) -> Self {
        self.advice = advice.into();
        self
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
        self.ensure_writable()?;
        let entry = self.folder.join(entry);
        let version_dir = entry.join(version);
        let _lock = lock(&entry.join("lock"), "another set-up")?;
        let make = || -> Result<()> {
            if !version_dir.is_dir() {
                let temporary = unfinished(&entry)?;
                // Asked before the unfinished folder is removed.
                build(temporary.path(), &version_dir).map_err(|error| self.explain(error))?;
                finish(temporary, &version_dir)?;
            }
            file::write(&entry.join("current"), version.as_bytes())
        };
        make().map_err(|error| self.explain(error))?;
        Ok(version_dir)
    }

    /// Refuses a folder in which Kbuild cannot work: kernels are built there, and modules
    /// with their headers.
    ///
    /// # Errors
    ///
    /// Make would misread the path.
    pub(crate) fn ensure_without_space(&self) -> Result<()> {
        modules::ensure_without_space_or(&self.folder, &self.advice)
    }

    /// Fails, and names the folder, if nothing can be written there.
    ///
    /// # Errors
    ///
    /// Nothing can be written.
    pub(crate) fn ensure_writable(&self) -> Result<()> {
        let Err(error) = tempfile::tempfile_in(&self.folder) else {
            return Ok(());
        };
        if error.kind() == io::ErrorKind::StorageFull {
            return Err(self.full());
        }
        // `tempfile` names a file that nobody has heard of.
        let cause = error.raw_os_error().map(io::Error::from_raw_os_error);
        let cause = cause.map_or_else(|| error.to_string(), |cause| cause.to_string());
        bail!(
            "the cache folder {} cannot be written ({cause}): {}",
            self.folder.display(),
            self.advice
        );
    }

    /// Fails if the file system has less room than `what` takes, in bytes.
    ///
    /// # Errors
    ///
    /// There is too little room.
    pub(crate) fn ensure_room(&self, what: &str, bytes: u64) -> Result<()> {
        let free = self.free()?;
        if free < bytes {
            bail!(
                "the cache folder {} has no room for {what}, which takes {:.1} MB; {:.1} MB are free: \
                 make room, or {}",
                self.folder.display(),
                megabytes(bytes),
                megabytes(free),
                self.advice
            );
        }
        Ok(())
    }

    /// How many bytes can still be written.
    fn free(&self) -> Result<u64> {
        let file_system = rustix::fs::statvfs(&self.folder)?;
        Ok(file_system.f_bavail.saturating_mul(file_system.f_frsize))
    }

    /// Says of an error that the file system is full, where that is the cause. The error
    /// need not say so: `tar` tells how many bytes it could not write. What was written
    /// so far must still be there.
    pub(crate) fn explain(&self, error: Error) -> Error {
        let is_full = self.free().is_ok_and(|free| free < FULL);
        if is_full || says_full(&format!("{error:#}")) {
            return self.full();
        }
        error
    }

    /// The error of a file system that is full.
    pub(crate) fn full(&self) -> Error {
        let folder = self.folder.display();
        let advice = &self.advice;
        anyhow::anyhow!("the cache folder {folder} is full: make room, or {advice}").into()
    }
}

/// A file system with less room than this, in bytes, is full.
const FULL: u64 = 64 << 10;

/// Whether a message names a full file system as the cause. Programs have the words
/// from the C library, and say them in no other form.
pub(crate) fn says_full(message: &str) -> bool {
    message.contains("No space left on device")
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
