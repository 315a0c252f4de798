// SPDX-License-Identifier: MIT OR Apache-2.0

//! The handlers of this repository, built by `umd-build`.

use crate::{command, repo, setup};
use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use umd_build::Target;
use umd_build::handlers;
pub use umd_build::handlers::HandlerElf;
use umd_build::workspace::Workspace;
use umd_vm::Arch;

/// The folder of the final handlers for a kind of processor.
///
/// # Errors
///
/// No handler can be built for that, or cargo cannot tell its target folder.
pub fn handlers_dir(arch: &Arch) -> Result<PathBuf> {
    let mut workspace = repo::workspace()?;
    workspace.processor = Some(target(arch)?);
    Ok(workspace.handlers_dir())
}

/// A workspace whose handlers are built for a kind of processor. What the compiler needs
/// for another one than this machine's is installed.
///
/// # Errors
///
/// No handler can be built for that, or the installation fails.
pub fn workspace_for(mut workspace: Workspace, arch: &Arch) -> Result<Workspace> {
    let target = target(arch)?;
    if arch.is_foreign() {
        install_libraries(target.triple)?;
    }
    workspace.processor = Some(target);
    Ok(workspace)
}

/// The target of a kind of processor.
///
/// # Errors
///
/// No handler can be built for that.
pub fn target(arch: &Arch) -> Result<&'static Target> {
    Target::find(arch.name).with_context(|| format!("no handler is for {}", arch.name))
}

/// Builds every handler of this repository into the [`handlers_dir`] of a kind of
/// processor.
///
/// # Errors
///
/// When one does not build.
pub fn build_all(arch: &Arch) -> Result<Vec<HandlerElf>> {
    handlers::build_all(&workspace_for(repo::workspace()?, arch)?)
}

/// The handler of that name for this machine, built as [`build_all`] does.
///
/// # Errors
///
/// When it does not build; or there is none of that name.
pub fn build_one(name: &str) -> Result<HandlerElf> {
    handlers::build_one(&repo::workspace()?, name)
}

/// As [`build_all`]; and clippy has nothing to say of the code for that kind.
///
/// # Errors
///
/// As [`build_all`], or clippy has something to say.
pub fn lint_and_build_all(arch: &Arch) -> Result<Vec<HandlerElf>> {
    let workspace = workspace_for(repo::workspace()?, arch)?;
    handlers::lint(&workspace)?;
    handlers::build_all(&workspace)
}

/// Has rustup install what the compiler needs for a target, if it does not have that.
/// Rustup is asked once in a process.
///
/// # Errors
///
/// Rustup cannot.
pub fn install_libraries(triple: &str) -> Result<()> {
    /// Two at a time would be in each other's way.
    static INSTALLED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let mut installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
    if installed.contains(triple) {
        return Ok(());
    }
    let mut rustup = Command::new("rustup");
    rustup
        .args(["target", "add", triple])
        // The repository's own toolchain, as umd-build has it.
        .env_remove("RUSTUP_TOOLCHAIN")
        .current_dir(repo::root());
    command::output(&mut rustup)?;
    installed.insert(triple.to_owned());
    Ok(())
}

/// The words that run a file for `target` in an emulator, which writes each system call of
/// a program to a file of its own in `logs`.
///
/// # Errors
///
/// The emulator cannot be installed.
pub fn emulator(target: &Target, logs: &Path) -> Result<Vec<OsString>> {
    let program: setup::Program = match target.arch {
        "aarch64" => ("/usr/bin/qemu-aarch64", "qemu-user"),
        "riscv64" => ("/usr/bin/qemu-riscv64", "qemu-user"),
        "x86_64" => ("/usr/bin/qemu-x86_64", "qemu-user"),
        arch => bail!("no emulator of {arch} is known"),
    };
    setup::install(&[program])?;
    let words = [program.0, "-strace", "-D"].map(OsString::from);
    // The process id.
    let log = logs.join("%d").into_os_string();
    Ok(words.into_iter().chain([log]).collect())
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
