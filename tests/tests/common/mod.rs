// SPDX-License-Identifier: MIT OR Apache-2.0

//! Compiling C programs, copies of the handlers' sources, a new handler.

// Each test program uses what it needs of these.
#![allow(dead_code)]

pub(crate) mod guest;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use umd_tests::{handlers, repo};

/// The warnings that the header and the test programs must not cause.
const STRICT: [&str; 5] = ["-Wall", "-Wextra", "-Werror", "-pedantic", "-O1"];

/// Compiles `tests/SOURCE` to `output`.
pub(crate) fn compile(compiler: &str, arguments: &[&str], source: &str, output: &Path) {
    let root = repo::root();
    let status = Command::new(compiler)
        .args(STRICT)
        .args(arguments)
        .arg("-I")
        .arg(root.join("loader-c/include"))
        .arg("-o")
        .arg(output)
        .arg(root.join("tests").join(source))
        .status()
        .unwrap_or_else(|error| panic!("cannot start {compiler}: {error}"));
    assert!(status.success(), "{compiler} {arguments:?} {source}");
}

/// Copies to `clone` what `cargo handlers` needs of the repository.
pub(crate) fn copy_handler_sources(clone: &Path) {
    let sources = [
        "Cargo.toml",
        "Cargo.lock",
        "rust-toolchain.toml",
        "linker.ld",
        "abi",
        "handler",
        "tests",
    ];
    let copied = Command::new("cp")
        .arg("-r")
        .args(sources.map(|name| repo::root().join(name)))
        .arg(clone)
        .status();
    assert!(copied.unwrap().success());
}

/// Adds `tests/new_handler/reverse_umh.rs` to a copy of the sources below
/// `folder`, and builds it.
pub(crate) fn new_handler(folder: &Path) -> PathBuf {
    let clone = folder.join("clone");
    fs::create_dir(&clone).unwrap();
    copy_handler_sources(&clone);

    let source = fs::read_to_string(repo::root().join("tests/new_handler/reverse_umh.rs")).unwrap();
    assert!(source.lines().count() < 30);
    fs::write(clone.join("handler/src/bin/reverse_umh.rs"), source).unwrap();
    let handlers = handlers::build_all_of(&clone, &folder.join("output")).unwrap();
    let new = handlers.iter().find(|one| one.name == "reverse_umh");
    new.unwrap().path.clone()
}
