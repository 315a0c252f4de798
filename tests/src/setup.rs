// SPDX-License-Identifier: MIT OR Apache-2.0

//! Gets what the other commands need: programs from the system's packages,
//! kernels and busybox into the cache.

use crate::kernel::{self, Kernel, Platform, Update};
use crate::{cache, command, progress::Step};
use anyhow::{Context, Result, bail};
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::Command;

/// A program, or a file with its whole path, and the package that has it.
pub type Program = (&'static str, &'static str);

/// Programs that must be installed to build and boot, whatever the kernel is.
const PROGRAMS: [Program; 5] = [
    ("make", "make"),
    ("gcc", "gcc"),
    ("setarch", "util-linux"),
    ("setpriv", "util-linux"),
    ("dpkg-deb", "dpkg"),
];

/// The virtual machine's program.
pub const QEMU: &str = "qemu-system-x86_64";

/// All that a guest is made of, apart from our modules.
#[derive(Debug)]
pub struct Ready {
    /// The kernel.
    pub kernel: Kernel,
    /// A static busybox.
    pub busybox: PathBuf,
}

/// Installs and downloads what is missing; quick when nothing is.
///
/// # Errors
///
/// Something cannot be installed or downloaded; the message says what to do.
pub fn ensure(kernel: Option<&str>, update: Update) -> Result<Ready> {
    install(&PROGRAMS)?;
    let kernel = kernel::get(kernel, update)?;
    if kernel.platform == Platform::Qemu {
        install(&[(QEMU, "qemu-system-x86")])?;
    }
    Ok(Ready {
        kernel,
        busybox: kernel::busybox(update)?,
    })
}

/// The packages of those programs that are not there.
fn missing(programs: &[Program]) -> Vec<&'static str> {
    let mut packages: Vec<_> = programs
        .iter()
        .filter(|(program, _)| command::find(program).is_none())
        .map(|&(_, package)| package)
        .collect();
    packages.dedup();
    packages
}

/// Installs the programs that are missing.
///
/// # Errors
///
/// They cannot be installed; the message says what to do.
pub fn install(programs: &[Program]) -> Result<()> {
    if missing(programs).is_empty() {
        return Ok(());
    }
    // Apt gives up when another one runs, and that may have installed them.
    let _lock = cache::lock(&cache::dir()?.join("install.lock"), "another set-up")?;
    let missing = missing(programs);
    if missing.is_empty() {
        return Ok(());
    }
    let packages = missing.join(" ");
    if command::find("apt-get").is_none() {
        bail!("missing: {packages}; install them (this machine has no apt-get), then try again");
    }
    let Some(prefix) = become_root() else {
        bail!(
            "missing: {packages}; run this as root, then try again: \
             apt-get update && apt-get install --no-install-recommends {packages}"
        );
    };
    let apt_get = |arguments: &[&str]| {
        let mut words = prefix.iter().copied();
        let mut apt_get = match words.next() {
            Some(program) => {
                let mut command = Command::new(program);
                command
                    .args(words)
                    .args(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
                command
            }
            None => {
                let mut command = Command::new("apt-get");
                command.env("DEBIAN_FRONTEND", "noninteractive");
                command
            }
        };
        // The machine's own updates may run just now.
        apt_get.args(["-o", "DPkg::Lock::Timeout=600"]);
        apt_get.args(arguments);
        apt_get
    };
    let mut install = vec!["--quiet", "--yes", "--no-install-recommends", "install"];
    install.extend(&missing);

    let step = Step::start(format!("installing {packages}"));
    // A fresh machine has no lists, and old lists name packages that are gone.
    let mut install = apt_get(&install);
    if !command::finished(&mut install)?.status.success() {
        // A third party's source that fails must not stop us here.
        command::finished(&mut apt_get(&["--quiet", "update"]))?;
        let output = command::finished(&mut install)?;
        if !output.status.success() {
            bail!(
                "cannot install {packages}: {}",
                command::failure(&install, &output)
            );
        }
    }
    step.done();
    Ok(())
}

/// What to put before a command so that it runs as root without a password.
fn become_root() -> Option<Vec<&'static str>> {
    // The owner of /proc/self is the effective user.
    if std::fs::metadata("/proc/self").is_ok_and(|metadata| metadata.uid() == 0) {
        return Some(Vec::new());
    }
    command::find("sudo")?;
    let sudo = command::finished(Command::new("sudo").args(["-n", "true"])).ok()?;
    sudo.status.success().then(|| vec!["sudo", "-n"])
}

/// The path of a program that [`ensure`] has installed.
///
/// # Errors
///
/// It is not there.
pub fn program(name: &str) -> Result<PathBuf> {
    command::find(name).with_context(|| format!("no {name}: run cargo setup"))
}
