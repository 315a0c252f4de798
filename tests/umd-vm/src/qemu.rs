// SPDX-License-Identifier: MIT OR Apache-2.0

//! A guest in qemu.

use crate::debugger::{SECTIONS, SOCKET};
use crate::kernel::Platform;
use crate::machine::{self, Boot, CONSOLE, INITRAMFS, Machine, POLL, VERDICT};
use crate::run::{Clock, MEMORY};
use crate::{Arch, Result, programs};
use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// Starts qemu, as an argument of `command`.
///
/// # Errors
///
/// There is no qemu, or it cannot be started.
pub(crate) fn start(mut command: Command, boot: &Boot, arch: &Arch) -> Result<Child> {
    let qemu = programs::find(arch.qemu)?;
    let machine = &arch.machine;
    let image = boot.kernel.image()?;
    command.arg(&qemu);
    command.args(["-nodefaults", "-no-user-config", "-display", "none"]);
    command.args(machine.options);
    command.args(["-no-reboot", "-m", &boot.memory.to_string()]);
    command.args(["-smp", &boot.processors.to_string()]);
    match boot.clock {
        Clock::Host if works_with_kvm(&qemu, image, arch) => command.args(KVM),
        Clock::Host => command.args(["-cpu", machine.processor, "-accel", "tcg"]),
        Clock::Instructions { shift } => command
            .args(["-cpu", machine.counting, "-accel", "tcg"])
            .args(["-icount", &format!("shift={shift},sleep=off")]),
    };
    command.arg("-kernel").arg(image);
    command.args(["-initrd", INITRAMFS]);
    command.args(["-append", boot.command_line]);
    // Names relative to the folder: a comma in a path would end it.
    let mut lines = vec![
        ("console", format!("file,path={CONSOLE}")),
        ("output", "stdio,signal=off".to_owned()),
        ("verdict", format!("file,path={VERDICT}")),
    ];
    if boot.debugger {
        lines.push(("sections", format!("file,path={SECTIONS}")));
        command.args(["-S", "-gdb", &format!("unix:{SOCKET},server=on,wait=off")]);
    }
    for (at, (id, backend)) in lines.into_iter().enumerate() {
        command.args(["-chardev", &format!("{backend},id={id}")]);
        if at < machine.serial_lines {
            command.args(["-serial", &format!("chardev:{id}")]);
        } else {
            command.args(["-device", &format!("pci-serial,chardev={id}")]);
        }
    }
    machine::spawn(command, &qemu)
}

/// The processor without emulation.
const KVM: [&str; 4] = ["-cpu", "max", "-accel", "kvm"];

/// Whether the guest needs no emulation.
///
/// A `/dev/kvm` that can be opened is not enough: in nested machines qemu may
/// fail later, or the guest come to a stop on its way from the firmware to the
/// kernel. Therefore the kernel is booted to its first words, once for each process.
fn works_with_kvm(qemu: &Path, image: &Path, arch: &Arch) -> bool {
    static WORKS: OnceLock<bool> = OnceLock::new();
    if arch.is_foreign() {
        return false;
    }
    *WORKS.get_or_init(|| {
        let device = File::options().read(true).write(true).open("/dev/kvm");
        device.is_ok() && boots_with_kvm(qemu, image, arch).unwrap_or(false)
    })
}

/// How long the kernel's first words may take; they come after 0.3 s or never.
const FIRST_WORDS_TIME: Duration = Duration::from_secs(5);

fn boots_with_kvm(qemu: &Path, image: &Path, arch: &Arch) -> Result<bool> {
    let folder = tempfile::tempdir()?;
    let child = Command::new(qemu)
        .args(["-nodefaults", "-no-user-config", "-display", "none"])
        .args(["-no-reboot", "-m", &MEMORY.to_string()])
        .args(arch.machine.options)
        .args(KVM)
        .arg("-kernel")
        .arg(image)
        .args(["-append", &format!("{} panic=-1", arch.machine.first_words)])
        .args(["-serial", "file:console"])
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    // Dropping it ends it.
    let machine = Machine::new(child, Platform::Qemu(Arch::host()), Vec::new());
    let started = Instant::now();
    while started.elapsed() < FIRST_WORDS_TIME {
        let ended = machine.has_ended()?;
        let console = fs::read(folder.path().join("console")).unwrap_or_default();
        if String::from_utf8_lossy(&console).contains("Linux version ") {
            return Ok(true);
        }
        if ended {
            break;
        }
        std::thread::sleep(POLL);
    }
    Ok(false)
}
