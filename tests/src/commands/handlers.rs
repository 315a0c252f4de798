// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo handlers`: builds the handlers' final ELF files.

use crate::handlers::{self, HandlerElf};
use crate::why::{self, Part};
use crate::{repo, sizes};
use anyhow::Result;
use std::process::ExitCode;

/// Arguments of `cargo handlers`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Run clippy on the freestanding code instead of building it
    #[arg(long)]
    pub lint: bool,
    /// Also show what the bytes of each handler are
    #[arg(long)]
    pub why: bool,
}

/// Runs the command.
///
/// # Errors
///
/// When a handler does not build or clippy finds a fault. A handler that does
/// not keep to its budget is there all the same.
pub fn run(args: &Args) -> Result<ExitCode> {
    if args.lint {
        handlers::lint()?;
        return Ok(ExitCode::SUCCESS);
    }
    let budgets = sizes::read(&repo::root())?;
    let compiler = handlers::compiler(&repo::root())?;
    let mut code = ExitCode::SUCCESS;
    for handler in handlers::build_all()? {
        let HandlerElf { name, size, path } = &handler;
        println!("{name}: {size} bytes, {}", path.display());
        if args.why {
            for Part { what, bytes } in why::parts(&handler)? {
                println!("{bytes:>6}  {what}");
            }
        }
        if let Err(error) = budgets.check_handler(name, *size, &compiler) {
            eprintln!("error: {error:#}");
            code = ExitCode::FAILURE;
        }
    }
    Ok(code)
}
