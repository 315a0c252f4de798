// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo vm`

mod extra;

use super::choice::KernelArgs;
use crate::kernel::Update;
use crate::modules::{self, Which};
use crate::suites::Choice;
use crate::vm::{self, Clock, Options, Outcome, Output, Task};
use crate::{repeat, setup, suites, test_handlers};
use anyhow::Result;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use extra::Pair;

/// Arguments of `cargo vm`.
#[derive(Debug, clap::Args)]
#[command(after_help = format!(
    "Exit status: the script's own, or\n  \
     {} the guest's kernel panicked or had an oops\n  \
     {} the script succeeded, but the kernel reported a fault (WARN, BUG, stall, ...)\n  \
     {} the time was over\n  \
     {} the guest did not run, or ended without exactly one verdict\n\
     The kernel's messages are in target/vm/last/console.log.",
    vm::exit_code::PANIC,
    vm::exit_code::SPLAT,
    vm::exit_code::TIMEOUT,
    vm::exit_code::INFRASTRUCTURE,
))]
pub struct Args {
    #[command(flatten)]
    kernel: KernelArgs,
    /// Number of processors [default: 1, or what a suite needs]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=64))]
    smp: Option<u32>,
    /// Embed this ELF file in the sample Loader
    #[arg(long, value_name = "ELF")]
    handler: Option<PathBuf>,
    /// End the machine after so many seconds [default: 300 with --run, what a
    /// suite may take, or none]
    #[arg(long, value_name = "S")]
    timeout: Option<u64>,
    /// Add arguments to the kernel's command line
    #[arg(long, value_name = "ARGS", allow_hyphen_values = true)]
    append: Vec<String>,
    /// Install the modules (*.ko) of this folder beside the repository's
    #[arg(long, value_name = "DIR")]
    modules: Vec<PathBuf>,
    /// Put a file, or a folder with all below it, into the guest; modes are kept
    #[arg(long, value_name = "HOST=GUEST", value_parser = extra::pair)]
    file: Vec<Pair>,
    /// Have the guest wait for gdb, and print the command that starts gdb with the
    /// symbols of the kernel and the modules; without a time limit by default
    #[arg(long)]
    gdb: bool,
    /// Run this script in the guest's shell, as root (-: standard input);
    /// without it: an interactive shell. A suite (suite_*.sh) gets what its line
    /// "# suite:" names
    #[arg(long, value_name = "SCRIPT")]
    run: Option<PathBuf>,
    /// Run the script so many times, in a boot of its own each; print a line for each
    /// run, the failed tests with a console log kept, and the figures at the end
    #[arg(long, value_name = "N", requires = "run", conflicts_with = "gdb",
          value_parser = clap::value_parser!(u32).range(1..))]
    repeat: Option<u32>,
    /// Arguments of the script; for a suite: the tests to run
    #[arg(last = true, requires = "run")]
    arguments: Vec<OsString>,
}

/// A script that takes longer hangs, unless the user says that it may.
const SCRIPT_TIME: Duration = Duration::from_mins(5);

/// Boots the guest; the exit code is the script's, or a reserved one.
///
/// # Errors
///
/// Never: infrastructure failures have an exit code of their own and are
/// printed here.
pub fn run(args: &Args) -> Result<ExitCode> {
    Ok(umd_vm::report(&boot(args)))
}

fn boot(args: &Args) -> Result<Outcome> {
    let extra = extra::of(args)?;
    let kernel = args.kernel.name()?;
    let own = args.gdb.then_some(Duration::MAX);
    let timeout = args.timeout.map(Duration::from_secs).or(own);
    let output = match args.repeat {
        Some(_) => Output::Capture,
        None => Output::Inherit,
    };
    let boot_all = |boot: &dyn Fn() -> Result<Outcome>| match args.repeat {
        Some(times) => repeat::run(times, boot),
        None => boot(),
    };
    let suite = args.run.as_deref().map(suites::of_script).transpose()?;
    if let Some(suite) = suite.flatten() {
        let choice = Choice {
            kernel: kernel.as_deref(),
            arguments: Some(args.arguments.clone()),
            handler: args.handler.as_deref(),
            processors: args.smp,
            timeout,
            extra: Some(&extra),
        };
        let name = match args.repeat {
            // Several suites may be repeated at the same time.
            Some(_) => format!("repeat-{}", suite.name),
            None => "last".to_owned(),
        };
        return suite.prepare(&choice, output, &name, boot_all);
    }
    let task = Task::of_option(args.run.as_deref(), &args.arguments)?;
    let ready = setup::ensure(kernel.as_deref(), Update::Missing)?;
    let modules = modules::build(&ready.kernel, args.handler.as_deref(), Which::Tests)?;
    let files = test_handlers::build(&ready.kernel)?;
    let limit = match task {
        Task::Script { .. } => timeout.or(Some(SCRIPT_TIME)),
        Task::Shell => timeout,
    };
    let options = Options {
        clock: Clock::Host,
        ready: &ready,
        modules: &modules,
        files: &files,
        task,
        output,
        processors: args.smp.unwrap_or(1),
        timeout: limit,
        name: "last",
        extra: Some(&extra),
    };
    boot_all(&|| vm::run(&options))
}
