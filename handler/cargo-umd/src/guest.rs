// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo umd modules` and `cargo umd vm`.

use crate::{handlers, project};
use anyhow::{Result, ensure};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use umd_build::workspace::Workspace;
use umd_vm::Arch;
use umd_vm::cache::{self, Cache};
use umd_vm::debian::{self, Ready};
use umd_vm::kernel::{Kernel, Update};
use umd_vm::modules::{built, ensure_without_space, make, update_copy};
use umd_vm::{File, MachineLock, Options, Task};

/// Which kernel.
#[derive(Debug, clap::Args)]
pub(crate) struct KernelArgs {
    /// 6.1, 6.12, latest, each with -rt or -cloud behind it, or a prepared kernel build
    /// folder; default: that of the machine's own release
    #[arg(long, value_name = "K")]
    kernel: Option<String>,
    /// The kernel's processor: x86_64, aarch64 or riscv64; default: this machine's
    #[arg(long, value_name = "A")]
    arch: Option<&'static Arch>,
}

impl KernelArgs {
    /// The kernel's name; none: the default one.
    fn name(&self) -> Result<Option<String>> {
        Ok(debian::name_on(self.kernel.as_deref(), self.arch)?)
    }
}

/// Arguments of `cargo umd modules`.
#[derive(Debug, clap::Args)]
pub(crate) struct ModulesArgs {
    #[command(flatten)]
    kernel: KernelArgs,
}

/// Arguments of `cargo umd vm`.
#[derive(Debug, clap::Args)]
pub(crate) struct VmArgs {
    #[command(flatten)]
    kernel: KernelArgs,
    /// Run this script in the guest's shell, as root (-: standard input); without it: an
    /// interactive shell
    #[arg(long, value_name = "SCRIPT")]
    run: Option<PathBuf>,
    /// Number of processors
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=64))]
    smp: u32,
    /// End the machine after so many seconds [default: 300 with --run]
    #[arg(long, value_name = "S")]
    timeout: Option<u64>,
}

/// A script that takes longer hangs, unless the user says that it may.
const SCRIPT_TIME: u64 = 300;

/// `cargo umd modules`.
pub(crate) fn modules(args: &ModulesArgs) -> Result<ExitCode> {
    let built = build(project::find()?, &args.kernel)?;
    for module in built.modules {
        println!("{}", module.display());
    }
    Ok(ExitCode::SUCCESS)
}

/// What a guest is made of.
struct Built {
    ready: Ready,
    modules: Vec<PathBuf>,
    handlers: Vec<PathBuf>,
}

/// Builds everything for `kernel`. What cannot be built is told before anything is
/// downloaded.
fn build(mut workspace: Workspace, kernel: &KernelArgs) -> Result<Built> {
    let kernel = kernel.name()?;
    let target = workspace.target.join("modules");
    ensure_without_space(&target)?;
    let names = kernel_sides(&workspace)?;
    handlers::ensure_headers(&workspace)?;
    let library = project::library(&workspace)?;
    let platform = debian::known_platform(kernel.as_deref())?;
    workspace.processor = Some(handlers::target(platform.arch())?);
    let handlers = handlers::build(&workspace)?;
    let cache = Cache::of_user()?;
    let ready = debian::ensure(&cache, kernel.as_deref(), Update::Missing)?;
    let copy = target.join(&ready.kernel.name);
    let lock = target.join(format!("{}.lock", ready.kernel.name));
    let _lock = cache::lock(&lock, "another build of the modules")?;
    let own: Vec<_> = names
        .iter()
        .map(|name| (workspace.root.join("loader-c").join(name), name.as_str()))
        .collect();
    let mut sources = vec![(library.as_path(), "")];
    sources.extend(own.iter().map(|(folder, name)| (folder.as_path(), *name)));
    update_copy(&sources, &copy)?;
    make_all(&ready.kernel, &copy, &workspace.handlers_dir(), &names)?;
    Ok(Built {
        modules: built(&copy)?,
        handlers: handlers.into_iter().map(|handler| handler.path).collect(),
        ready,
    })
}

fn make_all(kernel: &Kernel, copy: &Path, handlers: &Path, names: &[String]) -> Result<()> {
    let arguments = [
        format!("HANDLERS={}", handlers.display()),
        format!("UMD_DRIVERS={}", names.join(" ")),
    ];
    for line in make(kernel, copy, &arguments)? {
        eprintln!("{line}");
    }
    Ok(())
}

/// The names of the drivers, each of which has a folder below `loader-c`.
fn kernel_sides(workspace: &Workspace) -> Result<Vec<String>> {
    let names: Vec<String> = workspace
        .drivers
        .iter()
        .map(|driver| driver.name())
        .collect();
    for name in &names {
        let folder = workspace.root.join("loader-c").join(name);
        ensure!(
            folder.join("Kbuild").is_file(),
            "no {}/Kbuild: the Manager and the Loader of the driver {name} belong there",
            folder.display()
        );
    }
    Ok(names)
}

/// `cargo umd vm`. The exit code is the script's, or one that `umd-vm` reserves.
pub(crate) fn vm(args: &VmArgs) -> Result<ExitCode> {
    let task = Task::of_option(args.run.as_deref(), &[])?;
    let workspace = project::find()?;
    let folder = workspace.target.join("vm/last");
    let built = build(workspace, &args.kernel)?;
    let files: Vec<_> = built.handlers.iter().map(|path| guest_file(path)).collect();
    let is_script = matches!(task, Task::Script { .. });
    let seconds = args.timeout.or(is_script.then_some(SCRIPT_TIME));
    let outcome = umd_vm::run(&Options {
        modules: &built.modules,
        files: &files,
        task,
        processors: args.smp,
        timeout: seconds.map(Duration::from_secs),
        lock: Some(MachineLock {
            file: Cache::of_user()?.folder().join("vm.lock"),
            shared: true,
        }),
        ..Options::new(&built.ready.kernel, &built.ready.busybox, &folder, "")
    });
    Ok(umd_vm::report(&outcome))
}

/// A Handler, as `/umd/NAME`: an ELF file at hand.
fn guest_file(path: &Path) -> File {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    File::program(format!("umd/{name}"), path)
}
