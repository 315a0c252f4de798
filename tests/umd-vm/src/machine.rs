// SPDX-License-Identifier: MIT OR Apache-2.0

//! A running guest: a process of this machine, its three lines, and its end.

use crate::kernel::{Kernel, Platform};
use crate::run::{Clock, Options};
use crate::signals::Held;
use crate::{Result, debugger, error::bail, programs, qemu, user_mode};
use anyhow::Context;
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The kernel's console log.
pub(crate) const CONSOLE: &str = "console.log";
/// All that the guest writes to its verdict line.
pub(crate) const VERDICT: &str = "verdict";
/// The guest's root file system.
pub(crate) const INITRAMFS: &str = "initramfs.cpio";
/// Messages of the guest's process itself.
pub(crate) const PROCESS_LOG: &str = "process.log";

/// Options of every kernel.
///
/// An oops ends the machine at once, so that the script cannot go on in a
/// kernel that is broken; a warning does not, for the script may say more.
/// The kernel's chatter is held back while it boots: the console is slow.
/// KASAN reports each bug, not only the first (others do not know that word).
const KERNEL_OPTIONS: [&str; 6] = [
    "console=ttyS0",
    "loglevel=5",
    "panic=-1",
    "oops=panic",
    "kasan_multi_shot",
    "rdinit=/init",
];

/// The kernel's command line: the options of the machine, those of every kernel, and
/// the caller's, since the last of two that contradict each other counts.
///
/// # Errors
///
/// The kernel would cut the line off.
pub(crate) fn command_line(options: &Options) -> Result<String> {
    let memory = format!("mem={}M", options.memory);
    let mut line = match options.kernel.platform {
        Platform::Qemu(arch) => arch.machine.kernel_options.to_vec(),
        Platform::UserMode => [&user_mode::OPTIONS, &[&*memory][..]].concat(),
    };
    line.extend(KERNEL_OPTIONS);
    line.extend(options.debugger.then_some(debugger::KERNEL_OPTION));
    line.push(options.kernel_arguments);
    let line = line.join(" ").trim_end().to_owned();
    if line.contains(char::is_control) {
        bail!("the kernel's arguments are one line without control characters");
    }
    if line.len() > COMMAND_LINE {
        bail!(
            "the kernel's arguments are {} bytes too long: leave some out",
            line.len() - COMMAND_LINE
        );
    }
    Ok(line)
}

/// The kernel's `COMMAND_LINE_SIZE`, without the zero byte.
const COMMAND_LINE: usize = 2047;

/// How often a process is looked at that should end.
pub(crate) const POLL: Duration = Duration::from_millis(20);

/// A guest to start.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Boot<'a> {
    /// The kernel.
    pub(crate) kernel: &'a Kernel,
    /// The folder with all files of the run.
    pub(crate) folder: &'a Path,
    /// How many processors; User Mode Linux has one.
    pub(crate) processors: u32,
    /// How much memory in MiB; User Mode Linux has it in the command line.
    pub(crate) memory: u32,
    /// The unit of the clock; User Mode Linux has the host's.
    pub(crate) clock: Clock,
    /// All arguments of the kernel.
    pub(crate) command_line: &'a str,
    /// Whether the guest waits for gdb; User Mode Linux cannot.
    pub(crate) debugger: bool,
    /// Whether the output line is this process's terminal.
    pub(crate) interactive: bool,
}

/// How a guest ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The guest switched itself off, or its process failed.
    ByItself,
    /// The guest was killed after the given time.
    TimeOver,
    /// The guest was killed because of a signal to this process.
    Interrupted,
}

/// A running guest; dropping it ends it.
#[derive(Debug)]
pub(crate) struct Machine {
    process: Child,
    platform: Platform,
    /// The threads that carry the guest's lines to files.
    lines: Vec<JoinHandle<()>>,
    /// The process has been waited for, and its id may be another's.
    over: bool,
}

