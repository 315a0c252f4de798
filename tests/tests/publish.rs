// SPDX-License-Identifier: MIT OR Apache-2.0

//! The crates that are published: their manifests, their front pages and what is in
//! their packages. `cargo packages` builds the latter, which takes minutes.

#![forbid(unsafe_code)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use umd_tests::command;
use umd_tests::publish::{self, CRATES};
use umd_tests::repo;

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A value of a manifest: `1.95` of `rust-version = "1.95"`.
fn value(manifest: &Path, key: &str) -> String {
    let text = read(manifest);
    let line = text
        .lines()
        .find(|line| line.starts_with(&format!("{key} =")));
    let line = line.unwrap_or_else(|| panic!("{} has no {key}", manifest.display()));
    line.split('"').nth(1).unwrap().to_owned()
}

/// The files of a package, without the folder that all of them are in.
fn files(package: &Path) -> BTreeSet<String> {
    let mut tar = Command::new("tar");
    let listed = command::output(tar.arg("--list").arg("--file").arg(package)).unwrap();
    let names = listed
        .lines()
        .map(|line| line.split_once('/').unwrap().1.to_owned());
    names.collect()
}

/// The files of a folder that git has.
fn committed(folder: &str) -> BTreeSet<String> {
    let mut list = Command::new("git");
    list.args(["ls-files"])
        .current_dir(repo::root().join(folder));
    command::output(&mut list)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_package_has_what_its_crate_needs_and_nothing_that_git_has_not() {
    let own = ["Cargo.lock", "Cargo.toml.orig", ".cargo_vcs_info.json"];
    for (package, (name, folder)) in publish::package().unwrap().iter().zip(CRATES) {
        let mut files = files(&package.file);
        for wanted in ["Cargo.toml", "README.md", "LICENSE-APACHE", "LICENSE-MIT"] {
            assert!(files.contains(wanted), "{name} has no {wanted}: {files:?}");
        }
        for made in own {
            files.remove(made);
        }
        // Links, which the tests of cargo-umd compare with what they lead to.
        files.retain(|file| !file.starts_with("repository/"));
        let committed = committed(folder);
        let foreign: Vec<_> = files.difference(&committed).collect();
        assert!(foreign.is_empty(), "{name}: git does not have {foreign:?}");
    }
}

#[test]
fn each_package_has_the_repositorys_licences() {
    for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
        let text = read(&repo::root().join(licence));
        for (name, folder) in CRATES {
            let copy = repo::root().join(folder).join(licence);
            assert!(read(&copy) == text, "{name}: copy {licence} to {folder}/");
        }
    }
}

/// The oldest Rust that the manifests name is the one that builds all of this, so
/// that the statement is tested: no older one is promised.
#[test]
fn the_oldest_rust_is_the_one_of_the_tests() {
    let root = repo::root();
    let toolchain = value(&root.join("rust-toolchain.toml"), "channel");
    let stated = value(&root.join("Cargo.toml"), "rust-version");
    assert_eq!(format!("{stated}.0"), toolchain);
}

#[test]
fn each_front_page_says_the_same_on_both_sites() {
    let oldest = value(&repo::root().join("Cargo.toml"), "rust-version");
    for (name, folder) in CRATES {
        let folder = repo::root().join(folder);
        let page = read(&folder.join("README.md"));
        let title = format!("\n# {}\n", name.replace("cargo-", "cargo "));
        let end = format!("\nNeeds Rust {oldest}. Licensed under MIT or Apache-2.0, as you like");
        assert!(page.contains(&title), "{name}: no title");
        assert!(page.contains("\n## Limits\n"), "{name}: no limits");
        let last = page.rfind("\n\n").map(|at| &page[at + 1..]);
        assert!(
            last.is_some_and(|last| last.starts_with(&end)),
            "{name}: not at its end: {end}"
        );
        let included = "#![doc = include_str!(\"../README.md\")]";
        let library = folder.join("src/lib.rs");
        assert!(
            !library.exists() || read(&library).contains(included),
            "{name}"
        );
    }
}

/// A crate that is not published cannot be needed by one that is.
#[test]
fn published_crates_need_published_crates_alone() {
    let workspace = read(&repo::root().join("Cargo.toml"));
    for (name, folder) in CRATES {
        let manifest = read(&repo::root().join(folder).join("Cargo.toml"));
        assert!(!manifest.contains("publish = false"), "{name}");
        let needs = manifest.split("[dependencies]").nth(1).unwrap_or_default();
        let needs = needs.split("\n[").next().unwrap();
        let own = needs.lines().filter(|line| line.starts_with("umd-"));
        for needed in own.map(|line| line.split(['.', ' ']).next().unwrap()) {
            let before = CRATES.iter().take_while(|(other, _)| *other != name);
            assert!(
                before.into_iter().any(|(other, _)| *other == needed),
                "{name}: {needed}"
            );
            let versioned = format!("{needed} = {{ path = ");
            let line = workspace.lines().find(|line| line.starts_with(&versioned));
            assert!(
                line.is_some_and(|line| line.contains("version = ")),
                "{needed}"
            );
        }
    }
}
