// SPDX-License-Identifier: MIT OR Apache-2.0

//! The cache of the repository's commands.

pub use umd_vm::cache::{Lock, lock};

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use umd_vm::cache::Cache;

/// The cache in the folder `UMD_CACHE_DIR`, else in `umd` in the user's cache
/// folder.
///
/// # Errors
///
/// Neither `UMD_CACHE_DIR`, `XDG_CACHE_HOME` nor `HOME` is set, or the folder
/// cannot be made.
pub fn open() -> Result<Cache> {
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
    Cache::open(&folder).context("set UMD_CACHE_DIR to a folder that can be written")
}
