// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo umd build`, `size` and `header`.

use crate::project;
use anyhow::{Context, Result, bail, ensure};
use std::path::Path;
use std::process::ExitCode;
use umd_build::budget::Budget;
use umd_build::handlers::{self, HandlerElf};
use umd_build::why::{self, Part};
use umd_build::workspace::Workspace;
use umd_build::{Target, code, header};
use umd_vm::Arch;

/// The processor that Handlers are built for.
#[derive(Debug, clap::Args)]
pub(crate) struct ProcessorArgs {
    /// x86_64, aarch64 or riscv64; default: this machine's. Another one's Handlers are in
    /// target/handlers-ARCH
    #[arg(long, value_name = "A")]
    arch: Option<&'static Arch>,
}

impl ProcessorArgs {
    /// The workspace of the current folder, whose Handlers are built for that processor.
    fn workspace(&self) -> Result<Workspace> {
        let mut workspace = project::find()?;
        workspace.processor = self.arch.map(target).transpose()?;
        Ok(workspace)
    }
}

/// What Handlers are built for.
pub(crate) fn target(arch: &Arch) -> Result<&'static Target> {
    Target::find(arch.name).with_context(|| format!("no Handler is for {}", arch.name))
}

/// Arguments of `cargo umd build`.
#[derive(Debug, clap::Args)]
pub(crate) struct BuildArgs {
    #[command(flatten)]
    processor: ProcessorArgs,
}

/// Arguments of `cargo umd size`.
#[derive(Debug, clap::Args)]
pub(crate) struct SizeArgs {
    #[command(flatten)]
    processor: ProcessorArgs,
    /// Also print what the bytes are
    #[arg(long)]
    why: bool,
}

/// Arguments of `cargo umd header`.
#[derive(Debug, clap::Args)]
pub(crate) struct HeaderArgs {
    /// Fail when a header is out of date, and write nothing
    #[arg(long)]
    check: bool,
}

/// Builds all Handlers, and checks shape and code of each. While somebody works on a
/// Handler, its size is told, and no error.
pub(crate) fn build(workspace: &Workspace) -> Result<Vec<HandlerElf>> {
    let built = handlers::build_all(workspace)?;
    for handler in &built {
        check(handler)?;
    }
    Ok(built)
}

fn check(handler: &HandlerElf) -> Result<Budget> {
    let budget = code::check_all(handler)?;
    if let Err(error) = budget.check(handler) {
        eprintln!("warning: {error:#}");
    }
    Ok(budget)
}

/// The Handler of that name; none: the only one.
pub(crate) fn build_one(workspace: &Workspace, name: Option<&str>) -> Result<(HandlerElf, Budget)> {
    let handler = match name {
        Some(name) => handlers::build_one(workspace, name)?,
        None => {
            let mut all = handlers::build_all(workspace)?;
            let names: Vec<_> = all.iter().map(|handler| handler.name.clone()).collect();
            match all.pop() {
                Some(only) if all.is_empty() => only,
                _ => bail!("say --handler NAME: {}", names.join(", ")),
            }
        }
    };
    let budget = check(&handler)?;
    Ok((handler, budget))
}

/// `cargo umd build`. A Handler that does not keep to its budget is there all the same.
pub(crate) fn build_and_print(args: &BuildArgs) -> Result<ExitCode> {
    let mut code = ExitCode::SUCCESS;
    for handler in handlers::build_all(&args.processor.workspace()?)? {
        print(&handler);
        let checked = code::check_all(&handler).and_then(|budget| budget.check(&handler));
        if let Err(error) = checked {
            eprintln!("error: {error:#}");
            code = ExitCode::FAILURE;
        }
    }
    Ok(code)
}

fn print(
    HandlerElf {
        name, size, path, ..
    }: &HandlerElf,
) {
    println!("{name}: {size} bytes, {}", path.display());
}

/// `cargo umd size`. A Handler that breaks a rule has a size all the same.
pub(crate) fn size(args: &SizeArgs) -> Result<ExitCode> {
    for handler in handlers::build_all(&args.processor.workspace()?)? {
        print(&handler);
        if args.why {
            for Part { what, bytes } in why::parts(&handler)? {
                println!("{bytes:>6}  {what}");
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes the headers of the workspace in `folder`.
pub(crate) fn write_headers(folder: &Path) -> Result<()> {
    for header in header::all(&Workspace::find(folder)?)? {
        header.write()?;
    }
    Ok(())
}

/// `cargo umd header`.
pub(crate) fn header(args: &HeaderArgs) -> Result<ExitCode> {
    let workspace = project::find()?;
    if args.check {
        ensure_headers(&workspace)?;
    } else {
        write_headers(&workspace.root)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Refuses a header that is out of date.
pub(crate) fn ensure_headers(workspace: &Workspace) -> Result<()> {
    for header in header::all(workspace)? {
        ensure!(
            header.is_up_to_date(),
            "{} is out of date: run cargo umd header",
            header.path.display()
        );
    }
    Ok(())
}
