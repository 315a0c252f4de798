// SPDX-License-Identifier: MIT OR Apache-2.0

//! How make is started in a kernel's folder.

use std::path::Path;
use std::process::Command;

/// Settings of another build, by a make above or a shell's `export`, which must not
/// leak into this one.
const FOREIGN: [&str; 13] = [
    "MAKEFLAGS",
    "MFLAGS",
    "MAKELEVEL",
    "ARCH",
    "CROSS_COMPILE",
    "KBUILD_OUTPUT",
    "KBUILD_EXTMOD",
    "KBUILD_EXTRA_SYMBOLS",
    "KCFLAGS",
    "KAFLAGS",
    "LLVM",
    "O",
    "M",
];

/// A make in `folder` with a job for each processor, without targets yet.
pub(crate) fn command(folder: &Path) -> Command {
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    let mut make = Command::new("make");
    make.arg("-C").arg(folder).arg(format!("-j{jobs}"));
    for name in FOREIGN {
        make.env_remove(name);
    }
    make.env("LC_ALL", "C");
    make
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsStr;

    #[test]
    fn settings_of_another_build_are_removed() {
        let make = command(Path::new("/"));
        let removed = |name: &str| make.get_envs().any(|env| env == (OsStr::new(name), None));
        assert!(removed("KBUILD_OUTPUT") && removed("MAKEFLAGS") && !removed("PATH"));
    }
}
