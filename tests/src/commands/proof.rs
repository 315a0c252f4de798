// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo proof`

use crate::proof::{frama_c, spin};
use std::process::ExitCode;

/// Arguments of `cargo proof`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to prove; all, if none is named
    #[arg(value_enum)]
    what: Vec<What>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum What {
    /// Code that looks at hostile bytes, by Frama-C
    Code,
    /// The models of tests/proof/, by Spin
    Models,
}

/// Proves what can be proved and prints what that is.
///
/// # Errors
///
/// A program cannot be installed, or a proof fails.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let is_wanted = |what| args.what.is_empty() || args.what.contains(&what);
    if is_wanted(What::Code) {
        for report in frama_c::run()? {
            println!("{report}");
        }
    }
    if is_wanted(What::Models) {
        println!("{}", spin::run()?);
    }
    Ok(ExitCode::SUCCESS)
}
