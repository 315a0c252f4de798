// SPDX-License-Identifier: MIT OR Apache-2.0

//! Makes an unpacked kernel headers package usable where it lies, on a
//! machine of another release.

use super::Tools;
use super::wrapped::{self, Root};
use crate::apt::{Apt, Package};
use crate::error::bail;
use crate::{Arch, Result, command};
use anyhow::Context;
use std::fs;
use std::path::Path;

/// The folder, below a kernel's, with the libraries of its build tools (modpost,
/// objtool, ...).
const LIBRARIES: &str = "libraries";

/// The file of Debian's headers with the tools that built the kernel.
const VARIABLES: &str = ".kernelvariables";

/// Unpacks the libraries that the build tools are linked with, beside the headers in
/// `root`, and rewrites the headers for the folder's final place.
///
/// # Errors
///
/// A package cannot be had, or a file cannot be rewritten.
pub(super) fn relocate(apt: &Apt, root: Root, release: &str, arch: &Arch) -> Result<()> {
    let libraries = library_packages(apt)?;
    apt.unpack(
        &libraries,
        "the build tools' libraries",
        &root.now.join(LIBRARIES),
    )?;
    let build_dir = root.now.join(format!("usr/src/linux-headers-{release}"));
    let usr_src = format!("{}/usr/src/", root.then.display());
    replace(&build_dir.join("Makefile"), "/usr/src/", &usr_src)?;
    if arch.is_foreign() {
        // The names of installed tools would replace those that make is given.
        let variables = build_dir.join(VARIABLES);
        if !replace(&variables, "override CROSS_COMPILE =", "CROSS_COMPILE ?=")? {
            bail!("{} does not set CROSS_COMPILE", variables.display());
        }
    }
    wrapped::wrap_all(root, LIBRARIES, "usr/lib", |path| {
        path.components().any(|part| {
            let part = part.as_os_str().to_string_lossy();
            part.starts_with("linux-kbuild-")
        })
    })
}

/// Replaces a text in a file. Returns whether the file had the text.
fn replace(file: &Path, from: &str, to: &str) -> Result<bool> {
    let text = fs::read_to_string(file).with_context(|| format!("no {}", file.display()))?;
    fs::write(file, text.replace(from, to))?;
    Ok(text.contains(from))
}

fn library_packages(apt: &Apt) -> Result<Vec<Package>> {
    let libelf = apt
        .newest("libelf1t64")
        .or_else(|_| apt.newest("libelf1"))?;
    let mut packages = vec![libelf];
    for name in ["libc6", "zlib1g", "libzstd1"] {
        packages.push(apt.newest(name)?);
    }
    Ok(packages)
}

/// The major version of gcc that a kernel's headers name.
pub(super) fn compiler_version(build_dir: &Path) -> Option<String> {
    let text = fs::read_to_string(build_dir.join(VARIABLES)).ok()?;
    let mut words = text.split_whitespace();
    words.find_map(|word| Some(word.strip_prefix("$(CROSS_COMPILE)gcc-")?.to_owned()))
}

/// The variables of make for a build with these tools; none: with this machine's
/// compiler, where the kernel's compiler is another.
pub(super) fn make_variables(build_dir: &Path, tools: Option<&Tools>) -> Vec<String> {
    // There is no vmlinux to take type information from.
    let mut variables = vec!["CONFIG_DEBUG_INFO_BTF_MODULES=".to_owned()];
    if let Some(tools) = tools {
        variables.extend(tools.make_variables());
        return variables;
    }
    let compiler = compiler_version(build_dir).map(|version| format!("gcc-{version}"));
    if compiler.is_some_and(|compiler| command::find(&compiler).is_none()) {
        variables.push("CC=gcc".to_owned());
        // Newer compilers have an option that older ones refuse.
        variables.push("CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT=".to_owned());
    }
    variables
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compiler_is_the_one_that_the_headers_name() -> Result<()> {
        let folder = tempfile::tempdir()?;
        assert_eq!(compiler_version(folder.path()), None);
        let file = folder.path().join(VARIABLES);
        let text = "override CROSS_COMPILE = a-\nCC = $(CROSS_COMPILE)gcc-14\n";
        fs::write(&file, text)?;
        assert_eq!(compiler_version(folder.path()).as_deref(), Some("14"));
        assert!(replace(
            &file,
            "override CROSS_COMPILE =",
            "CROSS_COMPILE ?="
        )?);
        let text = fs::read_to_string(&file)?;
        assert!(text.starts_with("CROSS_COMPILE ?= a-\n"), "{text}");
        assert!(!replace(&file, "override", "")?);
        Ok(())
    }
}
