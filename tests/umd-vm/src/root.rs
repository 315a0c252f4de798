// SPDX-License-Identifier: MIT OR Apache-2.0

//! The files of a guest. The root file system has busybox, this crate's first
//! process, the caller's files, and the modules where modprobe looks for them.
//! No other file of the machine is read.

use crate::initramfs::Archive;
use crate::run::{Options, Task};
use crate::{Result, debugger, machine};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

/// The guest's first process.
const INIT: &str = include_str!("init.sh");

/// A file of the guest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// The path in the guest, without the first slash.
    pub name: String,
    /// The permissions.
    pub mode: u32,
    /// The contents.
    pub contents: Contents,
}

/// The contents of a [`File`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contents {
    /// As they are given.
    Bytes(Vec<u8>),
    /// The contents of a file of this machine, read when the guest is booted.
    Copy(PathBuf),
}

impl File {
    /// A program: a copy of a file that anybody can execute.
    pub fn program(name: impl Into<String>, from: impl Into<PathBuf>) -> Self {
        Self {
            name: name.into(),
            mode: 0o755,
            contents: Contents::Copy(from.into()),
        }
    }

    /// A text that anybody can read.
    pub fn text(name: impl Into<String>, text: impl Into<Vec<u8>>) -> Self {
        Self {
            name: name.into(),
            mode: 0o644,
            contents: Contents::Bytes(text.into()),
        }
    }
}

/// Writes the guest's root file system into the folder of its run.
pub(crate) fn write(options: &Options) -> Result<()> {
    let mut archive = Archive::create(&options.folder.join(machine::INITRAMFS))?;
    for folder in ["proc", "sys", "dev", "tmp", "run", "root", "sbin"] {
        archive.folder(folder)?;
    }
    archive.device("dev/console", 0o600, (5, 1))?;
    archive.copy("bin/busybox", 0o755, options.busybox)?;
    archive.link("bin/sh", "busybox")?;
    archive.link("sbin/modprobe", "../bin/busybox")?;
    if options.debugger {
        let script = debugger::SECTIONS_SCRIPT.as_bytes();
        archive.file("vm/sections.sh", 0o755, script)?;
    }
    archive.file("vm/init.sh", 0o755, INIT.as_bytes())?;
    archive.link("init", "vm/init.sh")?;
    let installed = format!("lib/modules/{}/extra", options.kernel.release);
    archive.folder(&installed)?;
    for module in options.modules {
        let name = module.file_name().unwrap_or_default().to_string_lossy();
        archive.copy(&format!("{installed}/{name}"), 0o644, module)?;
    }
    for (name, script) in [("before", options.before), ("after", options.after)] {
        if let Some(script) = script {
            archive.file(&format!("vm/{name}"), 0o644, script.as_bytes())?;
        }
    }
    for file in options.files {
        match &file.contents {
            Contents::Bytes(bytes) => archive.file(&file.name, file.mode, bytes)?,
            Contents::Copy(from) => archive.copy(&file.name, file.mode, from)?,
        }
    }
    write_task(&mut archive, &options.task)?;
    archive.finish()
}

fn write_task(archive: &mut Archive, task: &Task) -> Result<()> {
    match task {
        Task::Script { text, arguments } => {
            archive.file("vm/script", 0o755, text)?;
            let mut run = b"exec sh /vm/script".to_vec();
            for argument in arguments {
                run.push(b' ');
                run.extend(quoted(argument));
            }
            run.push(b'\n');
            archive.file("vm/run", 0o644, &run)
        }
        Task::Shell => {
            let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok();
            let (rows, columns) = size.map_or((24, 80), |size| (size.ws_row, size.ws_col));
            let text = format!("ROWS={rows} COLUMNS={columns}\n");
            archive.file("vm/terminal", 0o644, text.as_bytes())
        }
    }
}

/// A word that the guest's shell takes as it is.
fn quoted(word: &OsStr) -> Vec<u8> {
    let mut quoted = vec![b'\''];
    for &byte in word.as_bytes() {
        match byte {
            b'\'' => quoted.extend(b"'\\''"),
            _ => quoted.push(byte),
        }
    }
    quoted.push(b'\'');
    quoted
}
