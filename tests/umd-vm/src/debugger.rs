// SPDX-License-Identifier: MIT OR Apache-2.0

//! A guest that waits for gdb: the socket of qemu's stub, and the commands that
//! give gdb the symbols of the kernel and of the modules.

use crate::kernel::{Kernel, Platform};
use crate::machine::{Machine, POLL};
use crate::run::Options;
use crate::{Result, error::bail, file};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// The stub's socket, in the folder of the run: no other user can connect to it.
pub(crate) const SOCKET: &str = "gdb.sock";
/// Lines with the places of the modules' sections.
pub(crate) const SECTIONS: &str = "sections";
/// The commands for gdb.
const COMMANDS: &str = "debug.gdb";

/// The kernel's symbols have the addresses of the file only where the kernel does
/// not choose others.
pub(crate) const KERNEL_OPTION: &str = "nokaslr";

/// The guest's program that writes these lines.
pub(crate) const SECTIONS_SCRIPT: &str = include_str!("sections.sh");

/// Refuses a kernel that cannot wait for gdb.
///
/// # Errors
///
/// The guest would not be in qemu.
pub(crate) fn ensure_possible(kernel: &Kernel) -> Result<()> {
    if kernel.platform == Platform::UserMode {
        bail!("a debugger needs qemu: start gdb on the process of User Mode Linux instead");
    }
    Ok(())
}

/// Writes the commands for gdb.
///
/// # Errors
///
/// A file cannot be written.
pub(crate) fn prepare(options: &Options) -> Result<()> {
    let text = commands(vmlinux(options.kernel).as_deref(), options.modules)?;
    file::write(&options.folder.join(COMMANDS), text.as_bytes())?;
    // An earlier guest's would look as if this one were ready.
    let _ = fs::remove_file(options.folder.join(SOCKET));
    Ok(())
}

/// Waits for the stub's socket, and says how to start gdb.
///
/// # Errors
///
/// The guest's process cannot be looked at.
pub(crate) fn announce(options: &Options, machine: &Machine) -> Result<()> {
    let socket = options.folder.join(SOCKET);
    while !socket.exists() {
        if machine.has_ended()? {
            return Ok(());
        }
        std::thread::sleep(POLL);
    }
    if vmlinux(options.kernel).is_none() {
        eprintln!(
            "symbols of modules only: this kernel's are in Debian's package linux-image-{}-dbg",
            options.kernel.release
        );
    }
    let is_foreign = options.kernel.arch().is_foreign();
    eprintln!(
        "the guest waits for: {} -cd '{}' -x {COMMANDS}",
        if is_foreign { "gdb-multiarch" } else { "gdb" },
        options.folder.display()
    );
    Ok(())
}

/// The kernel's file with symbols, if it is there.
fn vmlinux(kernel: &Kernel) -> Option<PathBuf> {
    let installed = Path::new("/usr/lib/debug");
    [
        kernel.build_dir.join("vmlinux"),
        installed.join(format!("boot/vmlinux-{}", kernel.release)),
        installed.join(format!("lib/modules/{}/vmlinux", kernel.release)),
    ]
    .into_iter()
    .find(|path| path.is_file())
}

fn commands(vmlinux: Option<&Path>, modules: &[PathBuf]) -> Result<String> {
    let mut text = "set confirm off\nset breakpoint pending on\n".to_owned();
    if let Some(vmlinux) = vmlinux {
        writeln!(text, "file \"{}\"", vmlinux.display())?;
    }
    text.push_str("python\nOBJECTS = {\n");
    for module in modules {
        let name = module.file_stem().unwrap_or_default().to_string_lossy();
        let object = std::path::absolute(module)?;
        writeln!(text, "    {:?}: {object:?},", name.replace('-', "_"))?;
    }
    text.push_str("}\n");
    text.push_str(include_str!("debug.py"));
    writeln!(text, "end\ntarget remote {SOCKET}")?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commands_name_the_objects_as_the_kernel_does() -> Result<()> {
        let modules = [PathBuf::from("/a b/sha512-ssse3.ko")];
        let text = commands(Some(Path::new("/k/vmlinux")), &modules)?;
        assert!(text.contains("\nfile \"/k/vmlinux\"\n"), "{text}");
        let object = "\n    \"sha512_ssse3\": \"/a b/sha512-ssse3.ko\",\n";
        assert!(text.contains(object), "{text}");
        assert!(text.ends_with("\nend\ntarget remote gdb.sock\n"), "{text}");
        assert!(!commands(None, &[])?.contains("\nfile "));
        Ok(())
    }
}
