// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo demo`

use super::choice::KernelArgs;
use crate::kernel::Update;
use crate::modules::{self, Which};
use crate::openpgp::guest;
use crate::setup::{self, Program};
use crate::vm::{self, Clock, Options, Output, Task, Verdict};
use crate::{demo_host, repo};
use anyhow::{Context, Result};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Arguments of `cargo demo`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    kernel: KernelArgs,
    /// Show the OpenPGP driver instead of the sample
    #[arg(long, conflicts_with = "host")]
    pgp: bool,
    /// Drive the handler from user space: no kernel, no virtual machine
    #[arg(long, conflicts_with_all = ["kernel", "arch"])]
    host: bool,
    /// With --host: this handler instead of the sample
    #[arg(long, value_name = "ELF", requires = "host")]
    handler: Option<PathBuf>,
}

/// Shows the whole system at work.
///
/// # Errors
///
/// Something is missing or does not build; the message says what to do.
pub fn run(args: &Args) -> Result<ExitCode> {
    if args.host {
        return demo_host::run(args.handler.as_deref());
    }
    let programs: &[Program] = if args.pgp { &guest::PROGRAMS } else { &[] };
    let ready = setup::ensure_with(args.kernel.name()?.as_deref(), Update::Missing, programs)?;
    let mut modules = modules::build(&ready.kernel, None, Which::Users)?;
    let folder = tempfile::tempdir()?;
    let mut files = Vec::new();
    let mut script = "tests/guest/demo.sh";
    if args.pgp {
        script = "handler/drivers/pgp/guest/demo_pgp.sh";
        files = guest::files(folder.path(), ready.kernel.arch())?;
        modules.extend(guest::modules(&ready.kernel));
    }
    let script = repo::root().join(script);
    let text =
        std::fs::read(&script).with_context(|| format!("cannot read {}", script.display()))?;
    let arguments = Vec::new();
    let outcome = vm::run(&Options {
        clock: Clock::Host,
        ready: &ready,
        modules: &modules,
        files: &files,
        task: Task::Script { text, arguments },
        output: Output::Inherit,
        processors: 1,
        timeout: Some(Duration::from_mins(5)),
        name: "demo",
        extra: None,
    })?;
    outcome.explain();
    Ok(if outcome.verdict == Verdict::Exit(0) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
