// SPDX-License-Identifier: MIT OR Apache-2.0

//! Boots a kernel in a virtual machine, runs a script in it and finds out how
//! it went.
//!
//! The guest has three serial lines: the kernel's console, the script's
//! output, and the verdict, so that none can be taken for another.

use crate::cache::{self, Lock};
use crate::control::{self, Bug};
use crate::initramfs::Archive;
use crate::kernel::Platform;
use crate::machine::{self, Boot, Ended, Machine};
use crate::setup::Ready;
use crate::signals::Held;
use crate::{console, progress::Step, repo};
use anyhow::{Context, Result};
use std::ffi::OsString;
use std::fs;
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::ChildStdout;
use std::time::{Duration, Instant};

/// Exit codes that tell something other than the script's own status.
pub mod exit_code {
    /// The guest's kernel panicked; an oops makes it panic.
    pub const PANIC: u8 = 250;
    /// The script succeeded, but the kernel reported a fault (WARN, BUG,
    /// stall, sanitizer or lockdep report).
    pub const SPLAT: u8 = 251;
    /// The time was over and the machine was ended.
    pub const TIMEOUT: u8 = 252;
    /// The guest did not run, or ended without exactly one verdict.
    pub const INFRASTRUCTURE: u8 = 253;
}

/// What the guest is to do.
#[derive(Debug, Clone)]
pub enum Task {
    /// Run a script of the guest's shell, with arguments.
    Script {
        /// Its text.
        text: Vec<u8>,
        /// `$1`, `$2`, ...
        arguments: Vec<OsString>,
    },
    /// An interactive shell on this process's terminal.
    Shell,
}

/// Where the script's output goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// To standard output, as it comes, and into [`Outcome::output`].
    Inherit,
    /// Only into [`Outcome::output`].
    Capture,
}

/// What the guest's clock counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The host's time.
    Host,
    /// A nanosecond for each instruction, and all of a pause at once. Such a
    /// guest is emulated and has one processor.
    Instructions,
}

/// What to boot and what to do in it.
#[derive(Debug, Clone)]
pub struct Options<'a> {
    /// Kernel and busybox.
    pub ready: &'a Ready,
    /// Modules to install in the guest's `/lib/modules`; they are not loaded.
    pub modules: &'a [PathBuf],
    /// More files: path in the guest, without the first slash, and contents.
    pub files: &'a [(String, PathBuf)],
    /// What the guest does.
    pub task: Task,
    /// Where its output goes.
    pub output: Output,
    /// How many processors.
    pub processors: u32,
    /// What its clock counts.
    pub clock: Clock,
    /// After this time the machine is ended.
    pub timeout: Option<Duration>,
    /// The run's folder below `target/vm`.
    pub name: &'a str,
}

/// How it went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The script ended with this status; if that is 0, the kernel is well.
    Exit(u8),
    /// The kernel panicked; its message.
    Panic(String),
    /// The script succeeded, but the kernel reported this.
    Splat(String),
    /// The time was over.
    Timeout,
    /// No verdict, or more than one.
    NoVerdict(String),
}

impl Verdict {
    /// The exit code that tells it.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Exit(status) => *status,
            Self::Panic(_) => exit_code::PANIC,
            Self::Splat(_) => exit_code::SPLAT,
            Self::Timeout => exit_code::TIMEOUT,
            Self::NoVerdict(_) => exit_code::INFRASTRUCTURE,
        }
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exit(status) => write!(f, "the script ended with status {status}"),
            Self::Panic(message) => write!(f, "the guest's kernel panicked: {message}"),
            Self::Splat(message) => write!(f, "the guest's kernel reported: {message}"),
            Self::Timeout => write!(f, "the time was over and the guest was ended"),
            Self::NoVerdict(why) => write!(f, "the guest ended without a verdict: {why}"),
        }
    }
}

