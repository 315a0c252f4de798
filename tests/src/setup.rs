// SPDX-License-Identifier: MIT OR Apache-2.0

//! Gets what the other commands need: programs from the system's packages,
//! kernels and busybox into the cache.

pub use umd_vm::debian::Ready;
pub use umd_vm::programs::Program;

use crate::kernel::{self, Update};
use crate::{cache, repo};
use anyhow::Result;
use umd_vm::modules::ensure_without_space_or;
use umd_vm::programs::KERNEL_BUILD;
use umd_vm::{debian, programs};

/// Installs and downloads what is missing; quick when nothing is.
///
/// # Errors
///
/// A part cannot be installed or downloaded; the message says what to do.
pub fn ensure(kernel: Option<&str>, update: Update) -> Result<Ready> {
    ensure_with(kernel, update, &[])
}

/// As [`ensure`], with `more` programs that the caller needs later.
///
/// # Errors
///
/// See [`ensure`].
pub fn ensure_with(kernel: Option<&str>, update: Update, more: &[Program]) -> Result<Ready> {
    let target = repo::target_dir()?;
    ensure_without_space_or(&target, "set CARGO_TARGET_DIR to another folder")?;
    let platform = kernel::platform(kernel)?;
    let cache = cache::open()?;
    let mut programs = more.to_vec();
    if kernel::is_to_be_built(&cache, kernel) {
        programs.extend(KERNEL_BUILD);
    }
    debian::ensure_with(&cache, update, platform, &programs, || {
        kernel::get(kernel, update)
    })
}

/// Installs the programs that are missing.
///
/// # Errors
///
/// They cannot be installed; the message says what to do.
pub fn install(programs: &[Program]) -> Result<()> {
    Ok(programs::install(&cache::open()?, programs)?)
}
