// SPDX-License-Identifier: MIT OR Apache-2.0

//! The C programs of the tests.

use crate::kernel::Kernel;
use crate::{command, repo};
use anyhow::{Context, Result};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The warnings that the header and the test programs must not cause.
const STRICT: [&str; 5] = ["-Wall", "-Wextra", "-Werror", "-pedantic", "-O1"];

/// Compiles `tests/SOURCE`, which may include the generated headers, to `output`.
///
/// # Errors
///
/// The compiler cannot be run or does not take it.
pub fn compile(
    compiler: impl AsRef<OsStr>,
    arguments: &[&str],
    source: &str,
    output: &Path,
) -> Result<()> {
    let compiler = compiler.as_ref();
    let root = repo::root();
    let mut command = Command::new(compiler);
    command.args(STRICT).args(arguments);
    command.arg("-I").arg(root.join("loader-c"));
    command.arg("-I").arg(root.join("loader-c/include"));
    command.arg("-o").arg(output);
    command.arg(root.join("tests").join(source));
    command::output(&mut command).with_context(|| {
        let compiler = compiler.display();
        format!("{compiler} {arguments:?} does not take {source}")
    })?;
    Ok(())
}

/// Builds `tests/c/NAME.c` of each name in `folder`, for a guest with that kernel that
/// has no libraries. Returns paths in the guest (`umd/NAME`) and files.
///
/// # Errors
///
/// As [`compile`].
pub fn for_guest(
    kernel: &Kernel,
    names: &[impl AsRef<str>],
    folder: &Path,
) -> Result<Vec<(String, PathBuf)>> {
    let build = |name: &_| {
        let name = AsRef::<str>::as_ref(name);
        let program = folder.join(name);
        // Any header of the guest's kernel and C library may be needed.
        let flags = ["-static", "-D_GNU_SOURCE"];
        compile(&kernel.compiler, &flags, &format!("c/{name}.c"), &program)?;
        Ok((format!("umd/{name}"), program))
    };
    names.iter().map(build).collect()
}
