// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo modules`

use super::choice::KernelArgs;
use crate::kernel::Update;
use crate::modules::{self, Which};
use crate::{c_style, imports, setup};
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `cargo modules`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    kernel: KernelArgs,
    /// Embed this ELF file in the sample Loader
    #[arg(long, value_name = "ELF")]
    handler: Option<PathBuf>,
    /// Also run sparse, all compiler warnings, checkpatch and kernel-doc
    #[arg(long)]
    check: bool,
    /// Also build the modules from scratch, those of the tests too, with all compiler
    /// warnings
    #[arg(long)]
    warnings: bool,
    /// Also print how many of the kernel's own modules use each of its symbols that
    /// these use
    #[arg(long)]
    imports: bool,
}

/// Builds the modules and prints their paths.
///
/// # Errors
///
/// They do not build, or a check finds something.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut programs = Vec::new();
    if args.check {
        programs.extend(c_style::PROGRAMS);
    }
    if args.imports {
        programs.extend(imports::PROGRAMS);
    }
    let ready = setup::ensure_with(args.kernel.name()?.as_deref(), Update::Missing, &programs)?;
    let built = modules::build(&ready.kernel, args.handler.as_deref(), Which::Users)?;
    for module in &built {
        println!("{}", module.display());
    }
    if args.imports {
        let mut users: Vec<_> = imports::users(&ready.kernel, &built)?.into_iter().collect();
        users.sort_by_key(|&(_, number)| number);
        for (symbol, number) in users {
            println!("{number:6} {symbol}");
        }
    }
    if args.warnings {
        modules::build_without_warnings(&ready.kernel)?;
    }
    if args.check {
        c_style::check(&ready.kernel)?;
    }
    Ok(ExitCode::SUCCESS)
}
