// SPDX-License-Identifier: MIT OR Apache-2.0

//! The virtual machine's process.

use crate::setup;
use crate::signals::Held;
use anyhow::{Context, Result};
use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// The kernel's console log.
pub(crate) const CONSOLE: &str = "console.log";
/// What the guest writes to its verdict line.
pub(crate) const VERDICT: &str = "verdict";
/// The guest's root file system.
pub(crate) const INITRAMFS: &str = "initramfs.cpio";
/// What qemu itself has to say.
pub(crate) const QEMU_LOG: &str = "qemu.log";

/// An oops ends the machine at once, so that the script cannot go on in a
/// kernel that is broken; a warning does not, for the script may say more.
/// The kernel's chatter is held back while it boots: the console is slow.
const COMMAND_LINE: &str = "console=ttyS0 loglevel=5 panic=-1 oops=panic \
    random.trust_cpu=on no_timer_check tsc=reliable rdinit=/init";

/// How often a process is looked at that should end.
const POLL: Duration = Duration::from_millis(20);

/// How qemu ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The guest switched itself off, or qemu failed.
    ByItself,
    /// It was killed after the given time.
    TimeOver,
    /// It was killed because of a signal to this process.
    Interrupted,
}

/// A running qemu; dropping it ends it.
#[derive(Debug)]
pub(crate) struct Machine(Child);

impl Machine {
    /// Boots `image`. All files are in `folder`.
    ///
    /// # Errors
    ///
    /// qemu cannot be started.
    pub(crate) fn start(
        folder: &Path,
        image: &Path,
        processors: u32,
        interactive: bool,
    ) -> Result<Self> {
        let qemu = setup::program(setup::QEMU)?;
        for name in [CONSOLE, VERDICT] {
            fs::write(folder.join(name), "")?;
        }
        // qemu ends with this process, even if that is killed.
        let mut command = Command::new(setup::program("setpriv")?);
        command.args(["--pdeathsig", "KILL"]).arg(&qemu);
        command.args(["-nodefaults", "-no-user-config", "-display", "none"]);
        command.args(["-no-reboot", "-m", "512", "-cpu", "max"]);
        command.args(["-accel", accelerator(&qemu, image)]);
        command.args(["-smp", &processors.to_string()]);
        command.arg("-kernel").arg(image);
        command.args(["-initrd", INITRAMFS, "-append", COMMAND_LINE]);
        // Names relative to the folder: a comma in a path would end it.
        for chardev in [
            format!("file,id=console,path={CONSOLE}"),
            "stdio,id=output,signal=off".to_owned(),
            format!("file,id=verdict,path={VERDICT}"),
        ] {
            command.args(["-chardev", &chardev]);
        }
        for id in ["console", "output", "verdict"] {
            command.args(["-serial", &format!("chardev:{id}")]);
        }
        command.current_dir(folder);
        command.stderr(File::create(folder.join(QEMU_LOG))?);
        if !interactive {
            command.stdin(Stdio::null()).stdout(Stdio::piped());
        }
        let child = command
            .spawn()
            .with_context(|| format!("cannot start {}", qemu.display()))?;
        Ok(Self(child))
    }

    /// What the guest writes to its output line, once.
    pub(crate) fn take_output(&mut self) -> Option<ChildStdout> {
        self.0.stdout.take()
    }

    /// Waits for the end, and brings it about when the time is over or a
    /// signal has come.
    ///
    /// # Errors
    ///
    /// The process cannot be waited for.
    pub(crate) fn wait(&mut self, timeout: Option<Duration>, signals: &Held) -> Result<Ended> {
        let started = Instant::now();
        loop {
            if self.0.try_wait()?.is_some() {
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

    fn end(&mut self) {
        // Both fail only if it has ended, which is what is wanted.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        self.end();
    }
}

/// KVM where it works, else emulation.
///
/// That `/dev/kvm` can be opened is not enough: in nested machines qemu may
/// fail later, or the guest come to a stop on its way from the firmware to the
/// kernel. So the kernel is booted to its first words, once for each process.
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
        .args(["-no-reboot", "-m", "512", "-cpu", "max", "-accel", "kvm"])
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
    let mut machine = Machine(child);
    let started = Instant::now();
    while started.elapsed() < FIRST_WORDS_TIME {
        let ended = machine.0.try_wait()?.is_some();
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
