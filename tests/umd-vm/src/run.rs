// SPDX-License-Identifier: MIT OR Apache-2.0

//! A run of a guest, from its files to the verdict.
//!
//! The guest has three serial lines: the kernel's console, the script's output,
//! and the verdict. No line can therefore be taken for another.

use crate::cache::{self, Lock};
use crate::error::bail;
use crate::expected::{self, Expected};
use crate::kernel::{Kernel, Platform};
use crate::machine::{self, Boot, Machine};
use crate::root::{self, File};
use crate::signals::Held;
use crate::verdict::{Verdict, exit_code, judge};
use crate::{Result, debugger, progress::Step};
use anyhow::Context;
use std::ffi::OsString;
use std::fmt::Display;
use std::fs;
use std::io::{IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, ExitCode};
use std::time::{Duration, Instant};

/// The work of a guest.
#[derive(Debug, Clone)]
pub enum Task {
    /// Run a script of the guest's shell, with arguments.
    Script {
        /// The script's text.
        text: Vec<u8>,
        /// `$1`, `$2`, ...
        arguments: Vec<OsString>,
    },
    /// An interactive shell on this process's terminal.
    Shell,
}

impl Task {
    /// The task of a command's option `--run`: the script in that file (`-`: standard
    /// input) with these arguments; without it, a shell.
    ///
    /// # Errors
    ///
    /// The script cannot be read, or a shell has no terminal.
    pub fn of_option(run: Option<&Path>, arguments: &[OsString]) -> Result<Self> {
        let Some(path) = run else {
            if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
                bail!("a shell needs a terminal; use --run SCRIPT, or --run - for standard input");
            }
            return Ok(Self::Shell);
        };
        let mut text = Vec::new();
        if path == Path::new("-") {
            std::io::stdin()
                .read_to_end(&mut text)
                .context("cannot read the script")?;
        } else {
            text = fs::read(path)
                .with_context(|| format!("cannot read the script {}", path.display()))?;
        }
        Ok(Self::Script {
            text,
            arguments: arguments.to_vec(),
        })
    }
}

/// The receiver of the script's output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// Standard output, at once, and [`Outcome::output`].
    Inherit,
    /// Only [`Outcome::output`].
    Capture,
}

/// The unit of the guest's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The host's time.
    Host,
    /// The guest's instructions, and all of a pause at once. With this clock the
    /// guest is emulated and has one processor. In User Mode Linux the clock is
    /// the host's.
    Instructions {
        /// An instruction takes 2 to the power of this in nanoseconds.
        shift: u32,
    },
}

/// A guest: the kernel to boot, the files that it finds, and its work.
#[derive(Debug, Clone)]
pub struct Options<'a> {
    /// The kernel.
    pub kernel: &'a Kernel,
    /// A static busybox.
    pub busybox: &'a Path,
    /// Modules to install in the guest's `/lib/modules`. The guest loads none of
    /// them by itself.
    pub modules: &'a [PathBuf],
    /// More files. The folder `/vm` is this crate's.
    pub files: &'a [File],
    /// Shell commands that the first process runs before the task.
    pub before: Option<&'a str>,
    /// The guest's work.
    pub task: Task,
    /// Shell commands that the first process runs after a script that succeeded.
    pub after: Option<&'a str>,
    /// Reports that the kernel must make, or else the run has no verdict.
    pub expected: &'a [Expected<'a>],
    /// The receiver of the output.
    pub output: Output,
    /// How many processors.
    pub processors: u32,
    /// How much memory, in MiB.
    pub memory: u32,
    /// The unit of the clock.
    pub clock: Clock,
    /// More arguments of the kernel, as on its command line. A later argument counts
    /// where two contradict each other.
    pub kernel_arguments: &'a str,
    /// Whether the guest waits for gdb before its first instruction, in qemu. A message
    /// on standard error has the command that starts gdb.
    pub debugger: bool,
    /// After this time the machine is ended.
    pub timeout: Option<Duration>,
    /// The folder of this run and all others that may not run beside it. The
    /// console log stays there.
    pub folder: &'a Path,
    /// A lock that the run holds while the guest is in qemu.
    pub lock: Option<MachineLock>,
}

/// Enough for a small guest, in MiB.
pub(crate) const MEMORY: u32 = 512;

