// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo modules --check`: the checks that a kernel maintainer would run on
//! `loader-c/`. The drivers that only tests add are checked for style alone.

use crate::kernel::Kernel;
use crate::setup::{self, Program};
use crate::{cache, command, modules, new_driver, progress::Step, repo};
use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use umd_vm::apt::Apt;
use walkdir::WalkDir;

/// Only the kernel's source packages contain checkpatch. Any version will do;
/// Debian has had this one for long.
const SOURCE_SUITES: [&str; 2] = ["bookworm", "bookworm-security"];
const SOURCE_PACKAGE: &str = "linux-source-6.1";

/// The programs of the checks.
pub(crate) const PROGRAMS: [Program; 3] =
    [("sparse", "sparse"), ("perl", "perl"), ("xz", "xz-utils")];

/// Files with a style of their own, and what checkpatch is not to say of them.
const OWN_STYLE: [(&str, &str); 3] = [
    // Tracepoints have a layout of their own all over the kernel.
    ("trace.h", "OPEN_ENDED_LINE,PARENTHESIS_ALIGNMENT"),
    // Each macro makes definitions of a module, and so has no expression to repeat.
    ("umd_loader.h", MODULE_MACROS),
    ("umd_manager.h", MODULE_MACROS),
];

const MODULE_MACROS: &str = "MACRO_ARG_REUSE,MACRO_WITH_FLOW_CONTROL,EXPORT_SYMBOL";

/// Runs sparse, the compiler with all warnings, checkpatch and kernel-doc.
///
/// # Errors
///
/// A checker has findings, or cannot be run.
pub fn check(kernel: &Kernel) -> Result<()> {
    setup::install(&PROGRAMS)?;
    let scripts = scripts()?;
    let mut found = modules::warnings(kernel)?;
    let sources = sources()?;

    let own_style = |path: &PathBuf| OWN_STYLE.iter().find(|(name, _)| path.ends_with(name));
    let other = sources.iter().filter(|path| own_style(path).is_none());
    found.extend(complaints(checkpatch(&scripts).args(other))?);
    for path in &sources {
        if let Some((_, ignored)) = own_style(path) {
            let mut checkpatch = checkpatch(&scripts);
            found.extend(complaints(
                checkpatch.args(["--ignore", ignored]).arg(path),
            )?);
        }
    }

    let mut kernel_doc = Command::new("perl");
    kernel_doc
        .arg(scripts.join("kernel-doc"))
        .args(["-v", "-none"]);
    kernel_doc.args(
        sources
            .iter()
            .filter(|path| path.extension().is_some_and(|e| e == "c" || e == "h")),
    );
    found.extend(complaints(&mut kernel_doc)?);

    for line in &found {
        eprintln!("{line}");
    }
    ensure!(found.is_empty(), "the C code has {} findings", found.len());
    Ok(())
}

fn checkpatch(scripts: &Path) -> Command {
    let mut checkpatch = Command::new("perl");
    checkpatch.arg(scripts.join("checkpatch.pl")).args([
        "--strict",
        "--no-tree",
        "--quiet",
        "--terse",
        "--file",
    ]);
    checkpatch
}

/// Runs a checker and returns its findings, one per line.
fn complaints(checker: &mut Command) -> Result<Vec<String>> {
    checker.current_dir(repo::root().join("loader-c"));
    let output = command::finished(checker)?;
    let said = [&output.stdout[..], &output.stderr[..]].concat();
    let said = String::from_utf8_lossy(&said);
    // Progress and the number of findings are not findings.
    let finding = |line: &&str| {
        !line.trim().is_empty()
            && !line.contains(": info: ")
            && !line.contains("info: Scanning")
            && !line.starts_with("total: ")
            && !line.ends_with(" warnings")
    };
    let found: Vec<String> = said.lines().filter(finding).map(str::to_owned).collect();
    ensure!(
        output.status.success() || !found.is_empty(),
        "{}",
        command::failure(checker, &output)
    );
    Ok(found)
}

/// Returns the source files of `loader-c/`, and of `loader-c` of each driver that
/// tests add.
pub(crate) fn sources() -> Result<Vec<PathBuf>> {
    let mut files = sources_of(&repo::root().join("loader-c"))?;
    for name in new_driver::names()? {
        let folder = new_driver::all().join(name).join("loader-c");
        if folder.is_dir() {
            files.extend(sources_of(&folder)?);
        }
    }
    Ok(files)
}

fn sources_of(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in WalkDir::new(folder).sort_by_file_name() {
        let entry = entry?;
        let name = entry.path().strip_prefix(folder)?;
        let extension = name.extension().unwrap_or_default().to_string_lossy();
        let is_source = matches!(&*extension, "c" | "h" | "S")
            || name.ends_with("Kbuild")
            || name.ends_with("Makefile");
        if is_source && !modules::is_output(name) {
            files.push(entry.into_path());
        }
    }
    Ok(files)
}

/// Returns the folder `scripts` of the kernel's sources, of which only the
/// files that the checkers need are kept.
fn scripts() -> Result<PathBuf> {
    let entry = "kernel-scripts";
    let scripts = |root: PathBuf| root.join(SOURCE_PACKAGE).join("scripts");
    let cache = cache::open()?;
    if let Some(root) = cache.current(entry) {
        return Ok(scripts(root));
    }
    let apt = Apt::update(&cache, &SOURCE_SUITES)?;
    let package = apt.newest(SOURCE_PACKAGE)?;
    let root = cache.publish(entry, &package.folder_name(), |root, _| {
        let unpacked = tempfile::tempdir_in(cache.folder())?;
        apt.unpack(&[package], "checkpatch", unpacked.path())?;
        let archive = unpacked
            .path()
            .join(format!("usr/src/{SOURCE_PACKAGE}.tar.xz"));
        Ok(unpack_scripts(&archive, root)?)
    })?;
    Ok(scripts(root))
}

fn unpack_scripts(archive: &Path, root: &Path) -> Result<()> {
    let step = Step::start("unpacking checkpatch".to_owned());
    let wanted = ["checkpatch.pl", "spelling.txt", "const_structs.checkpatch"];
    let mut tar = Command::new("tar");
    tar.arg("--extract").arg("--file").arg(archive);
    tar.arg("--directory").arg(root).stdin(Stdio::null());
    for name in wanted.iter().chain(&["kernel-doc"]) {
        tar.arg(format!("{SOURCE_PACKAGE}/scripts/{name}"));
    }
    command::output(&mut tar).context("cannot unpack the kernel's sources")?;
    step.done();
    Ok(())
}
