// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo setup`

use super::choice::KernelArgs;
use crate::kernel::Update;
use crate::setup;
use std::process::ExitCode;

/// Arguments of `cargo setup`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    kernel: KernelArgs,
    /// Look for newer packages even if the cache has some
    #[arg(long)]
    update: bool,
}

/// Installs and downloads what the other commands need.
///
/// # Errors
///
/// Something cannot be had; the message says what to do.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let update = if args.update {
        Update::Always
    } else {
        Update::Missing
    };
    let ready = setup::ensure(args.kernel.name()?.as_deref(), update)?;
    println!(
        "ready: Linux {} ({}) in {}",
        ready.kernel.release,
        ready.kernel.name,
        ready.kernel.build_dir.display()
    );
    Ok(ExitCode::SUCCESS)
}