impl<'a> Options<'a> {
    /// A guest with one processor and enough memory for a small system, which runs a
    /// script without arguments, and whose output goes to standard output. No time
    /// limit.
    pub fn new(
        kernel: &'a Kernel,
        busybox: &'a Path,
        folder: &'a Path,
        script: impl Into<Vec<u8>>,
    ) -> Self {
        Self {
            kernel,
            busybox,
            modules: &[],
            files: &[],
            before: None,
            task: Task::Script {
                text: script.into(),
                arguments: Vec::new(),
            },
            after: None,
            expected: &[],
            output: Output::Inherit,
            processors: 1,
            memory: MEMORY,
            clock: Clock::Host,
            kernel_arguments: "",
            debugger: false,
            timeout: None,
            folder,
            lock: None,
        }
    }
}

/// A lock file that keeps guests from each other's processors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MachineLock {
    /// The lock file.
    pub file: PathBuf,
    /// Whether other guests with a shared lock may run meanwhile.
    pub shared: bool,
}

impl MachineLock {
    fn take(&self) -> Result<Lock> {
        let holder = "another virtual machine";
        if self.shared {
            cache::lock_shared(&self.file, holder)
        } else {
            cache::lock(&self.file, holder)
        }
    }
}

/// The findings of a run.
#[derive(Debug)]
pub struct Outcome {
    /// How the run ended.
    pub verdict: Verdict,
    /// The output of a script; nothing of a shell.
    pub output: Vec<u8>,
    /// The kernel's console log.
    pub console: String,
    /// The file with that log.
    pub console_file: PathBuf,
    /// How many reports were expected of the kernel, all of which it has made when
    /// the verdict is [`Verdict::Exit`] of 0.
    pub expected: usize,
    /// From the start of the guest's process to the end.
    pub elapsed: Duration,
}

impl Outcome {
    /// Prints the verdict on standard error, with the end of the console, unless the
    /// exit status says it all.
    pub fn explain(&self) {
        if matches!(self.verdict, Verdict::Exit(_)) {
            return;
        }
        let lines: Vec<&str> = self.console.lines().collect();
        for line in &lines[lines.len().saturating_sub(CONSOLE_LINES)..] {
            eprintln!("| {}", line.trim_end());
        }
        eprintln!("error: {}", self.verdict);
        eprintln!("console: {}", self.console_file.display());
    }
}

/// Explains how a run ended, or why there was none. Returns what a program that has run
/// one guest ends with: see [`Verdict::exit_code`].
#[must_use]
pub fn report<E: Display>(run: &std::result::Result<Outcome, E>) -> ExitCode {
    ExitCode::from(match run {
        Ok(outcome) => {
            outcome.explain();
            outcome.verdict.exit_code()
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            exit_code::INFRASTRUCTURE
        }
    })
}

/// How much of the console is shown.
const CONSOLE_LINES: usize = 40;

/// How often a guest is booted at most that emulation breaks.
const BOOTS: u32 = 3;

/// Boots, runs and ends a guest. A run waits for the end of another one in the
/// same folder.
///
/// # Errors
///
/// The guest cannot be started, or a file cannot be written. The guest's own
/// failures are in the [`Outcome`].
pub fn run(options: &Options) -> Result<Outcome> {
    let command_line = machine::command_line(options)?;
    if options.debugger {
        debugger::ensure_possible(options.kernel)?;
    }
    fs::create_dir_all(options.folder)?;
    // A name may end with a version, which is no extension.
    let mut lock = options.folder.as_os_str().to_owned();
    lock.push(".lock");
    let _same = cache::lock(Path::new(&lock), "another run of that name")?;
    let lock = options.lock.as_ref();
    let _machine = lock
        .filter(|_| options.kernel.platform != Platform::UserMode)
        .map(MachineLock::take)
        .transpose()?;
    root::write(options)?;
    for _ in 1..BOOTS {
        let outcome = boot(options, &command_line)?;
        if !is_broken_by_emulation(&outcome) {
            return Ok(outcome);
        }
        eprintln!("the emulator broke the guest's kernel while it booted; it boots once more");
    }
    boot(options, &command_line)
}

/// QEMU before 8.1 has a race between processors: one that runs code which
/// another patches (the kernel does so for its static keys) may meet the
/// breakpoint after it is gone, which is an oops. No other oops is taken for this
/// one: the script has printed nothing, and no module of the caller was loaded.
fn is_broken_by_emulation(outcome: &Outcome) -> bool {
    const OUT_OF_TREE: &str = ": loading out-of-tree module taints kernel";
    outcome.output.is_empty()
        && !outcome.console.contains(OUT_OF_TREE)
        && matches!(&outcome.verdict, Verdict::Panic(message) if message.starts_with("Oops: int3: "))
}

