// SPDX-License-Identifier: MIT OR Apache-2.0

//! A checkout has the repository's bytes whatever the user's git is set to.

#![forbid(unsafe_code)]

use std::fs;
use std::process::Command;
use umd_tests::repo;

/// Git for Windows, and WSL with its settings, checks text out with CRLF by
/// default. A guest's shell does not run a script with CRLF, and a generated
/// file would differ from the committed one.
#[test]
fn a_checkout_with_autocrlf_has_the_line_ends_of_the_repository() {
    let folder = tempfile::tempdir().unwrap();
    let clone = folder.path().join("clone");
    let mut clone_it = Command::new("git");
    clone_it.args(["clone", "--quiet", "-c", "core.autocrlf=true"]);
    clone_it.arg(repo::root()).arg(&clone);
    assert!(clone_it.status().unwrap().success());

    let mut list = Command::new("git");
    list.arg("-C").arg(&clone).args(["ls-files", "--eol"]);
    let files = String::from_utf8(list.output().unwrap().stdout).unwrap();
    assert!(files.lines().count() > 100, "{files}");
    let is_changed = |line: &&str| line.contains("w/crlf") || line.contains("w/mixed");
    let changed: Vec<_> = files.lines().filter(is_changed).collect();
    assert!(changed.is_empty(), "{changed:#?}");
}

/// What `cargo umd` carries of this repository. A package has files in their place.
const CARRIED: &str = "handler/cargo-umd/repository/";

/// A checkout on Windows has the text of a link in the place of a symbolic link. Only
/// `cargo umd`, which is for Linux, has to have files of other folders in its own.
#[test]
fn symbolic_links_are_what_cargo_umd_carries() {
    let mut list = Command::new("git");
    list.args(["ls-files", "--stage"]).current_dir(repo::root());
    let files = String::from_utf8(list.output().unwrap().stdout).unwrap();
    assert!(files.lines().count() > 100, "{files}");
    let is_link = |line: &&str| line.starts_with("120000");
    let paths = files.lines().filter(is_link).map(|line| {
        let (_, path) = line.split_once('\t').unwrap();
        assert!(path.starts_with(CARRIED), "{path} is a symbolic link");
        repo::root().join(path)
    });
    for path in paths {
        assert!(path.exists(), "{} leads nowhere", path.display());
    }
}

/// The package of `umd-build` has no file from outside of its folder.
#[test]
fn both_linker_scripts_are_the_same() {
    let read = |path| fs::read_to_string(repo::root().join(path)).unwrap();
    assert!(
        read("handler/build/linker.ld") == read("linker.ld"),
        "copy linker.ld to handler/build/"
    );
}
