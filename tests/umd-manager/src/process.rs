// SPDX-License-Identifier: MIT OR Apache-2.0

//! A Handler as a child process on a socket pair.

use crate::seal::SealedExec;
use std::ffi::{CString, OsStr, OsString};
use std::fmt;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

/// How a Handler's process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// With this exit code; `umd_abi` names them (`UMD_EXIT_`).
    Exited(i32),
    /// By this signal. A system call that the seal forbids is `SIGSYS`.
    Killed(i32),
}

impl From<ExitStatus> for Ending {
    fn from(status: ExitStatus) -> Self {
        match status.signal() {
            Some(signal) => Self::Killed(signal),
            None => Self::Exited(status.code().unwrap_or_default()),
        }
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exited(code) => write!(f, "exit code {code}"),
            Self::Killed(libc::SIGSYS) => write!(f, "forbidden system call"),
            Self::Killed(signal) => write!(f, "signal {signal}"),
        }
    }
}

/// A running Handler. The process has the other end of
/// [`channel`](Self::channel) as file descriptors 0 and 1 and nothing else: no
/// arguments but a name, no environment, and the system calls of seccomp's
/// strict mode. Dropping the value kills the process.
#[derive(Debug)]
pub struct Process {
    child: Child,
    channel: UnixStream,
}

impl Process {
    /// Starts the ELF file `elf`. No frame is sent.
    ///
    /// # Errors
    ///
    /// When the file cannot be executed.
    pub fn spawn(elf: &Path) -> io::Result<Self> {
        let (mut failed, failure) = io::pipe()?;
        let path = c_string(elf.as_os_str())?;
        let name = c_string(elf.file_name().unwrap_or_default())?;
        let exec = SealedExec::new(path, name, failure)?;
        let mut command = Command::new(elf);
        let channel = connect(&mut command)?;
        // SAFETY: between fork and exec only what exec() does, which is made
        // for that.
        unsafe { command.pre_exec(move || Err(exec.exec())) };
        let child = command.spawn()?;
        let process = Self { child, channel };

        // Without this end, the pipe ends when the program starts.
        drop(command);
        let mut errno = [0; 4];
        match failed.read_exact(&mut errno) {
            Ok(()) => Err(io::Error::from_raw_os_error(i32::from_ne_bytes(errno))),
            Err(_) => Ok(process),
        }
    }

    /// Starts the ELF file `elf`, for another processor, by an emulator: the words
    /// `emulator`, to which the file is appended. Nothing seals the process, since an
    /// emulator makes other system calls for itself: what the Handler asks for, the
    /// emulator has to say, such as `qemu-aarch64 -strace -D FILE`.
    ///
    /// # Errors
    ///
    /// When there are no words, or the emulator cannot be executed.
    pub fn spawn_by(emulator: &[OsString], elf: &Path) -> io::Result<Self> {
        let (program, arguments) = emulator
            .split_first()
            .ok_or_else(|| io::Error::other("no emulator"))?;
        let mut command = Command::new(program);
        command.args(arguments).arg(elf).env_clear();
        let channel = connect(&mut command)?;
        let child = command.spawn()?;
        Ok(Self { child, channel })
    }

    /// This side's end of the channel.
    #[must_use]
    pub fn channel(&self) -> &UnixStream {
        &self.channel
    }

    /// The process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// How the process ended, or `None` while it runs.
    ///
    /// # Errors
    ///
    /// When the process cannot be waited for.
    pub fn ending(&mut self) -> io::Result<Option<Ending>> {
        Ok(self.child.try_wait()?.map(Ending::from))
    }

    /// Kills the process and waits for its end, which may have come before.
    ///
    /// # Errors
    ///
    /// When the process cannot be waited for.
    pub fn kill(&mut self) -> io::Result<Ending> {
        self.child.kill()?;
        self.wait()
    }

    /// Waits for the end of the process.
    ///
    /// # Errors
    ///
    /// When the process cannot be waited for.
    pub fn wait(&mut self) -> io::Result<Ending> {
        self.child.wait().map(Ending::from)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // A failure has nobody to be reported to.
        let _ = self.kill();
    }
}

/// Gives a command the other end of the channel as file descriptors 0 and 1, and no
/// standard error.
fn connect(command: &mut Command) -> io::Result<UnixStream> {
    let (channel, theirs) = UnixStream::pair()?;
    let theirs = OwnedFd::from(theirs);
    command
        .stdin(Stdio::from(theirs.try_clone()?))
        .stdout(Stdio::from(theirs))
        .stderr(Stdio::null());
    Ok(channel)
}

fn c_string(text: &OsStr) -> io::Result<CString> {
    CString::new(text.as_bytes()).map_err(io::Error::other)
}
