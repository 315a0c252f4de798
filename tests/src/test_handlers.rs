// SPDX-License-Identifier: MIT OR Apache-2.0

//! The Handlers that `umd_test.ko` loads in the guest: `tests/evil/test_umh.c`
//! in its variants.

use crate::{command, repo};
use anyhow::{Context, Result};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// Name in the guest's `/umd`, and what makes the variant.
const VARIANTS: [(&str, &str); 9] = [
    ("test_umh", "-DAT_START=SERVE"),
    ("test_umh_exit", "-DAT_START=EXIT"),
    ("test_umh_hang", "-DAT_START=HANG"),
    ("test_umh_version", "-DAT_START=VERSION"),
    ("test_umh_limits", "-DAT_START=LIMITS"),
    ("test_umh_status", "-DAT_START=STATUS"),
    ("test_umh_exit_later", "-DAT_START=EXIT_LATER"),
    ("test_umh_deaf", "-DAT_START=DEAF"),
    ("test_umh_huge", "-DHUGE"),
];

const FLAGS: [&str; 6] = [
    "-O1",
    "-static",
    "-nostdlib",
    "-ffreestanding",
    "-fno-stack-protector",
    "-no-pie",
];

/// Builds them all. Returns paths in the guest and the files that belong there.
///
/// # Errors
///
/// The compiler cannot be run or does not take them.
pub fn build() -> Result<Vec<(String, PathBuf)>> {
    let folder = repo::target_dir()?.join("test-handlers");
    fs::create_dir_all(&folder)?;
    // Two test programs may do this at the same time.
    let fresh = tempfile::tempdir_in(&folder)?;
    let root = repo::root();
    let mut files = Vec::new();
    for (name, variant) in VARIANTS {
        let elf = folder.join(name);
        let made = fresh.path().join(name);
        let mut gcc = Command::new("gcc");
        gcc.args(["-Wall", "-Wextra", "-Werror", "-pedantic", "-fno-pie"]);
        gcc.args(FLAGS).arg(variant);
        gcc.arg("-I").arg(root.join("loader-c/include"));
        gcc.arg("-I").arg(root.join("loader-c/test"));
        gcc.arg("-o").arg(&made);
        gcc.arg(root.join("tests/evil/test_umh.c"));
        command::output(&mut gcc).context("a test Handler does not build")?;
        fs::rename(&made, &elf)?;
        files.push((format!("umd/{name}"), elf));
    }
    Ok(files)
}
