// SPDX-License-Identifier: MIT OR Apache-2.0

//! Gets what the other commands need: programs from the system's packages,
//! kernels and busybox into the cache.

pub use umd_vm::programs::Program;

use crate::cache;
use crate::kernel::{self, Kernel, Platform, Update};
use anyhow::Result;
use std::path::PathBuf;
use umd_vm::programs::{self, QEMU, SETARCH, SETPRIV};

/// The programs that build modules and boot guests, whatever the kernel is.
const PROGRAMS: [Program; 5] = [
    ("make", "make"),
    ("gcc", "gcc"),
    SETARCH,
    SETPRIV,
    ("dpkg-deb", "dpkg"),
];

/// The parts of a guest, apart from our modules.
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
/// A part cannot be installed or downloaded; the message says what to do.
pub fn ensure(kernel: Option<&str>, update: Update) -> Result<Ready> {
    install(&PROGRAMS)?;
    let kernel = kernel::get(kernel, update)?;
    if kernel.platform == Platform::Qemu {
        install(&[QEMU])?;
    }
    Ok(Ready {
        kernel,
        busybox: kernel::busybox(update)?,
    })
}

/// Installs the programs that are missing.
///
/// # Errors
///
/// They cannot be installed; the message says what to do.
pub fn install(programs: &[Program]) -> Result<()> {
    Ok(programs::install(&cache::open()?, programs)?)
}
