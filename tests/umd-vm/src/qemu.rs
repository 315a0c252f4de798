// SPDX-License-Identifier: MIT OR Apache-2.0

//! A guest in qemu.

use crate::debugger::{SECTIONS, SOCKET};
use crate::kernel::Platform;
use crate::machine::{self, Boot, CONSOLE, INITRAMFS, Machine, POLL, VERDICT};
use crate::run::{Clock, MEMORY};
use crate::{Result, programs};
use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// The machine is an emulated one, whose clock is that of the host.
pub(crate) const OPTIONS: [&str; 3] = ["random.trust_cpu=on", "no_timer_check", "tsc=reliable"];

/// A processor whose clock counts instructions. An instruction that copies a
/// string counts once for each round, which is too much. The processor therefore
/// says that its string instructions are slow, and the kernel copies in words.
const INSTRUCTIONS: [&str; 4] = ["-cpu", "max,-erms,-fsrm", "-accel", "tcg"];

/// Starts qemu, as an argument of `command`.
///
/// # Errors
///
/// There is no qemu, or it cannot be started.
pub(crate) fn start(mut command: Command, boot: &Boot) -> Result<Child> {
    let qemu = programs::find(programs::QEMU)?;
    let image = boot.kernel.image()?;
    command.arg(&qemu);
    command.args(["-nodefaults", "-no-user-config", "-display", "none"]);
    command.args(["-no-reboot", "-m", &boot.memory.to_string()]);
    command.args(["-smp", &boot.processors.to_string()]);
    match boot.clock {
        Clock::Host => command.args(["-cpu", "max", "-accel", accelerator(&qemu, image)]),
        Clock::Instructions { shift } => command
            .args(INSTRUCTIONS)
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
    for (id, backend) in lines {
        command.args(["-chardev", &format!("{backend},id={id}")]);
        command.args(["-serial", &format!("chardev:{id}")]);
    }
    machine::spawn(command, &qemu)
}

/// KVM where it works, else emulation.
///
/// A `/dev/kvm` that can be opened is not enough: in nested machines qemu may
/// fail later, or the guest come to a stop on its way from the firmware to the
/// kernel. Therefore the kernel is booted to its first words, once for each process.
fn accelerator(qemu: &Path, image: &Path) -> &'static str {
    static WORKS: OnceLock<bool> = OnceLock::new();
    let works = WORKS.get_or_init(|| {
        let device = File::options().read(true).write(true).open("/dev/kvm");
        device.is_ok() && boots_with_kvm(qemu, image).unwrap_or(false)
    });
    if *works { "kvm" } else { "tcg" }
}

/// How long the kernel's first words may take; they come after 0.3 s or never.
const FIRST_WORDS_TIME: Duration = Duration::from_secs(5);

fn boots_with_kvm(qemu: &Path, image: &Path) -> Result<bool> {
    let folder = tempfile::tempdir()?;
    let child = Command::new(qemu)
        .args(["-nodefaults", "-no-user-config", "-display", "none"])
        .args(["-no-reboot", "-m", &MEMORY.to_string()])
        .args(["-cpu", "max", "-accel", "kvm"])
        .arg("-kernel")
        .arg(image)
        .args(["-append", "earlyprintk=serial panic=-1"])
        .args(["-serial", "file:console"])
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    // Dropping it ends it.
    let machine = Machine::new(child, Platform::Qemu, Vec::new());
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
