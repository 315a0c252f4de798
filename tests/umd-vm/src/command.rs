// SPDX-License-Identifier: MIT OR Apache-2.0

//! Starts other programs, with errors that name the program and the reason.

use crate::Result;
use crate::error::bail;
use anyhow::Context;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The path of `program`, looked for in `PATH` and in the folders that an
/// ordinary user's `PATH` lacks. A whole path is taken as it is.
#[must_use]
pub fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin", "/sbin"].map(PathBuf::from))
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// Runs `command` to its end and returns its standard output.
///
/// # Errors
///
/// The program cannot be started, or fails; the error then has the last lines of
/// its standard error.
pub fn output(command: &mut Command) -> Result<String> {
    let output = finished(command)?;
    if !output.status.success() {
        bail!("{}", failure(command, &output));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs `command` to its end, be it success or failure.
///
/// # Errors
///
/// The program cannot be started.
pub fn finished(command: &mut Command) -> Result<Output> {
    command.stdin(Stdio::null());
    Ok(command
        .output()
        .with_context(|| format!("cannot start {}", name(command)))?)
}

/// A message that names the command that failed, with the end of its output.
#[must_use]
pub fn failure(command: &Command, output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    let mut last: Vec<&str> = said.lines().rev().take(10).collect();
    last.reverse();
    format!(
        "{} failed ({}): {}",
        name(command),
        output.status,
        last.join("\n")
    )
}

/// The program's name without its folder.
fn name(command: &Command) -> String {
    Path::new(command.get_program())
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
