// SPDX-License-Identifier: MIT OR Apache-2.0

//! GNU's tools for another kind of processor than this machine's: the compiler that the
//! kernel was built with, and a C library for programs of the guest.
//!
//! They are not installed: Debian's packages of them exclude `gcc-multilib`, and a
//! release has one compiler for its kernel, which may not be the machine's.

use super::Update;
use super::wrapped::{self, Root};
use crate::apt::{Apt, Package};
use crate::cache::Cache;
use crate::{Arch, Result};
use anyhow::Context;
use std::fs;
use std::path::PathBuf;

/// The tools of one version of the compiler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tools {
    arch: &'static Arch,
    root: PathBuf,
    version: String,
}

impl Tools {
    /// Finds the tools in the cache, and downloads missing ones with `apt`.
    ///
    /// # Errors
    ///
    /// The packages cannot be downloaded or unpacked.
    pub(super) fn get(
        cache: &Cache,
        arch: &'static Arch,
        version: &str,
        update: Update,
        apt: impl FnOnce() -> Result<Apt>,
    ) -> Result<Self> {
        let entry = format!("tools/gcc-{version}-{}", arch.debian);
        let root = match cache.current(&entry) {
            Some(root) if update == Update::Missing => root,
            _ => download(cache, arch, version, &entry, &apt()?)?,
        };
        Ok(Self {
            arch,
            root,
            version: version.to_owned(),
        })
    }

    /// The version of the compiler that is a release's own.
    ///
    /// # Errors
    ///
    /// The release has no package `gcc`.
    pub(super) fn version_of_release(apt: &Apt) -> Result<String> {
        let gcc = apt.newest("gcc")?;
        let mut names = gcc.depends();
        let version = names.find_map(|name| name.strip_prefix("gcc-")?.parse::<u32>().ok());
        let version = version.context("the package gcc names no version")?;
        Ok(version.to_string())
    }

    /// The beginning of the paths of all tools.
    fn prefix(&self) -> String {
        format!("{}/usr/bin/{}-", self.root.display(), self.arch.gnu)
    }

    fn compiler(&self) -> PathBuf {
        PathBuf::from(format!("{}gcc-{}", self.prefix(), self.version))
    }

    /// The compiler of these tools; without them, this machine's own.
    pub(super) fn compiler_of(tools: Option<&Self>) -> PathBuf {
        tools.map_or_else(|| PathBuf::from("gcc"), Self::compiler)
    }

    /// The variables of make for a build with these tools.
    pub(super) fn make_variables(&self) -> Vec<String> {
        let mut variables = self.arch.make_variables(&self.prefix()).to_vec();
        variables.push(format!("CC={}", self.compiler().display()));
        variables
    }
}

/// Some of the C library's files are texts with the whole paths of others.
fn relocate_linker_scripts(root: Root, arch: &Arch) -> Result<()> {
    let folder = format!("/usr/{}/", arch.gnu);
    let then = format!("{}{folder}", root.then.display());
    let libraries = root.now.join(&folder[1..]).join("lib");
    let entries = fs::read_dir(&libraries).with_context(|| libraries.display().to_string())?;
    for entry in entries {
        let path = entry?.path();
        let Ok(bytes) = fs::read(&path) else {
            continue;
        };
        if let Ok(text) = String::from_utf8(bytes)
            && text.starts_with("/* GNU ld script")
        {
            fs::write(&path, text.replace(&folder, &then))?;
        }
    }
    Ok(())
}

fn download(cache: &Cache, arch: &Arch, version: &str, entry: &str, apt: &Apt) -> Result<PathBuf> {
    let compiler = arch.package(&format!("gcc-{version}"));
    let libraries = format!("libc6-dev-{}-cross", arch.debian);
    let key = apt.newest(&compiler)?.folder_name();
    let mut packages: Vec<Package> = apt.closure(&compiler, |_| true)?;
    packages.extend(apt.closure(&libraries, |_| true)?);
    packages.sort();
    packages.dedup();
    cache.publish(entry, &key, |now, then| {
        let what = format!("gcc {version} for {}", arch.name);
        apt.unpack(&packages, &what, now)?;
        let root = Root { now, then };
        relocate_linker_scripts(root, arch)?;
        // Not the programs of the C library: one of them starts all others.
        wrapped::wrap_all(root, "", "usr", |path| {
            path.to_string_lossy().contains(arch.gnu)
        })
    })
}