impl Machine {
    /// Boots a kernel.
    ///
    /// # Errors
    ///
    /// The process cannot be started.
    pub(crate) fn start(boot: &Boot) -> Result<Self> {
        for name in [CONSOLE, VERDICT, debugger::SECTIONS] {
            fs::write(boot.folder.join(name), "")?;
        }
        // The guest ends with this process, even if this one is killed.
        let mut command = Command::new(programs::find(programs::SETPRIV)?);
        command.args(["--pdeathsig", "KILL"]);
        command.current_dir(boot.folder);
        command.stderr(File::create(boot.folder.join(PROCESS_LOG))?);
        if !boot.interactive {
            command.stdin(Stdio::null()).stdout(Stdio::piped());
        }
        let platform = boot.kernel.platform;
        let (process, lines) = match platform {
            Platform::Qemu(arch) => (qemu::start(command, boot, arch)?, Vec::new()),
            Platform::UserMode => user_mode::start(command, boot)?,
        };
        Ok(Self::new(process, platform, lines))
    }

    /// The machine of a process that was started.
    pub(crate) fn new(process: Child, platform: Platform, lines: Vec<JoinHandle<()>>) -> Self {
        Self {
            process,
            platform,
            lines,
            over: false,
        }
    }

    /// The guest's output line, once.
    pub(crate) fn take_output(&mut self) -> Option<ChildStdout> {
        self.process.stdout.take()
    }

    /// Waits for the end. When the time is over or a signal has come, the guest is
    /// killed.
    ///
    /// # Errors
    ///
    /// The process cannot be waited for.
    pub(crate) fn wait(&mut self, timeout: Option<Duration>, signals: &Held) -> Result<Ended> {
        let started = Instant::now();
        loop {
            if self.has_ended()? {
                self.end();
                return Ok(Ended::ByItself);
            }
            if signals.received() {
                self.end();
                return Ok(Ended::Interrupted);
            }
            if timeout.is_some_and(|timeout| started.elapsed() >= timeout) {
                self.end();
                return Ok(Ended::TimeOver);
            }
            std::thread::sleep(POLL);
        }
    }

    /// Whether the process has ended. An ended one stays, as a zombie, for `end`.
    ///
    /// # Errors
    ///
    /// The process cannot be looked at.
    pub(crate) fn has_ended(&self) -> Result<bool> {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        Ok(waitid(WaitId::Pid(Pid::from_child(&self.process)), options)?.is_some())
    }

    /// Ends the process, and all that it has started. A process that cannot be killed
    /// has ended before.
    fn end(&mut self) {
        if self.over {
            return;
        }
        if self.platform == Platform::UserMode {
            user_mode::end_group(&self.process);
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
        for line in self.lines.drain(..) {
            let _ = line.join();
        }
        self.over = true;
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        self.end();
    }
}

/// Starts a command; the message of a failure names `program`.
pub(crate) fn spawn(mut command: Command, program: &Path) -> Result<Child> {
    Ok(command
        .spawn()
        .with_context(|| format!("cannot start {}", program.display()))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Arch;
    use std::path::PathBuf;

    #[test]
    fn user_mode_linux_has_its_memory_in_the_command_line() -> Result<()> {
        let line = |platform| {
            let kernel = Kernel {
                name: "k".to_owned(),
                release: "1".to_owned(),
                platform,
                image: None,
                build_dir: PathBuf::new(),
                make_variables: Vec::new(),
                compiler: PathBuf::new(),
                modules: None,
            };
            let none = Path::new("");
            command_line(&Options {
                memory: 96,
                kernel_arguments: "own",
                ..Options::new(&kernel, none, none, "")
            })
        };
        assert!(line(Platform::UserMode)?.contains(" mem=96M console=ttyS0 "));
        assert!(line(Platform::UserMode)?.ends_with(" rdinit=/init own"));
        assert!(!line(Platform::Qemu(Arch::host()))?.contains("mem="));
        Ok(())
    }
}
