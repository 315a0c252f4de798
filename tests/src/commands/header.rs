// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo header`: writes the C header, or checks it.

use crate::header;
use anyhow::Result;
use std::process::ExitCode;

/// Arguments of `cargo header`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Fail when the committed header is out of date, and write nothing
    #[arg(long)]
    pub check: bool,
}

/// Runs the command.
///
/// # Errors
///
/// When the header cannot be generated or written.
pub fn run(args: &Args) -> Result<ExitCode> {
    if !args.check {
        header::write()?;
    } else if !header::is_up_to_date()? {
        eprintln!("loader-c/include/umd_abi.h is out of date: run cargo header");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}
