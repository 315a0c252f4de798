// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo mutations`

use crate::mutations;
use std::process::ExitCode;

/// Arguments of `cargo mutations`.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Changes what is checked and prints how many changes the tests noticed.
///
/// # Errors
///
/// No test notices one of them.
pub fn run(_: &Args) -> anyhow::Result<ExitCode> {
    println!("{}", mutations::run()?);
    Ok(ExitCode::SUCCESS)
}
