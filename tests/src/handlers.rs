// SPDX-License-Identifier: MIT OR Apache-2.0

//! The handlers of this repository, built by `umd-build`.

use crate::repo;
use anyhow::Result;
use std::path::PathBuf;
use umd_build::handlers;
pub use umd_build::handlers::HandlerElf;

/// The folder of the final handlers.
///
/// # Errors
///
/// When cargo cannot tell its target folder.
pub fn handlers_dir() -> Result<PathBuf> {
    Ok(repo::workspace()?.handlers_dir())
}

/// Builds every handler of this repository into [`handlers_dir`].
///
/// # Errors
///
/// When one does not build.
pub fn build_all() -> Result<Vec<HandlerElf>> {
    handlers::build_all(&repo::workspace()?)
}

/// The handler of that name, built by [`build_all`].
///
/// # Errors
///
/// When it does not build; or there is none of that name.
pub fn build_one(name: &str) -> Result<HandlerElf> {
    handlers::build_one(&repo::workspace()?, name)
}
