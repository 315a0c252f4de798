// SPDX-License-Identifier: MIT OR Apache-2.0

//! The C programs of the tests.

use crate::{command, repo};
use anyhow::{Context, Result};
use std::path::Path;
use std::process::Command;

/// The warnings that the header and the test programs must not cause.
const STRICT: [&str; 5] = ["-Wall", "-Wextra", "-Werror", "-pedantic", "-O1"];

/// Compiles `tests/SOURCE`, which may include the generated header, to `output`.
///
/// # Errors
///
/// The compiler cannot be run or does not take it.
pub fn compile(compiler: &str, arguments: &[&str], source: &str, output: &Path) -> Result<()> {
    let root = repo::root();
    let mut command = Command::new(compiler);
    command.args(STRICT).args(arguments);
    command.arg("-I").arg(root.join("loader-c/include"));
    command.arg("-o").arg(output);
    command.arg(root.join("tests").join(source));
    command::output(&mut command)
        .with_context(|| format!("{compiler} {arguments:?} does not take {source}"))?;
    Ok(())
}
