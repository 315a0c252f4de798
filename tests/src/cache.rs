// SPDX-License-Identifier: MIT OR Apache-2.0

//! The cache of the repository's commands.

pub use umd_vm::cache::{Lock, lock};

use anyhow::Result;
use umd_vm::cache::Cache;

/// The user's cache.
///
/// # Errors
///
/// See [`Cache::of_user`].
pub fn open() -> Result<Cache> {
    Ok(Cache::of_user()?)
}
