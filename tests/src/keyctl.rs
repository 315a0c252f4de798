// SPDX-License-Identifier: MIT OR Apache-2.0

//! The distribution's `keyctl` for guests, with the libraries that it needs.

use crate::{cache, kernel};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use umd_vm::apt::Apt;
use walkdir::WalkDir;

/// Files of the packages, and their paths in the guest.
const FILES: [(&str, &str); 4] = [
    ("keyctl", "bin/keyctl"),
    ("libkeyutils.so.1", "lib/libkeyutils.so.1"),
    ("libc.so.6", "lib/libc.so.6"),
    ("ld-linux-x86-64.so.2", "lib64/ld-linux-x86-64.so.2"),
];

/// Returns paths in the guest and files, and downloads missing ones.
///
/// # Errors
///
/// A package cannot be downloaded.
pub fn files() -> Result<Vec<(String, PathBuf)>> {
    let root = match cache::open()?.current("keyctl") {
        Some(root) => root,
        None => download()?,
    };
    FILES
        .iter()
        .map(|(name, guest)| Ok(((*guest).to_owned(), find(&root, name)?)))
        .collect()
}

fn download() -> Result<PathBuf> {
    let cache = cache::open()?;
    let apt = Apt::update(&cache, kernel::suites_of(None))?;
    let packages = ["keyutils", "libkeyutils1", "libc6"].map(|name| apt.newest(name));
    let packages = packages.into_iter().collect::<Result<Vec<_>, _>>()?;
    let version = packages[0].folder_name();
    Ok(cache.publish("keyctl", &version, |root, _| {
        apt.unpack(&packages, "keyctl", root)
    })?)
}

/// Finds a file of this name, but not one that an absolute link leads to on the
/// host.
fn find(root: &Path, name: &str) -> Result<PathBuf> {
    let files = WalkDir::new(root).into_iter().filter_map(Result::ok);
    let is_it = |path: &PathBuf| {
        let real = path.canonicalize();
        path.file_name().is_some_and(|own| own == name)
            && real.is_ok_and(|real| real.is_file() && real.starts_with(root))
    };
    files
        .map(walkdir::DirEntry::into_path)
        .find(is_it)
        .with_context(|| format!("no {name}: delete {}", root.display()))
}
