// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo header`

use std::process::ExitCode;

/// Arguments of `cargo header`.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Runs the command.
///
/// # Errors
///
/// Always, until it is written.
pub fn run(_args: &Args) -> anyhow::Result<ExitCode> {
    anyhow::bail!("not written yet")
}
