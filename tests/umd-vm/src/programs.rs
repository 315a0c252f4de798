// SPDX-License-Identifier: MIT OR Apache-2.0

//! Programs of the machine, installed with apt where they are missing.

use crate::cache::{self, Cache};
use crate::error::bail;
use crate::{Result, command, progress::Step};
use anyhow::Context;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::Command;

/// A program, or a file with its whole path, and the package that has it.
pub type Program = (&'static str, &'static str);

/// Ends a guest with the process that has started it: needed for each guest.
pub const SETPRIV: Program = ("setpriv", "util-linux");

/// Starts a guest on [`Platform::UserMode`](crate::kernel::Platform).
pub const SETARCH: Program = ("setarch", "util-linux");

/// Build a [`Recipe`](crate::kernel::Recipe), beyond the programs that build modules;
/// headers count as programs do.
pub const KERNEL_BUILD: [Program; 5] = [
    ("bc", "bc"),
    ("bison", "bison"),
    ("flex", "flex"),
    ("xz", "xz-utils"),
    ("/usr/include/libelf.h", "libelf-dev"),
];

/// The packages of those programs that are not there.
fn missing(programs: &[Program]) -> Vec<&'static str> {
    let mut packages = Vec::new();
    for &(program, package) in programs {
        if command::find(program).is_none() && !packages.contains(&package) {
            packages.push(package);
        }
    }
    packages
}

/// Installs the programs that are missing.
///
/// # Errors
///
/// They cannot be installed; the message says what to do.
pub fn install(cache: &Cache, programs: &[Program]) -> Result<()> {
    if missing(programs).is_empty() {
        return Ok(());
    }
    cache.ensure_writable()?;
    // Apt gives up when another one runs, and that may have installed them.
    let _lock = cache::lock(&cache.folder().join("install.lock"), "another set-up")?;
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

/// The words before a command that has to run as root; none: that takes a password.
#[must_use]
pub fn become_root() -> Option<Vec<&'static str>> {
    // The owner of /proc/self is the effective user.
    if std::fs::metadata("/proc/self").is_ok_and(|metadata| metadata.uid() == 0) {
        return Some(Vec::new());
    }
    command::find("sudo")?;
    let sudo = command::finished(Command::new("sudo").args(["-n", "true"])).ok()?;
    sudo.status.success().then(|| vec!["sudo", "-n"])
}

/// The path of a program that [`install`] has installed.
///
/// # Errors
///
/// The program is not there.
pub(crate) fn find((program, package): Program) -> Result<PathBuf> {
    Ok(command::find(program)
        .with_context(|| format!("no {program}: install the package {package}"))?)
}
