// SPDX-License-Identifier: MIT OR Apache-2.0

//! Guests of this repository: its modules and the files of `tests/guest/`, and the
//! bugs that are planted in kernels with checkers.

pub use umd_vm::{Clock, Contents, File, Outcome, Output, Task, Verdict, exit_code};

use crate::kernel::Platform;
use crate::setup::Ready;
use crate::{cache, control, repo};
use anyhow::Result;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;
use umd_vm::MachineLock;

/// The memory of each guest in MiB that names no other: the suites count on it.
const MEMORY: u32 = 512;

/// A guest to boot, and its work.
#[derive(Debug, Clone)]
pub struct Options<'a> {
    /// Kernel and busybox.
    pub ready: &'a Ready,
    /// Modules to install in the guest's `/lib/modules`; they are not loaded.
    pub modules: &'a [PathBuf],
    /// More programs: path in the guest, without the first slash, and file.
    pub files: &'a [(String, PathBuf)],
    /// The guest's work.
    pub task: Task,
    /// The receiver of the output.
    pub output: Output,
    /// How many processors.
    pub processors: u32,
    /// The unit of the clock.
    pub clock: Clock,
    /// After this time the machine is ended.
    pub timeout: Option<Duration>,
    /// The run's folder below `target/vm`.
    pub name: &'a str,
    /// The user's own additions.
    pub extra: Option<&'a Extra>,
}

/// Additions of a user to a guest, by options of `cargo vm`.
#[derive(Debug, Clone, Default)]
pub struct Extra {
    /// Arguments of the kernel.
    pub kernel_arguments: String,
    /// Modules beside the repository's.
    pub modules: Vec<PathBuf>,
    /// Files beside the repository's.
    pub files: Vec<File>,
    /// Whether the guest waits for gdb.
    pub debugger: bool,
    /// The guest's memory in MiB.
    pub memory: Option<u32>,
}

/// Boots, runs and ends a guest. A guest in qemu waits for the end of all others,
/// unless each of them has few processors and does not measure the host's time.
///
/// # Errors
///
/// The guest cannot be started, or a file cannot be written. The guest's own
/// failures are in the [`Outcome`].
pub fn run(options: &Options) -> Result<Outcome> {
    let Ready { kernel, busybox } = options.ready;
    let expected = match options.task {
        Task::Script { .. } => control::reports(kernel, options.modules)?,
        Task::Shell => Vec::new(),
    };
    let plants = !expected.is_empty();
    let mut files = guest_files()?;
    if plants {
        files.push(control::list(&expected));
    }
    files.push(clock_file(options));
    let given = options.files.iter();
    files.extend(given.map(|(name, from)| File::program(name, from)));
    let nothing = Extra::default();
    let extra = options.extra.unwrap_or(&nothing);
    files.extend_from_slice(&extra.files);
    Ok(umd_vm::run(&umd_vm::Options {
        kernel,
        busybox,
        modules: &[options.modules, &extra.modules].concat(),
        files: &files,
        before: plants.then_some(control::BEFORE),
        task: options.task.clone(),
        after: plants.then_some(control::AFTER),
        expected: &expected,
        output: options.output,
        processors: options.processors,
        memory: extra.memory.unwrap_or(MEMORY),
        clock: options.clock,
        kernel_arguments: &extra.kernel_arguments,
        debugger: extra.debugger,
        timeout: options.timeout,
        folder: &repo::target_dir()?.join("vm").join(options.name),
        lock: Some(machine_lock(options)?),
    })?)
}

/// The guest's word on its clock, which `tests/guest/ktap.sh` reads. In User Mode
/// Linux the clock is always the host's.
fn clock_file(options: &Options) -> File {
    let is_qemu = options.ready.kernel.platform != Platform::UserMode;
    let clock = match options.clock {
        Clock::Instructions { .. } if is_qemu => "instructions\n",
        _ => "host\n",
    };
    File::text("umd/clock", clock)
}

/// The files of `tests/guest/` and of the drivers' `guest/`.
fn guest_files() -> Result<Vec<File>> {
    let mut files = Vec::new();
    for folder in repo::guest_folders()? {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = format!("umd/{}", entry.file_name().to_string_lossy());
            files.push(File::program(name, entry.path()));
        }
    }
    Ok(files)
}

/// Whether a guest with so many processors needs the machine for itself
/// whatever its kernel is.
pub(crate) const fn runs_alone(processors: u32) -> bool {
    processors > 2
}

/// Tests on a kernel with checkers and the host's clock have time to spare (`SLOW` in
/// `tests/guest/ktap.sh`), and a clock of instructions takes no notice of other
/// guests; all other tests measure the host's time.
fn machine_lock(options: &Options) -> Result<MachineLock> {
    let measures = options.clock == Clock::Host && !options.ready.kernel.has_checkers()?;
    Ok(MachineLock {
        file: cache::open()?.folder().join("vm.lock"),
        shared: !runs_alone(options.processors) && !measures,
    })
}
