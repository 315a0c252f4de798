// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo proof`

use crate::proof::{frama_c, spin};
use std::process::ExitCode;

/// Arguments of `cargo proof`.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Proves what can be proved and prints what that is.
///
/// # Errors
///
/// A program cannot be installed, or a proof fails.
pub fn run(_: &Args) -> anyhow::Result<ExitCode> {
    println!("{}", frama_c::run()?);
    println!("{}", spin::run()?);
    Ok(ExitCode::SUCCESS)
}
