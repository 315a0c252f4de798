// SPDX-License-Identifier: MIT OR Apache-2.0

//! The handlers of this repository, built by `umd-build`.

use crate::repo;
use anyhow::{Context, Result};
use std::fs;
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

/// The memory of a process in KiB, page by page.
///
/// # Errors
///
/// There is no such process, or none of this user.
pub fn resident(process: u32) -> Result<u64> {
    let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup"))?;
    let resident = rollup.lines().find_map(|line| line.strip_prefix("Rss:"));
    let resident = resident.context("no Rss")?.trim().trim_end_matches(" kB");
    Ok(resident.parse()?)
}