/// What is known after a run.
#[derive(Debug)]
pub struct Outcome {
    /// How it went.
    pub verdict: Verdict,
    /// What the script printed; nothing of a shell.
    pub output: Vec<u8>,
    /// The kernel's console log.
    pub console: String,
    /// The file with that log.
    pub console_file: PathBuf,
    /// How many bugs the guest planted, all of which its kernel reports when the
    /// verdict is [`Verdict::Exit`] of 0.
    pub planted: usize,
    /// From the start of its process to its end.
    pub elapsed: Duration,
}

impl Outcome {
    /// Tells on standard error what the exit status alone does not, with the
    /// end of the console where the kernel may be at fault.
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

/// How much of the console is shown.
const CONSOLE_LINES: usize = 40;

/// How often a guest is booted at most that emulation breaks.
const BOOTS: u32 = 3;

/// Boots, runs and ends a guest. One in qemu waits for all others, and they wait
/// for it, unless all of them have few processors and a kernel with checkers.
///
/// # Errors
///
/// The guest cannot be started, or a file not be written. What goes wrong in the
/// guest is in the [`Outcome`].
pub fn run(options: &Options) -> Result<Outcome> {
    let folder = repo::target_dir()?.join("vm").join(options.name);
    fs::create_dir_all(&folder)?;
    // A name may end with a version, which is no extension.
    let mut lock = folder.clone().into_os_string();
    lock.push(".lock");
    let _same = cache::lock(Path::new(&lock), "another run of that name")?;
    let _machine = (options.ready.kernel.platform == Platform::Qemu)
        .then(|| lock_machine(options))
        .transpose()?;
    let planted = planted(options)?;
    write_initramfs(&folder.join(machine::INITRAMFS), options, &planted)?;
    for _ in 1..BOOTS {
        let outcome = boot(options, &folder, &planted)?;
        if !is_broken_by_emulation(&outcome) {
            return Ok(outcome);
        }
        eprintln!("the emulator broke the guest's kernel while it booted; it boots once more");
    }
    boot(options, &folder, &planted)
}

/// Whether a guest with so many processors needs the machine for itself
/// whatever its kernel is.
pub(crate) const fn runs_alone(processors: u32) -> bool {
    processors > 2
}

/// Tests on a kernel with checkers have time to spare (`SLOW` in
/// `tests/guest/umd_test.sh`); all others measure it.
fn lock_machine(options: &Options) -> Result<Lock> {
    let (path, holder) = (cache::dir()?.join("vm.lock"), "another virtual machine");
    if runs_alone(options.processors) || !options.ready.kernel.has_checkers()? {
        cache::lock(&path, holder)
    } else {
        cache::lock_shared(&path, holder)
    }
}

/// QEMU before 8.1 has a race between processors: one that runs code which
/// another patches (the kernel does so for its static keys) may meet the
/// breakpoint after it is gone, which is an oops. It is not laid at another's
/// door: the script has not said a word, and none of our modules was loaded.
fn is_broken_by_emulation(outcome: &Outcome) -> bool {
    const OUR_MODULE: &str = ": loading out-of-tree module taints kernel";
    outcome.output.is_empty()
        && !outcome.console.contains(OUR_MODULE)
        && matches!(&outcome.verdict, Verdict::Panic(message) if message.starts_with("Oops: int3: "))
}

/// Boots once.
fn boot(options: &Options, folder: &Path, planted: &[&'static Bug]) -> Result<Outcome> {
    let shell = matches!(options.task, Task::Shell);
    let terminal = rustix::termios::tcgetattr(std::io::stdin())
        .ok()
        .filter(|_| shell);

    let signals = Held::begin()?;
    let started = Instant::now();
    let mut machine = Machine::start(&Boot {
        kernel: &options.ready.kernel,
        folder,
        processors: options.processors,
        clock: options.clock,
        interactive: shell,
    })?;
    let step = (!shell && options.output == Output::Inherit)
        .then(|| Step::start(format!("booting {}", options.ready.kernel.release)));
    let to = options.output;
    let reader = machine
        .take_output()
        .map(|output| std::thread::spawn(move || hand_on(output, to, step)));
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
    let read = |name| fs::read(folder.join(name)).unwrap_or_default();
    let console = String::from_utf8_lossy(&read(machine::CONSOLE)).into_owned();
    let verdict = String::from_utf8_lossy(&read(machine::VERDICT)).into_owned();
    let (unplanned, unreported) = control::examine(&console, planted);
    let process_said = String::from_utf8_lossy(&read(machine::PROCESS_LOG)).into_owned();
    Ok(Outcome {
        verdict: match judge(ended?, &unplanned, &verdict, process_said.trim()) {
            Verdict::Exit(0) if !unreported.is_empty() => Verdict::NoVerdict(format!(
                "the kernel did not report what was planted: {}",
                unreported.join(", ")
            )),
            verdict => verdict,
        },
        output: output.unwrap_or_default(),
        console,
        console_file: folder.join(machine::CONSOLE),
        planted: planted.len(),
        elapsed,
    })
}

/// The bugs that the guest plants when its script has succeeded.
fn planted(options: &Options) -> Result<Vec<&'static Bug>> {
    let is_there = options
        .modules
        .iter()
        .any(|module| module.ends_with(control::MODULE));
    if !is_there || matches!(options.task, Task::Shell) {
        return Ok(Vec::new());
    }
    control::bugs_of(&options.ready.kernel)
}

/// The verdict of what a run has left behind.
fn judge(ended: Ended, console: &str, verdict: &str, process_said: &str) -> Verdict {
    let splat = console::splats(console).into_iter().next();
    if let Some(panic) = console::panic(console) {
        return Verdict::Panic(match splat {
            Some(splat) => format!("{splat} ({panic})"),
            None => panic,
        });
    }
    if ended == Ended::TimeOver {
        return Verdict::Timeout;
    }
    match status(verdict) {
        Some((0, flags)) => match splat.or_else(|| console::taint(flags)) {
            Some(splat) => Verdict::Splat(splat),
            None => Verdict::Exit(0),
        },
        Some((status, _)) => Verdict::Exit(status),
        None if !verdict.is_empty() => Verdict::NoVerdict(format!(
            "it wrote \"{}\" where one exit status belongs",
            verdict.escape_debug()
        )),
        None if !process_said.is_empty() => Verdict::NoVerdict(process_said.replace('\n', "; ")),
        None => Verdict::NoVerdict("it was switched off".to_owned()),
    }
}

/// The script's status and the kernel's taint flags, from the one line that
/// `init.sh` writes.
fn status(verdict: &str) -> Option<(u8, u32)> {
    let mut lines = verdict.lines();
    let (line, None) = (lines.next()?, lines.next()) else {
        return None;
    };
    let (status, flags) = line.strip_prefix("exit ")?.split_once(" taint ")?;
    Some((status.parse().ok()?, flags.parse().ok()?))
}

/// Hands on what the script prints; the first byte ends `step`.
fn hand_on(mut output: ChildStdout, to: Output, mut step: Option<Step>) -> Vec<u8> {
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

fn write_initramfs(path: &Path, options: &Options, planted: &[&Bug]) -> Result<()> {
    let mut archive = Archive::create(path)?;
    for folder in ["proc", "sys", "dev", "tmp", "run", "root", "sbin"] {
        archive.folder(folder)?;
    }
    archive.device("dev/console", 0o600, (5, 1))?;
    archive.copy("bin/busybox", 0o755, &options.ready.busybox)?;
    archive.link("bin/sh", "busybox")?;
    archive.link("sbin/modprobe", "../bin/busybox")?;
    for entry in fs::read_dir(repo::root().join("tests/guest")).context("no tests/guest")? {
        let entry = entry?;
        let name = format!("umd/{}", entry.file_name().to_string_lossy());
        archive.copy(&name, 0o755, &entry.path())?;
    }
    archive.link("init", "umd/init.sh")?;
    let installed = format!("lib/modules/{}/extra", options.ready.kernel.release);
    archive.folder(&installed)?;
    for module in options.modules {
        let name = module.file_name().unwrap_or_default().to_string_lossy();
        archive.copy(&format!("{installed}/{name}"), 0o644, module)?;
    }
    if !planted.is_empty() {
        archive.file("umd/plants", 0o644, control::list(planted).as_bytes())?;
    }
    for (name, from) in options.files {
        archive.copy(name, 0o755, from)?;
    }
    match &options.task {
        Task::Script { text, arguments } => {
            archive.file("umd/script", 0o755, text)?;
            let mut run = b"exec sh /umd/script".to_vec();
            for argument in arguments {
                run.push(b' ');
                run.extend(quoted(argument.as_bytes()));
            }
            run.push(b'\n');
            archive.file("umd/run", 0o644, &run)?;
        }
        Task::Shell => {
            let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok();
            let (rows, columns) = size.map_or((24, 80), |size| (size.ws_row, size.ws_col));
            let text = format!("ROWS={rows} COLUMNS={columns}\n");
            archive.file("umd/terminal", 0o644, text.as_bytes())?;
        }
    }
    archive.finish()
}

/// A word that the guest's shell takes as it is.
fn quoted(word: &[u8]) -> Vec<u8> {
    let mut quoted = vec![b'\''];
    for &byte in word {
        match byte {
            b'\'' => quoted.extend(b"'\\''"),
            _ => quoted.push(byte),
        }
    }
    quoted.push(b'\'');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_one_status_is_a_verdict() {
        let judged = |verdict| judge(Ended::ByItself, "", verdict, "");
        assert_eq!(judged("exit 0 taint 12288\r\n"), Verdict::Exit(0));
        assert_eq!(judged("exit 3 taint 0\n"), Verdict::Exit(3));
        for wrong in [
            "",
            "exit 0\n",
            "exit 256 taint 0\n",
            "exit 0 taint 0\nexit 0 taint 0\n",
            "\nexit 0 taint 0\n",
        ] {
            assert!(matches!(judged(wrong), Verdict::NoVerdict(_)), "{wrong:?}");
        }
    }

    #[test]
    fn only_a_boot_that_emulation_broke_is_tried_again() {
        let outcome = |console: &str, output: &[u8]| Outcome {
            verdict: judge(Ended::ByItself, console, "", ""),
            output: output.to_vec(),
            console: console.to_owned(),
            console_file: PathBuf::new(),
            planted: 0,
            elapsed: Duration::ZERO,
        };
        let panic = "[    1.1] Kernel panic - not syncing: Fatal exception\n";
        let patched = format!("[    1.0] Oops: int3: 0000 [#1] PREEMPT SMP NOPTI\n{panic}");
        let other = format!("[    1.0] Oops: 0002 [#1] PREEMPT SMP NOPTI\n{panic}");
        assert!(is_broken_by_emulation(&outcome(&patched, b"")));
        assert!(!is_broken_by_emulation(&outcome(&patched, b"1..3\n")));
        assert!(!is_broken_by_emulation(&outcome(&other, b"")));
        let loaded = format!("umd_mgmt: loading out-of-tree module taints kernel.\n{patched}");
        assert!(!is_broken_by_emulation(&outcome(&loaded, b"")));
        assert!(!is_broken_by_emulation(&outcome("", b"")));
    }

    #[test]
    fn a_fault_of_the_kernel_outweighs_success_but_not_failure() {
        let warned = "[    1.0] WARNING: CPU: 0 PID: 1 at x.c:1 f+0x1/0x2\n";
        let judged = |ended, console, verdict| judge(ended, console, verdict, "");
        let by_itself = Ended::ByItself;
        assert!(matches!(
            judged(by_itself, warned, "exit 0 taint 0\n"),
            Verdict::Splat(_)
        ));
        assert_eq!(
            judged(by_itself, warned, "exit 1 taint 0\n"),
            Verdict::Exit(1)
        );
        assert!(matches!(
            judged(by_itself, "", "exit 0 taint 512\n"),
            Verdict::Splat(_)
        ));
        assert_eq!(
            judged(Ended::TimeOver, warned, "exit 0 taint 0\n"),
            Verdict::Timeout
        );
        let panicked = "[    1.0] Kernel panic - not syncing: why\n";
        for ended in [by_itself, Ended::TimeOver] {
            assert!(matches!(
                judged(ended, panicked, "exit 0 taint 0\n"),
                Verdict::Panic(_)
            ));
        }
    }
}
