// SPDX-License-Identifier: MIT OR Apache-2.0

//! The programs that people verify documents with today, for guests, beside the files of
//! `guest`.

use super::guest;
use crate::command;
use crate::setup::{self, Program};
use anyhow::{Result, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;
use umd_vm::Arch;

/// What is measured, and the programs that make the other files.
pub const PROGRAMS: [Program; 6] = [
    guest::PROGRAMS[0],
    guest::PROGRAMS[1],
    guest::PROGRAMS[2],
    guest::PROGRAMS[3],
    ("/usr/bin/gpgv", "gpgv"),
    ("/usr/bin/sqv", "sqv"),
];

/// Makes all files in `folder`. Returns paths in the guest and files.
///
/// # Errors
///
/// A program is missing or fails.
pub fn files(folder: &Path, arch: &Arch) -> Result<Vec<(String, PathBuf)>> {
    ensure!(!arch.is_foreign(), "gpgv and sqv are this machine's");
    setup::install(&PROGRAMS)?;
    let mut files = guest::files(folder, arch)?;
    for program in ["/usr/bin/gpgv", "/usr/bin/sqv"] {
        let mut paths = libraries(program)?;
        paths.push(program.to_owned());
        for path in paths {
            let in_guest = path.trim_start_matches('/').to_owned();
            if files.iter().all(|(name, _)| *name != in_guest) {
                files.push((in_guest, PathBuf::from(path)));
            }
        }
    }
    Ok(files)
}

/// The shared libraries that a program loads.
fn libraries(program: &str) -> Result<Vec<String>> {
    let said = command::output(Command::new("ldd").arg(program))?;
    let paths = said.lines().filter_map(|line| {
        let (_, path) = line.split_once(" => ")?;
        Some(path.split(' ').next()?.to_owned())
    });
    Ok(paths.filter(|path| path.starts_with('/')).collect())
}
