// SPDX-License-Identifier: MIT OR Apache-2.0

//! `umd-build handlers` and `umd-build header`, in the workspace of the current
//! folder.

#![forbid(unsafe_code)]

use anyhow::Result;
use clap::{Arg, ArgAction, ArgMatches, Command};
use std::path::Path;
use std::process::ExitCode;
use umd_build::handlers::{self, HandlerElf};
use umd_build::why::{self, Part};
use umd_build::workspace::Workspace;
use umd_build::{TARGETS, Target};

fn flag(name: &'static str, help: &'static str) -> Arg {
    let flag = Arg::new(name).long(name).action(ArgAction::SetTrue);
    flag.help(help)
}

fn arguments() -> Command {
    let handlers = Command::new("handlers")
        .about("Builds the handlers' ELF files into target/handlers")
        .arg(flag(
            "lint",
            "Run clippy on the freestanding code instead of building it",
        ))
        .arg(flag("why", "Also show what the bytes of each handler are"))
        .arg(
            Arg::new("arch")
                .long("arch")
                .value_name("ARCH")
                .value_parser(TARGETS.iter().map(|target| target.arch).collect::<Vec<_>>())
                .help("Build for that processor, into target/handlers-ARCH if it is not this machine's"),
        );
    let all = Command::new("umd-build")
        .about("Builds and checks the Handlers of user mode drivers")
        .subcommand_required(true)
        .disable_help_subcommand(true)
        .subcommand(handlers);
    #[cfg(feature = "header")]
    let all = all.subcommand(
        Command::new("header")
            .about("Writes the C headers, or checks them")
            .arg(flag(
                "check",
                "Fail when a committed header is out of date, and write nothing",
            )),
    );
    all
}

fn main() -> ExitCode {
    run(&arguments().get_matches()).unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

fn run(arguments: &ArgMatches) -> Result<ExitCode> {
    let mut workspace = Workspace::find(Path::new("."))?;
    if let Some(("handlers", arguments)) = arguments.subcommand() {
        let arch = arguments.get_one::<String>("arch");
        workspace.processor = arch.and_then(|arch| Target::find(arch));
    }
    match arguments.subcommand() {
        #[cfg(feature = "header")]
        Some(("header", arguments)) => header(&workspace, arguments.get_flag("check")),
        Some((_, arguments)) if arguments.get_flag("lint") => {
            handlers::lint(&workspace)?;
            Ok(ExitCode::SUCCESS)
        }
        Some((_, arguments)) => build(&workspace, arguments.get_flag("why")),
        None => Ok(ExitCode::FAILURE),
    }
}

/// A handler that does not keep to its budget is there all the same.
fn build(workspace: &Workspace, why: bool) -> Result<ExitCode> {
    let mut code = ExitCode::SUCCESS;
    for handler in handlers::build_all(workspace)? {
        let HandlerElf {
            name, size, path, ..
        } = &handler;
        println!("{name}: {size} bytes, {}", path.display());
        if why {
            for Part { what, bytes } in why::parts(&handler)? {
                println!("{bytes:>6}  {what}");
            }
        }
        if let Err(error) = handlers::check(&handler) {
            eprintln!("error: {error:#}");
            code = ExitCode::FAILURE;
        }
    }
    Ok(code)
}

#[cfg(feature = "header")]
fn header(workspace: &Workspace, check: bool) -> Result<ExitCode> {
    let mut code = ExitCode::SUCCESS;
    for header in umd_build::header::all(workspace)? {
        if !check {
            header.write()?;
        } else if !header.is_up_to_date() {
            let path = header.path.display();
            eprintln!("{path} is out of date: the same command without --check writes it");
            code = ExitCode::FAILURE;
        }
    }
    Ok(code)
}
