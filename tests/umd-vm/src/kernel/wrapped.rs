// SPDX-License-Identifier: MIT OR Apache-2.0

//! Makes programs of packages usable where they lie, on a machine of another release.
//!
//! They are linked with their own release's C library, which may be newer than the
//! machine's. Therefore this library is unpacked, too, and each program becomes a
//! script that starts the real one through the library: one way for all, and no
//! library has to be installed.

use crate::{Arch, Result};
use anyhow::Context;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// A folder of unpacked packages on its way to its final place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Root<'a> {
    /// Where the folder is now.
    pub(super) now: &'a Path,
    /// Where the folder will be.
    pub(super) then: &'a Path,
}

/// Wraps each program below `folder` of the root whose path, from the root on, `is_wanted`
/// accepts. The C library was unpacked into the root's folder `libraries`.
///
/// # Errors
///
/// There is no C library, or a file cannot be renamed or written.
pub(super) fn wrap_all(
    root: Root,
    libraries: &str,
    folder: &str,
    is_wanted: impl Fn(&Path) -> bool,
) -> Result<()> {
    let start = start(root, libraries)?;
    for entry in WalkDir::new(root.now.join(folder)) {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type().is_file()
            && is_wanted(path.strip_prefix(root.now)?)
            && is_program(path)?
        {
            wrap(root, path, &start)?;
        }
    }
    Ok(())
}

/// Libraries may have the permission, too.
fn is_program(path: &Path) -> Result<bool> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if name.contains(".so") {
        return Ok(false);
    }
    let executable = fs::metadata(path)?.permissions().mode() & 0o100 != 0;
    Ok(executable && fs::read(path)?.starts_with(b"\x7fELF"))
}

/// The words that start a program with the C library of `libraries`.
fn start(root: Root, libraries: &str) -> Result<String> {
    let (gnu, loader) = (Arch::host().gnu, Arch::host().loader_name());
    // Until Debian 12 a package's libraries are partly in /lib.
    let folders = ["lib", "usr/lib"].map(|lib| Path::new(libraries).join(lib).join(gnu));
    let has_it = |folder: &&PathBuf| root.now.join(folder).join(loader).is_file();
    let folder = folders.iter().find(has_it);
    let folder = folder.with_context(|| format!("the package libc6 has no {loader}"))?;
    let [lib, usr_lib] = folders.each_ref().map(|folder| root.then.join(folder));
    Ok(format!(
        "exec '{}' --library-path '{}:{}'",
        root.then.join(folder).join(loader).display(),
        lib.display(),
        usr_lib.display()
    ))
}

/// Renames a program, and puts a script in its place.
fn wrap(root: Root, program: &Path, start: &str) -> Result<()> {
    let mut real = program.as_os_str().to_owned();
    real.push(".elf");
    let real = PathBuf::from(real);
    fs::rename(program, &real)?;
    let place = root.then.join(real.strip_prefix(root.now)?);
    let script = format!(
        "#!/bin/sh\n{start} --argv0 \"$0\" '{}' \"$@\"\n",
        place.display()
    );
    fs::write(program, script)?;
    fs::set_permissions(program, fs::Permissions::from_mode(0o755))?;
    Ok(())
}
