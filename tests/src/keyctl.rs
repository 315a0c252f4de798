// SPDX-License-Identifier: MIT OR Apache-2.0

//! The distribution's `keyctl` for guests, with the libraries that it needs.

use crate::cache;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use umd_vm::Arch;
use umd_vm::apt::Apt;
use umd_vm::debian::guest_suites;
use walkdir::WalkDir;

/// Files of the packages, and their paths in the guest.
const FILES: [(&str, &str); 3] = [
    ("keyctl", "bin/keyctl"),
    ("libkeyutils.so.1", "lib/libkeyutils.so.1"),
    ("libc.so.6", "lib/libc.so.6"),
];

/// The name in the cache.
const ENTRY: &str = "keyctl";

/// Returns paths in a guest of that kind of processor and files, and downloads missing
/// ones.
///
/// # Errors
///
/// A package cannot be downloaded.
pub fn files(arch: &Arch) -> Result<Vec<(String, PathBuf)>> {
    let root = match cache::open()?.current(&arch.add_to_name(ENTRY)) {
        Some(root) => root,
        None => download(arch)?,
    };
    let loader = (arch.loader_name(), arch.loader);
    let files = FILES.iter().chain([&loader]);
    files
        .map(|(name, guest)| Ok(((*guest).to_owned(), find(&root, name)?)))
        .collect()
}

fn download(arch: &Arch) -> Result<PathBuf> {
    let cache = cache::open()?;
    let apt = Apt::update_for(&cache, guest_suites(arch), arch)?;
    let packages = ["keyutils", "libkeyutils1", "libc6"];
    let packages = packages.map(|name| apt.newest(&format!("{name}:{}", arch.debian)));
    let packages = packages.into_iter().collect::<Result<Vec<_>, _>>()?;
    let version = packages[0].folder_name();
    Ok(
        cache.publish(&arch.add_to_name(ENTRY), &version, |root, _| {
            apt.unpack(&packages, "keyctl", root)
        })?,
    )
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
