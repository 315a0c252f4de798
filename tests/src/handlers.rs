// SPDX-License-Identifier: MIT OR Apache-2.0

//! The handlers of this repository, built by `umd-build`.

use crate::{command, repo, setup};
use anyhow::{Context, Result, bail};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use umd_build::handlers;
pub use umd_build::handlers::HandlerElf;
pub use umd_build::{TARGETS, Target};

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

/// All handlers, for another processor than this machine's.
///
/// # Errors
///
/// The compiler's libraries for that cannot be installed, or a handler does not build.
pub fn build_all_for(target: &'static Target) -> Result<Vec<HandlerElf>> {
    install_libraries(target)?;
    let mut workspace = repo::workspace()?;
    workspace.processor = Some(target);
    handlers::build_all(&workspace)
}

/// Has rustup install what the compiler needs for a processor, if it does not have that.
fn install_libraries(target: &Target) -> Result<()> {
    let mut rustup = Command::new("rustup");
    rustup
        .args(["target", "add", target.triple])
        .current_dir(repo::root());
    command::output(&mut rustup)?;
    Ok(())
}

/// The words that run a file for `target` in an emulator, which writes each system call of
/// the program to `log`. The emulated kernel's pages have `page` bytes.
///
/// # Errors
///
/// The emulator cannot be installed.
pub fn emulator(target: &Target, page: u64, log: &Path) -> Result<Vec<OsString>> {
    let (program, package): setup::Program = match target.arch {
        "aarch64" => ("qemu-aarch64", "qemu-user"),
        "riscv64" => ("qemu-riscv64", "qemu-user"),
        arch => bail!("no emulator of {arch} is known"),
    };
    setup::install(&[(program, package)])?;
    let page = page.to_string();
    let words = [program, "-p", &page, "-strace", "-D"].map(OsString::from);
    Ok(words.into_iter().chain([log.into()]).collect())
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
