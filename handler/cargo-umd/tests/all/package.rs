// SPDX-License-Identifier: MIT OR Apache-2.0

//! The package of this crate: it carries what the repository has, byte by byte.

use crate::common::{package, repository, succeeds};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The package, and those that it needs.
const PACKAGES: [&str; 6] = [
    "cargo-umd",
    "umd-abi",
    "umd-abi-derive",
    "umd-build",
    "umd-manager",
    "umd-vm",
];

fn listed(folder: &Path, command: &[&str]) -> BTreeSet<PathBuf> {
    let mut list = Command::new(command[0]);
    let list = succeeds(list.args(&command[1..]).current_dir(folder));
    let list = String::from_utf8(list).unwrap();
    list.lines().map(PathBuf::from).collect()
}

pub(crate) fn the_package_has_the_kernels_side_and_the_template() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    let files = package(&PACKAGES, folder.path());
    let name = format!("cargo-umd-{}", env!("CARGO_PKG_VERSION"));
    let mut tar = Command::new("tar");
    succeeds(tar.arg("-xzf").arg(&files[0]).arg("-C").arg(folder.path()));
    let packaged = folder.path().join(name);

    let root = repository();
    let mut compared = 0;
    let carried = ["git", "ls-files", "--", "loader-c", "tests/umd-manager/src"];
    for file in listed(&root, &carried) {
        let ours = fs::read(root.join(&file)).unwrap();
        let theirs = fs::read(packaged.join("repository").join(&file));
        let theirs = theirs.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        assert!(ours == theirs, "{} differs", file.display());
        compared += 1;
    }
    assert!(compared > 50, "{compared} files");
    for file in listed(&own.join("template"), &["find", ".", "-type", "f"]) {
        let ours = fs::read(own.join("template").join(&file)).unwrap();
        let theirs = fs::read(packaged.join("template").join(&file));
        assert!(
            theirs.is_ok_and(|theirs| ours == theirs),
            "{}",
            file.display()
        );
    }
    let linker = fs::read(packaged.join("repository/handler/build/linker.ld")).unwrap();
    assert!(linker == fs::read(root.join("linker.ld")).unwrap());
}
