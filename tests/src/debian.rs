// SPDX-License-Identifier: MIT OR Apache-2.0

//! Real Debian systems, with systemd, apt and DKMS: [`Root`] is the folder of one, in
//! which programs are run as in a chroot; [`guest::boot`] boots it.
//!
//! All that takes a compiler runs in the folder: the guest is emulated.

pub mod guest;
pub mod packages;
mod root;
pub mod uefi;

pub use root::Root;

use crate::{cache, command, setup};
use anyhow::{Context, Result};
use std::path::PathBuf;
use std::process::Command;
use umd_vm::apt::Apt;
use umd_vm::programs;

/// A release of Debian.
#[derive(Debug, Clone, Copy)]
pub struct Release {
    /// The number of the release.
    pub number: &'static str,
    /// The suites of a system.
    suites: &'static [&'static str],
    /// The suite with newer kernels.
    backports: &'static str,
}

/// The releases that are tested.
pub const RELEASES: [Release; 2] = [
    Release {
        number: "12",
        suites: &["bookworm", "bookworm-security", "bookworm-backports"],
        backports: "bookworm-backports",
    },
    Release {
        number: "13",
        suites: &["trixie", "trixie-security", "trixie-backports"],
        backports: "trixie-backports",
    },
];

/// What a system has beside Debian's essential packages: what boots, what the packages
/// depend on, and what users look at a system with.
const PACKAGES: [&str; 15] = [
    "apparmor",
    "dbus",
    "debian-archive-keyring",
    "dkms",
    "initramfs-tools",
    "keyutils",
    "kmod",
    "linux-headers-amd64",
    "linux-image-amd64",
    "make",
    "openssl",
    "procps",
    "systemd-sysv",
    "udev",
    "zstd",
];

/// The packages of a kernel.
const KERNEL: [&str; 2] = ["linux-image-amd64", "linux-headers-amd64"];

/// What makes a system, and its image.
const PROGRAMS: [setup::Program; 4] = [
    ("mmdebstrap", "mmdebstrap"),
    ("mke2fs", "e2fsprogs"),
    ("chroot", "coreutils"),
    ("tar", "tar"),
];

impl Release {
    /// The archive of the system's files. A missing one is made; it has the packages of
    /// the newer kernel, too, not installed.
    ///
    /// # Errors
    ///
    /// Packages cannot be downloaded, or this is not root's process and cannot become so.
    pub fn archive(&self) -> Result<PathBuf> {
        setup::install(&PROGRAMS)?;
        let cache = cache::open()?;
        let entry = format!("debian/{}", self.number);
        let file = |folder: PathBuf| folder.join("root.tar");
        if let Some(folder) = cache.current(&entry) {
            return Ok(file(folder));
        }
        let apt = Apt::update(&cache, self.suites)?;
        let version = apt.newest(KERNEL[0])?.folder_name();
        let folder = cache.publish(&entry, &version, |folder, _| {
            let mut make = self.mmdebstrap(&apt.sources(), &folder.join("root.tar"))?;
            let step = crate::progress::Step::start(format!("making a Debian {}", self.number));
            command::output(&mut make)?;
            step.done();
            Ok(())
        })?;
        Ok(file(folder))
    }

    fn mmdebstrap(&self, sources: &std::path::Path, archive: &std::path::Path) -> Result<Command> {
        let mut make = as_root("mmdebstrap")?;
        make.args(["--mode=root", "--variant=minbase", "--format=tar"]);
        make.arg(format!("--include={}", PACKAGES.join(",")));
        // Lists and packages stay, for what is installed later without a network.
        make.arg("--skip=cleanup/apt");
        make.arg(format!(
            "--customize-hook=chroot \"$1\" apt-get --quiet --yes --download-only \
             --target-release {} install {}",
            self.backports,
            KERNEL.join(" ")
        ));
        make.arg(self.suites[0]).arg(archive).arg(sources);
        Ok(make)
    }
}

/// A command that runs `program` as root.
///
/// # Errors
///
/// This is not root's process, and sudo wants a password.
fn as_root(program: &str) -> Result<Command> {
    let program = command::find(program).with_context(|| format!("no {program}"))?;
    let words = programs::become_root()
        .context("a Debian system is made by root: run this as root, or allow sudo")?;
    let Some((sudo, options)) = words.split_first() else {
        return Ok(Command::new(program));
    };
    let mut command = Command::new(sudo);
    command.args(options).arg(program);
    Ok(command)
}
