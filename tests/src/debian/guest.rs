// SPDX-License-Identifier: MIT OR Apache-2.0

//! A Debian system that runs: systemd is its first process, and a service of ours
//! (`tests/debian/`) runs a script.

use super::{Root, uefi};
use crate::{cache, command, setup};
use anyhow::{Context, Result, ensure};
use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use umd_vm::Arch;
use umd_vm::programs::SETPRIV;

/// The kernel's arguments, whatever is tested.
const ARGUMENTS: &str = "root=/dev/vda rw console=ttyS0 loglevel=5 panic=-1 oops=panic \
                         random.trust_cpu=on no_timer_check tsc=reliable";

/// The guest's clock counts instructions, two nanoseconds for each, and waits as the host
/// does: on a busy machine the kernel would take a host's clock for a much quicker one,
/// and not wait for its disk. A copy of a string counts by the round: the processor says
/// that such instructions are slow.
const PROCESSOR: [&str; 8] = [
    "-smp",
    "1",
    "-cpu",
    "max,-erms,-fsrm",
    "-accel",
    "tcg",
    "-icount",
    "shift=1,sleep=on",
];

/// In MiB.
const MEMORY: &str = "1024";

/// After this time a guest hangs: an idle machine needs a tenth of that.
const TIMEOUT: Duration = Duration::from_mins(20);

/// How often qemu is looked at.
const POLL: Duration = Duration::from_millis(50);

/// What a guest has left.
#[derive(Debug)]
pub struct Outcome {
    /// The exit status of the script; none if the script has not ended.
    pub status: Option<i32>,
    /// All that the script has printed.
    pub output: String,
    /// The kernel's and systemd's messages.
    pub console: String,
    /// From the start to the end.
    pub elapsed: Duration,
    /// From the end of the script to the end of the guest.
    pub shutdown: Duration,
}

/// A guest to boot.
#[derive(Debug, Clone, Copy)]
pub struct Boot<'a> {
    /// The system.
    pub root: &'a Root,
    /// The release of the system's kernel that boots.
    pub kernel: &'a str,
    /// More arguments of the kernel.
    pub arguments: &'a str,
    /// The script, which root runs.
    pub script: &'a str,
    /// What ends the system: systemd's `poweroff` or `reboot`.
    pub end: &'a str,
    /// The variables of its UEFI, if it has one: see [`uefi::variables`].
    pub variables: Option<&'a Path>,
}

/// Boots the system, runs the script, and has systemd end the system. After a reboot
/// the guest ends, too. Nothing that the guest writes stays but for the variables.
///
/// # Errors
///
/// The guest cannot be started, or does not end.
pub fn boot(boot: &Boot) -> Result<Outcome> {
    let Boot { root, kernel, .. } = *boot;
    setup::install(&[Arch::host().qemu, SETPRIV])?;
    root.write("umd/script.sh", boot.script)?;
    root.write("umd/end", boot.end)?;
    let folder = tempfile::tempdir_in(cache::open()?.folder())?;
    root.image(&folder.path().join("disk"))?;
    for (from, to) in [("vmlinuz", "kernel"), ("initrd.img", "initrd")] {
        fs::copy(
            root.path(&format!("boot/{from}-{kernel}")),
            folder.path().join(to),
        )?;
    }
    let lock = cache::open()?.folder().join("vm.lock");
    let _lock = cache::lock(&lock, "another virtual machine")?;
    let started = Instant::now();
    let mut guest = Guest(start(folder.path(), boot)?);
    let ended = guest.wait(&folder.path().join("status"), started)?;
    let read = |name| fs::read(folder.path().join(name)).unwrap_or_default();
    let text = |name| String::from_utf8_lossy(&read(name)).into_owned();
    let status = text("status");
    Ok(Outcome {
        status: status.trim().parse().ok(),
        output: text("output").replace('\r', ""),
        console: text("console").replace('\r', ""),
        elapsed: started.elapsed(),
        shutdown: started.elapsed() - ended,
    })
}

fn start(folder: &Path, boot: &Boot) -> Result<Child> {
    // The guest ends with this process, even if this one is killed.
    let setpriv = command::find("setpriv").context("no setpriv")?;
    let mut qemu = Command::new(setpriv);
    qemu.args(["--pdeathsig", "KILL", "qemu-system-x86_64"]);
    qemu.args(["-nodefaults", "-no-user-config", "-display", "none"]);
    qemu.args(["-no-reboot", "-m", MEMORY]).args(PROCESSOR);
    qemu.args(["-kernel", "kernel", "-initrd", "initrd", "-append"]);
    qemu.arg(format!("{ARGUMENTS} {}", boot.arguments));
    if let Some(variables) = boot.variables {
        for (unit, options, file) in [
            (0, "readonly=on,", Path::new(uefi::CODE)),
            (1, "", variables),
        ] {
            let file = file.display();
            qemu.arg("-drive");
            qemu.arg(format!(
                "if=pflash,unit={unit},format=raw,{options}file={file}"
            ));
        }
    }
    qemu.args(["-drive", "file=disk,if=virtio,format=raw,snapshot=on"]);
    for name in ["console", "output", "status"] {
        qemu.arg("-serial").arg(format!("file:{name}"));
    }
    qemu.current_dir(folder).stdin(Stdio::null());
    qemu.stdout(Stdio::null());
    qemu.stderr(File::create(folder.join("qemu.log"))?);
    qemu.spawn().context("cannot start qemu")
}

/// A process that ends when this is dropped.
struct Guest(Child);

impl Guest {
    /// Waits for the end. Returns after which time the script has ended: its status is
    /// in `status`.
    fn wait(&mut self, status: &Path, started: Instant) -> Result<Duration> {
        let mut ended = None;
        while self.0.try_wait()?.is_none() {
            let is_over = || fs::read(status).is_ok_and(|text| text.contains(&b'\n'));
            if ended.is_none() && is_over() {
                ended = Some(started.elapsed());
            }
            ensure!(started.elapsed() < TIMEOUT, "the guest does not end");
            std::thread::sleep(POLL);
        }
        Ok(ended.unwrap_or_else(|| started.elapsed()))
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
