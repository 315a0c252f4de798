// SPDX-License-Identifier: MIT OR Apache-2.0

//! Where the umd crates of a driver come from: each source builds the same Handler, and
//! none but a git repository's first use needs a network.

use crate::common::{driver, package, repository, said, succeeds, umd};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The packages of this repository that a driver needs of a registry.
const PACKAGES: [&str; 5] = [
    "umd-abi",
    "umd-abi-derive",
    "umd-build",
    "umd-handler",
    "umd-manager",
];

/// The Handler of the shared driver, whose crates are a copy.
fn expected() -> Vec<u8> {
    let driver = driver();
    succeeds(&mut driver.umd(&["build"]));
    fs::read(driver.handler()).unwrap()
}

/// Makes a driver in `folder`, and builds its Handler without a network.
#[track_caller]
fn build(folder: &Path, source: &str) -> Vec<u8> {
    succeeds(&mut umd(folder, &["new", "acme", "--source", source]));
    let root = folder.join("acme");
    assert!(!root.join("umd").exists(), "a copy is there");
    let mut build = umd(&root, &["build"]);
    succeeds(build.env("CARGO_NET_OFFLINE", "true"));
    fs::read(root.join("target/handlers/acme_umh")).unwrap()
}

pub(crate) fn a_clone_is_a_source() {
    let folder = tempfile::tempdir().unwrap();
    let source = format!("path={}", repository().display());
    assert!(build(folder.path(), &source) == expected());
}

/// What git has of this repository, and what was changed since.
fn commit_all(to: &Path) {
    let mut copy = Command::new("sh");
    copy.arg("-c")
        .arg("git ls-files -z | xargs -0 cp --parents --no-dereference -t \"$0\"");
    succeeds(copy.arg(to).current_dir(repository()));
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=umd", "-c", "user.email=umd@localhost"]);
        succeeds(git.args(arguments).current_dir(to));
    };
    git(&["init", "--quiet"]);
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "--message", "all"]);
}

pub(crate) fn a_git_repository_is_a_source() {
    let folder = tempfile::tempdir().unwrap();
    let origin = folder.path().join("origin");
    fs::create_dir(&origin).unwrap();
    commit_all(&origin);
    let source = format!("git=file://{}", origin.display());
    assert!(build(folder.path(), &source) == expected());
}

/// A registry in a folder: all crates of others that a driver needs, and ours as
/// `cargo package` makes them.
fn registry(folder: &Path, driver: &Path) -> PathBuf {
    let registry = folder.join("registry");
    let mut vendor = Command::new("cargo");
    vendor.args(["vendor", "--quiet", "--locked", "--versioned-dirs"]);
    succeeds(vendor.arg(&registry).current_dir(driver));

    let files = package(&PACKAGES, &folder.join("packages"));
    for (name, file) in PACKAGES.iter().zip(files) {
        let name = format!("{name}-{}", env!("CARGO_PKG_VERSION"));
        let mut tar = Command::new("tar");
        succeeds(tar.arg("-xzf").arg(file).arg("-C").arg(&registry));
        let sums = registry.join(name).join(".cargo-checksum.json");
        fs::write(sums, "{\"files\":{}}").unwrap();
    }
    registry
}

pub(crate) fn a_registry_is_a_source_also_a_vendored_one() {
    let expected = expected();
    let folder = tempfile::tempdir().unwrap();
    let registry = registry(folder.path(), &driver().root());
    let settings = folder.path().join(".cargo");
    fs::create_dir(&settings).unwrap();
    let text = format!(
        "[source.crates-io]\nreplace-with = \"folder\"\n[source.folder]\ndirectory = {registry:?}\n"
    );
    fs::write(settings.join("config.toml"), text).unwrap();
    assert!(build(folder.path(), "registry") == expected);

    // The kernel's side is the one that the program carries.
    let cache = folder.path().join("cache");
    let mut modules = umd(
        &folder.path().join("acme"),
        &["modules", "--kernel", "none"],
    );
    let output = modules.env("UMD_CACHE_DIR", &cache).output().unwrap();
    let told = said(&output);
    assert!(told.contains("no kernel 'none': use 6.1, "), "{told}");
    let unpacked = fs::read_dir(&cache).unwrap().flatten();
    let unpacked: Vec<_> = unpacked.map(|entry| entry.path()).collect();
    let library = |path: &&PathBuf| path.join("loader-c/mgmt/main.c").is_file();
    assert_eq!(unpacked.iter().filter(library).count(), 1, "{unpacked:?}");
}
