// SPDX-License-Identifier: MIT OR Apache-2.0

//! Drivers that are added to a copy of the sources, as the README tells it:
//! `tests/new_driver/NAME/` has the two folders of each.

use crate::handlers::workspace_for;
use crate::kernel::Kernel;
use crate::{command, modules, repo};
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use umd_build::workspace::Workspace;
use umd_build::{handlers, header};
use umd_vm::Arch;

/// The sources of `cargo handlers`, of `cargo header` and of the modules.
pub const SOURCES: [&str; 7] = [
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
    "abi",
    "handler",
    "loader-c",
    "tests",
];

/// Copies [`SOURCES`] to `clone`.
///
/// # Errors
///
/// A file cannot be copied.
pub fn copy_sources(clone: &Path) -> Result<()> {
    copy(SOURCES.map(|name| repo::root().join(name)), clone)
}

fn copy(from: impl IntoIterator<Item = PathBuf>, to: &Path) -> Result<()> {
    let mut copy = Command::new("cp");
    command::output(copy.arg("-r").args(from).arg(to))?;
    Ok(())
}

/// The names of all drivers that can be added.
///
/// # Errors
///
/// The folder `tests/new_driver` cannot be read.
pub fn names() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(all())? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// The folder with a folder for each driver.
pub(crate) fn all() -> PathBuf {
    repo::root().join("tests/new_driver")
}

/// Adds the drivers `names` to a copy of the sources, in `folder`. The build's
/// output goes to `folder`, too.
///
/// # Errors
///
/// A file cannot be copied, or cargo does not take the drivers.
pub fn add(names: &[impl AsRef<str>], folder: &Path) -> Result<Workspace> {
    let clone = folder.join("clone");
    fs::create_dir(&clone)?;
    copy_sources(&clone)?;
    for name in names {
        add_folders(name.as_ref(), &clone)?;
    }
    let mut update = Command::new("cargo");
    update.args(["update", "--quiet", "--offline", "--workspace"]);
    command::output(update.current_dir(&clone))?;
    let mut workspace = Workspace::find(&clone)?;
    workspace.target = folder.join("output");
    Ok(workspace)
}

fn add_folders(name: &str, clone: &Path) -> Result<()> {
    let driver = all().join(name);
    let crates = clone.join("handler/drivers");
    copy([driver.join("handler")], &crates.join(name))?;
    if driver.join("loader-c").is_dir() {
        copy(
            [driver.join("loader-c")],
            &clone.join("loader-c").join(name),
        )?;
        let kbuild = clone.join("loader-c/Kbuild");
        let text = fs::read_to_string(&kbuild)?;
        fs::write(&kbuild, format!("{text}obj-m += {name}/\n"))?;
    }
    Ok(())
}

/// Adds the driver `name` to a copy of the sources below `folder`, and builds its
/// Handler for a kind of processor. Returns the ELF file.
///
/// # Errors
///
/// The Handler does not build.
pub fn build(name: &str, folder: &Path, arch: &Arch) -> Result<PathBuf> {
    let workspace = workspace_for(add(&[name], folder)?, arch)?;
    let built = handlers::build_driver(&workspace, workspace.driver(name)?)?;
    let handler = built.into_iter().next().context("it has no binary")?;
    Ok(handler.path)
}

/// Adds the driver `name` to a copy of the sources below `folder`, and builds all
/// modules of it for `kernel`. Returns their files.
///
/// # Errors
///
/// Something does not build.
pub fn build_modules(name: &str, folder: &Path, kernel: &Kernel) -> Result<Vec<PathBuf>> {
    let workspace = workspace_for(add(&[name], folder)?, kernel.arch())?;
    handlers::build_all(&workspace)?;
    for header in header::all(&workspace)? {
        header.write()?;
    }
    let sources = workspace.root.join("loader-c");
    modules::build_there(&sources, kernel, &workspace.handlers_dir())
}
