// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo handlers`: builds the handlers' final ELF files.

use crate::handlers;
use anyhow::Result;
use std::process::ExitCode;

/// Arguments of `cargo handlers`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Run clippy on the freestanding code instead of building it
    #[arg(long)]
    pub lint: bool,
}

/// Runs the command.
///
/// # Errors
///
/// When a handler does not build or clippy finds a fault.
pub fn run(args: &Args) -> Result<ExitCode> {
    if args.lint {
        handlers::lint()?;
        return Ok(ExitCode::SUCCESS);
    }
    for handler in handlers::build_all()? {
        let limit = match handler.max_size {
            Some(max) => format!(" (at most {max})"),
            None => String::new(),
        };
        println!(
            "{}: {} bytes{limit}, {}",
            handler.name,
            handler.size,
            handler.path.display()
        );
    }
    Ok(ExitCode::SUCCESS)
}
