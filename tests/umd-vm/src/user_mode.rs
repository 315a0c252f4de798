// SPDX-License-Identifier: MIT OR Apache-2.0

//! A guest in User Mode Linux: the kernel is a process of this machine, and
//! each of the guest's processes is one that it traces.

use crate::machine::{self, Boot, CONSOLE, INITRAMFS, VERDICT};
use crate::{Result, programs};
use rustix::io::{FdFlags, fcntl_setfd};
use rustix::pipe::fcntl_setpipe_size;
use rustix::process::{Pid, Signal, kill_process_group};
use std::fs::File;
use std::io::PipeWriter;
use std::os::fd::AsRawFd;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;

/// The host's part beside the memory: no consoles, no restart. User Mode Linux prints
/// nothing of its own while all is well (`quiet`; the kernel has its log level after).
pub(crate) const OPTIONS: [&str; 6] = [
    "quiet",
    "noreboot",
    "con=null",
    "ssl=null",
    // Files for a management console go below the run's folder.
    "uml_dir=.",
    "random.trust_cpu=on",
];

/// The kernel does not wait for a reader of its console.
const PIPE_SIZE: usize = 1 << 20;

/// Starts the kernel, as an argument of `command`. Returns also what carries
/// its console and verdict to files: it can only write to what can be waited
/// for, which a file cannot.
///
/// # Errors
///
/// There is no kernel, or it cannot be started.
pub(crate) fn start(mut command: Command, boot: &Boot) -> Result<(Child, Vec<JoinHandle<()>>)> {
    let image = boot.kernel.image()?;
    // A random place of the host's heap moves the kernel's memory, up to a hang.
    command.arg(programs::find(programs::SETARCH)?);
    command.arg("--addr-no-randomize").arg(image);
    // Some of them count only as arguments of their own.
    command.args(boot.command_line.split(' '));
    command.arg(format!("initrd={INITRAMFS}"));
    let (console, to_console) = line(&boot.folder.join(CONSOLE))?;
    let (verdict, to_verdict) = line(&boot.folder.join(VERDICT))?;
    command.arg(format!("ssl0=fd:{}", console.as_raw_fd()));
    command.arg("ssl1=fd:0,fd:1");
    command.arg(format!("ssl2=fd:{}", verdict.as_raw_fd()));
    if !boot.interactive {
        // Nothing comes there, but /dev/null cannot be waited for either.
        command.stdin(Stdio::piped());
    }
    for end in [&console, &verdict] {
        fcntl_setfd(end, FdFlags::empty())?;
    }
    // The ends for writing are closed here when this returns.
    Ok((
        machine::spawn(command, image)?,
        vec![to_console, to_verdict],
    ))
}

/// A pipe, of which all that is written goes to `file`.
fn line(file: &Path) -> Result<(PipeWriter, JoinHandle<()>)> {
    let (mut reader, writer) = std::io::pipe()?;
    fcntl_setpipe_size(&writer, PIPE_SIZE)?;
    let mut file = File::create(file)?;
    let copy = std::thread::spawn(move || {
        // A failure shows to the reader of the file, who misses the rest.
        let _ = std::io::copy(&mut reader, &mut file);
    });
    Ok((writer, copy))
}

/// Ends the processes that a kernel has started: they are in a group with it.
pub(crate) fn end_group(kernel: &Child) {
    // This fails as long as the kernel has not made itself the group's leader.
    let _ = kill_process_group(Pid::from_child(kernel), Signal::KILL);
}
