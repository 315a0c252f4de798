// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo coverage`

use crate::coverage;
use std::process::ExitCode;

/// Arguments of `cargo coverage`.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Measures and prints the coverage.
///
/// # Errors
///
/// The tests fail, or do not reach code that can be reached.
pub fn run(_: &Args) -> anyhow::Result<ExitCode> {
    print!("{}", coverage::measure()?);
    Ok(ExitCode::SUCCESS)
}
