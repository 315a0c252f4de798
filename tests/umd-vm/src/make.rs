// SPDX-License-Identifier: MIT OR Apache-2.0

//! How make is started in a kernel's folder.

use std::path::Path;
use std::process::Command;

/// A make in `folder` with a job for each processor, without targets yet.
pub(crate) fn command(folder: &Path) -> Command {
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    let mut make = Command::new("make");
    make.arg("-C").arg(folder).arg(format!("-j{jobs}"));
    // A make above must not leak its settings into Kbuild.
    for name in ["MAKEFLAGS", "MFLAGS", "MAKELEVEL", "ARCH", "CROSS_COMPILE"] {
        make.env_remove(name);
    }
    make.env("LC_ALL", "C");
    make
}
