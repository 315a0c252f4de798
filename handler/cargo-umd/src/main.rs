// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo umd`: a user mode driver of one's own.

#![forbid(unsafe_code)]

mod carried;
mod guest;
mod handlers;
mod new;
mod project;
mod run;
mod tests;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Debug, Parser)]
#[command(bin_name = "cargo", disable_help_subcommand = true)]
enum Cargo {
    Umd(Umd),
}

/// Makes, builds, checks, runs and boots user mode drivers
#[derive(Debug, clap::Args)]
#[command(version, disable_help_subcommand = true)]
struct Umd {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Makes the repository of a new driver
    New(new::Args),
    /// Builds the Handlers into target/handlers, and checks their files
    Build(handlers::BuildArgs),
    /// Prints the size of each Handler
    Size(handlers::SizeArgs),
    /// Writes the C header of the structs that the kernel shares
    Header(handlers::HeaderArgs),
    /// Asks a Handler without a kernel, under the filter of the kernel's seal
    Run(run::Args),
    /// Builds library, Manager and Loader into target/modules/KERNEL
    Modules(guest::ModulesArgs),
    /// Boots a kernel with the modules installed, and runs a script in it
    Vm(guest::VmArgs),
    /// Builds the Handlers, and runs the tests of the workspace
    Test(tests::TestArgs),
    /// Runs each fuzzer
    Fuzz(tests::FuzzArgs),
}

fn main() -> ExitCode {
    let Cargo::Umd(umd) = Cargo::parse();
    run(umd.command).unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::New(args) => new::run(&args).map(|()| ExitCode::SUCCESS),
        Command::Build(args) => handlers::build_and_print(&args),
        Command::Size(args) => handlers::size(&args),
        Command::Header(args) => handlers::header(&args),
        Command::Run(args) => run::run(&args),
        Command::Modules(args) => guest::modules(&args),
        Command::Vm(args) => guest::vm(&args),
        Command::Test(args) => tests::test(&args),
        Command::Fuzz(args) => tests::fuzz(&args),
    }
}
