// SPDX-License-Identifier: MIT OR Apache-2.0

//! The files that the program carries: the template of a driver, and the parts of this
//! repository that a driver is built with.
//!
//! Both are links to the files of the repository, which `cargo package` follows. Cargo
//! takes no folder with a `Cargo.toml` into another package: so these have the ending
//! `.in` here.

use anyhow::{Context, Result, ensure};
use include_dir::{Dir, DirEntry, include_dir};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// The template of a driver, which is called `acme`.
pub(crate) static TEMPLATE: Dir = include_dir!("$CARGO_MANIFEST_DIR/template");

/// Parts of this repository, at their paths in it.
pub(crate) static REPOSITORY: Dir = include_dir!("$CARGO_MANIFEST_DIR/repository");

/// The crates of the repository that a driver uses, and their folders.
pub(crate) const CRATES: [(&str, &str); 4] = [
    ("umd-abi", "abi"),
    ("umd-build", "handler/build"),
    ("umd-handler", "handler"),
    ("umd-manager", "tests/umd-manager"),
];

/// The ending of a file whose own name would keep cargo from packaging it.
const ENDING: &str = "in";

/// All files below `folder`: their paths there, and their contents.
pub(crate) fn files(folder: &'static Dir) -> Vec<(PathBuf, &'static [u8])> {
    let mut files = Vec::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in folder.entries() {
            match entry {
                DirEntry::Dir(folder) => folders.push(folder),
                DirEntry::File(file) => files.push((true_path(file.path()), file.contents())),
            }
        }
    }
    files.sort();
    files
}

fn true_path(path: &Path) -> PathBuf {
    if path.extension().is_some_and(|ending| ending == ENDING) {
        path.with_extension("")
    } else {
        path.to_path_buf()
    }
}

/// Writes the parts of the repository that a driver is built with to `folder`: the
/// crates, as a workspace of their own, and the kernel's library.
pub(crate) fn unpack_repository(folder: &Path) -> Result<()> {
    for (path, contents) in files(&REPOSITORY) {
        if is_for_drivers(&path) {
            write(&folder.join(&path), contents)?;
        }
    }
    let manifest = folder.join("Cargo.toml");
    let text = fs::read_to_string(&manifest)?;
    write(&manifest, with_members(&text)?.as_bytes())
}

/// The other drivers, the tests of the library and what only packages need are of no use
/// to a driver, and what was built among the sources is no part of them.
fn is_for_drivers(path: &Path) -> bool {
    let others = [
        "bin", "debian", "dkms", "examples", "man", "pgp", "sample", "test", "verify",
    ];
    let others = others.map(|name| Path::new("loader-c").join(name));
    let own = [
        "Cargo.lock",
        "loader-c/include/umd_pgp.h",
        "loader-c/include/umd_verify.h",
    ];
    let is_own = own.iter().any(|own| path == Path::new(own));
    !is_own
        && !others.iter().any(|other| path.starts_with(other))
        && !umd_vm::modules::is_output(path)
}

/// The workspace's manifest with the members that are carried.
fn with_members(manifest: &str) -> Result<String> {
    let (before, rest) = manifest
        .split_once("\nmembers = [")
        .context("the manifest that is carried has no members")?;
    let (_, behind) = rest.split_once(']').context("no end of the members")?;
    let folders = CRATES.map(|(_, folder)| format!("{folder:?}"));
    let folders = folders.join(", ");
    Ok(format!(
        "{before}\nmembers = [\"abi/derive\", {folders}]{behind}"
    ))
}

/// The `Cargo.lock` of the repository: the versions that are known to work.
pub(crate) fn lock_file() -> Result<&'static [u8]> {
    let file = REPOSITORY.get_file("Cargo.lock.in");
    Ok(file.context("no Cargo.lock is carried")?.contents())
}

/// Writes a file, and makes its folder if need be. A script can be executed.
pub(crate) fn write(path: &Path, contents: &[u8]) -> Result<()> {
    let shown = path.display();
    let folder = path.parent().context("a file is in a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    fs::write(path, contents).with_context(|| format!("cannot write {shown}"))?;
    if contents.starts_with(b"#!") {
        fs::set_permissions(path, Permissions::from_mode(0o755))?;
    }
    Ok(())
}

/// The kernel's library, unpacked into `folder` unless that was done before.
pub(crate) fn library(folder: &Path) -> Result<PathBuf> {
    let done = folder.join(".done");
    if !done.is_file() {
        unpack_repository(folder)?;
        fs::write(&done, "")?;
    }
    let library = folder.join("loader-c");
    ensure!(library.is_dir(), "no library in {}", folder.display());
    Ok(library)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::process::Command;

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
    }

    /// The files of the repository below `folder`.
    fn tracked(folder: &str) -> BTreeSet<PathBuf> {
        let mut git = Command::new("git");
        git.arg("-C").arg(root()).args(["ls-files", "--", folder]);
        let listed = git.output().unwrap();
        assert!(listed.status.success(), "{listed:?}");
        let listed = String::from_utf8(listed.stdout).unwrap();
        listed.lines().map(PathBuf::from).collect()
    }

    #[test]
    fn what_is_carried_is_the_repository_byte_by_byte() {
        let files = files(&REPOSITORY);
        for (path, contents) in &files {
            let own = fs::read(root().join(path)).unwrap();
            assert!(own == *contents, "{} differs", path.display());
        }
        let carried: BTreeSet<PathBuf> = files.into_iter().map(|(path, _)| path).collect();
        let missing: Vec<_> = tracked("loader-c").difference(&carried).cloned().collect();
        assert_eq!(missing, [""; 0].map(PathBuf::from), "of loader-c");
    }

    #[test]
    fn each_crate_is_carried_whole() {
        let carried: BTreeSet<PathBuf> = files(&REPOSITORY).into_iter().map(|f| f.0).collect();
        let folders = ["abi/derive"].into_iter();
        for folder in folders.chain(CRATES.map(|(_, folder)| folder)) {
            let elsewhere = |path: &Path| {
                let below = path.strip_prefix(folder).unwrap_or(path);
                let other = [
                    "derive",
                    "build",
                    "drivers",
                    "cargo-umd",
                    "tests",
                    "examples",
                ];
                other.iter().any(|other| below.starts_with(other)) && folder != "abi/derive"
            };
            for path in tracked(folder) {
                assert!(
                    elsewhere(&path) || carried.contains(&path),
                    "repository/ lacks a link to {}",
                    path.display()
                );
            }
        }
    }

    #[test]
    fn members_are_replaced() {
        let text = with_members("[workspace]\nmembers = [\n\"a\",\n\"b\"]\n[x]\n").unwrap();
        assert!(text.starts_with("[workspace]\nmembers = [\"abi/derive\", \"abi\", "));
        assert!(text.ends_with("\"tests/umd-manager\"]\n[x]\n"));
        assert!(with_members("[workspace]\n").is_err());
    }
}