/// Boots once.
fn boot(options: &Options, command_line: &str) -> Result<Outcome> {
    let shell = matches!(options.task, Task::Shell);
    let terminal = rustix::termios::tcgetattr(std::io::stdin())
        .ok()
        .filter(|_| shell);

    if options.debugger {
        debugger::prepare(options)?;
    }
    let signals = Held::begin()?;
    let started = Instant::now();
    let mut machine = Machine::start(&Boot {
        kernel: options.kernel,
        folder: options.folder,
        processors: options.processors,
        memory: options.memory,
        clock: options.clock,
        command_line,
        debugger: options.debugger,
        interactive: shell,
    })?;
    if options.debugger {
        debugger::announce(options, &machine)?;
    }
    let step = (!shell && options.output == Output::Inherit)
        .then(|| Step::start(format!("booting {}", options.kernel.release)));
    let to = options.output;
    let reader = machine
        .take_output()
        .map(|output| std::thread::spawn(move || pass_on(output, to, step)));
    let ended = machine.wait(options.timeout, &signals);
    drop(machine);
    let elapsed = started.elapsed();
    if let Some(terminal) = terminal {
        // A guest that was killed leaves the terminal as the guest needed it.
        let now = rustix::termios::OptionalActions::Now;
        rustix::termios::tcsetattr(std::io::stdin(), now, &terminal)?;
    }
    if signals.received() {
        signals.deliver()?;
    }
    drop(signals);
    let output = reader.map_or(Ok(Vec::new()), std::thread::JoinHandle::join);
    let read = |name| fs::read(options.folder.join(name)).unwrap_or_default();
    let console = String::from_utf8_lossy(&read(machine::CONSOLE)).into_owned();
    let verdict = String::from_utf8_lossy(&read(machine::VERDICT)).into_owned();
    let (unplanned, unreported) = expected::examine(&console, options.expected);
    let process_said = String::from_utf8_lossy(&read(machine::PROCESS_LOG)).into_owned();
    Ok(Outcome {
        verdict: match judge(ended?, &unplanned, &verdict, process_said.trim()) {
            Verdict::Exit(0) if !unreported.is_empty() => Verdict::NoVerdict(format!(
                "the kernel did not report what was expected: {}",
                unreported.join(", ")
            )),
            verdict => verdict,
        },
        output: output.unwrap_or_default(),
        console,
        console_file: options.folder.join(machine::CONSOLE),
        expected: options.expected.len(),
        elapsed,
    })
}

/// Passes the script's output on. The first byte ends `step`.
fn pass_on(mut output: ChildStdout, to: Output, mut step: Option<Step>) -> Vec<u8> {
    let mut all = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = output.read(&mut buffer) {
        step.take();
        all.extend_from_slice(&buffer[..count]);
        if to == Output::Inherit {
            let mut stdout = std::io::stdout().lock();
            // A closed pipe must not end the guest half-way.
            let _ = stdout.write_all(&buffer[..count]);
            let _ = stdout.flush();
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::Ended;

    #[test]
    fn only_a_boot_that_emulation_broke_is_tried_again() {
        let outcome = |console: &str, output: &[u8]| Outcome {
            verdict: judge(Ended::ByItself, console, "", ""),
            output: output.to_vec(),
            console: console.to_owned(),
            console_file: PathBuf::new(),
            expected: 0,
            elapsed: Duration::ZERO,
        };
        let panic = "[    1.1] Kernel panic - not syncing: Fatal exception\n";
        let patched = format!("[    1.0] Oops: int3: 0000 [#1] PREEMPT SMP NOPTI\n{panic}");
        let other = format!("[    1.0] Oops: 0002 [#1] PREEMPT SMP NOPTI\n{panic}");
        assert!(is_broken_by_emulation(&outcome(&patched, b"")));
        assert!(!is_broken_by_emulation(&outcome(&patched, b"1..3\n")));
        assert!(!is_broken_by_emulation(&outcome(&other, b"")));
        let loaded = format!("sample: loading out-of-tree module taints kernel.\n{patched}");
        assert!(!is_broken_by_emulation(&outcome(&loaded, b"")));
        assert!(!is_broken_by_emulation(&outcome("", b"")));
    }
}
