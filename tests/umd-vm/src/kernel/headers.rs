// SPDX-License-Identifier: MIT OR Apache-2.0

//! Makes an unpacked kernel headers package usable where it lies, on a
//! machine of another release.
//!
//! The package's build tools (modpost, objtool, ...) are linked with their own
//! release's C library, which may be newer than the machine's. Therefore this
//! library is unpacked beside them, and each tool becomes a script that starts
//! the real one through the library: one way for all kernels, and no library has
//! to be installed.

use crate::apt::{Apt, Package};
use crate::{Result, command};
use anyhow::Context;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// The folder, below a kernel's, with the libraries of its build tools.
pub(super) const LIBRARIES: &str = "libraries";

/// The packages with the libraries that the build tools are linked with.
///
/// # Errors
///
/// A package is missing.
pub(super) fn library_packages(apt: &Apt) -> Result<Vec<Package>> {
    let libelf = apt
        .newest("libelf1t64")
        .or_else(|_| apt.newest("libelf1"))?;
    let mut packages = vec![libelf];
    for name in ["libc6", "zlib1g", "libzstd1"] {
        packages.push(apt.newest(name)?);
    }
    Ok(packages)
}

/// Rewrites the headers that were unpacked into `root` for their final place
/// `destination`.
///
/// # Errors
///
/// A file cannot be rewritten.
pub(super) fn relocate(root: &Path, destination: &Path, release: &str) -> Result<()> {
    let makefile = root.join(format!("usr/src/linux-headers-{release}/Makefile"));
    let text = fs::read_to_string(&makefile)
        .with_context(|| format!("no kernel headers for {release}"))?;
    let usr_src = format!("{}/usr/src/", destination.display());
    fs::write(&makefile, text.replace("/usr/src/", &usr_src))?;

    let loader = loader(&root.join(LIBRARIES))?;
    let loader = destination.join(loader.strip_prefix(root)?);
    for entry in WalkDir::new(root.join("usr/lib")) {
        let entry = entry?;
        let in_kbuild = entry.path().components().any(|part| {
            let part = part.as_os_str().to_string_lossy();
            part.starts_with("linux-kbuild-")
        });
        if in_kbuild && entry.file_type().is_file() && is_program(entry.path())? {
            let real = wrapped_name(entry.path());
            let place = destination.join(real.strip_prefix(root)?);
            wrap(entry.path(), &real, &place, &loader)?;
        }
    }
    Ok(())
}

fn is_program(path: &Path) -> Result<bool> {
    let executable = fs::metadata(path)?.permissions().mode() & 0o100 != 0;
    Ok(executable && fs::read(path)?.starts_with(b"\x7fELF"))
}

/// The program that starts others with the C library beside it.
fn loader(libraries: &Path) -> Result<PathBuf> {
    Ok(["usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu"]
        .map(|folder| libraries.join(folder).join("ld-linux-x86-64.so.2"))
        .into_iter()
        .find(|path| path.is_file())
        .context("the package libc6 has no ld-linux-x86-64.so.2")?)
}

fn wrapped_name(program: &Path) -> PathBuf {
    let mut name = program.as_os_str().to_owned();
    name.push(".elf");
    PathBuf::from(name)
}

/// Renames `program` to `real` and puts a script in its place, which starts the
/// program (at `place`, finally) through `loader`.
fn wrap(program: &Path, real: &Path, place: &Path, loader: &Path) -> Result<()> {
    fs::rename(program, real)?;
    // Until Debian 12 a package's libraries are partly in /lib.
    let libraries = loader
        .ancestors()
        .find(|folder| folder.ends_with(LIBRARIES))
        .context("the loader is below the libraries")?
        .display();
    let script = format!(
        "#!/bin/sh\nexec '{}' --library-path '{libraries}/lib/x86_64-linux-gnu:\
         {libraries}/usr/lib/x86_64-linux-gnu' --argv0 \"$0\" '{}' \"$@\"\n",
        loader.display(),
        place.display()
    );
    fs::write(program, script)?;
    fs::set_permissions(program, fs::Permissions::from_mode(0o755))?;
    Ok(())
}

/// The variables of make for a build with this machine's compiler, where the
/// kernel's compiler is another.
///
/// # Errors
///
/// The build folder cannot be read.
pub(super) fn make_variables(build_dir: &Path) -> Result<Vec<String>> {
    // There is no vmlinux to take type information from.
    let mut variables = vec!["CONFIG_DEBUG_INFO_BTF_MODULES=".to_owned()];
    let text = fs::read_to_string(build_dir.join(".kernelvariables")).unwrap_or_default();
    let compiler = text
        .split_whitespace()
        .find_map(|word| word.strip_prefix("$(CROSS_COMPILE)gcc-"))
        .map(|version| format!("gcc-{version}"));
    if compiler.is_some_and(|compiler| command::find(&compiler).is_none()) {
        variables.push("CC=gcc".to_owned());
        // Newer compilers have an option that older ones refuse.
        variables.push("CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT=".to_owned());
    }
    Ok(variables)
}
