// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo fuzz-run`

use crate::fuzz::{self, SHORT, Tools};
use std::process::ExitCode;
use std::time::Duration;

/// Arguments of `cargo fuzz-run`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How long each is to run
    #[arg(long, value_name = "S", default_value_t = SHORT.as_secs(),
          value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
    /// Which to run [default: all]
    #[arg(value_name = "FUZZER")]
    fuzzers: Vec<String>,
}

/// Runs fuzzers and prints what they did.
///
/// # Errors
///
/// They do not build, or one has found something.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let fuzzers = fuzz::build(Tools::Best)?;
    if !fuzzers.watched {
        println!("without AddressSanitizer: there is no nightly toolchain that has it");
    }
    for report in fuzzers.run(&args.fuzzers, Duration::from_secs(args.seconds))? {
        println!("{report}");
    }
    Ok(ExitCode::SUCCESS)
}
