// SPDX-License-Identifier: MIT OR Apache-2.0

//! The program behind the aliases of `.cargo/config.toml`.

#![forbid(unsafe_code)]

use clap::{Parser, Subcommand};
use std::process::ExitCode;
use umd_tests::commands::{
    coverage, debian, demo, fuzz, modules, mutations, packages, proof, setup, vm,
};

#[derive(Debug, Parser)]
#[command(bin_name = "cargo", disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Shows the whole system at work, from nothing
    Demo(demo::Args),
    /// Builds Debian's packages, for servers without Rust
    Debian(debian::Args),
    /// Downloads kernels and installs what the other commands need
    Setup(setup::Args),
    /// Measures which code the host tests reach
    Coverage(coverage::Args),
    /// Runs the fuzzers
    FuzzRun(fuzz::Args),
    /// Builds the kernel modules into target/modules/KERNEL
    Modules(modules::Args),
    /// Changes what the tests test, and sees whether they notice
    Mutations(mutations::Args),
    /// Makes the packages of the published crates, and checks them
    Packages(packages::Args),
    /// Proves the check of replies and checks the model of the life cycle
    Proof(proof::Args),
    /// Boots a kernel with the modules installed and runs a script in it
    Vm(vm::Args),
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Demo(args) => demo::run(&args),
        Command::Debian(args) => debian::run(&args),
        Command::Setup(args) => setup::run(&args),
        Command::Coverage(args) => coverage::run(&args),
        Command::FuzzRun(args) => fuzz::run(&args),
        Command::Modules(args) => modules::run(&args),
        Command::Mutations(args) => mutations::run(&args),
        Command::Packages(args) => packages::run(&args),
        Command::Proof(args) => proof::run(&args),
        Command::Vm(args) => vm::run(&args),
    };
    result.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}
