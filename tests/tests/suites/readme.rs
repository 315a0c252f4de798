// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the documentation shows must work.

use std::fs;
use std::process::Command;
use umd_tests::kernel::Update;
use umd_tests::{repo, setup};

/// The Manager in loader-c/README.md: the lines that are indented by four.
fn manager() -> String {
    let text = fs::read_to_string(repo::root().join("loader-c/README.md")).unwrap();
    let (_, from) = text
        .split_once("`reverse_mgr.c`, the whole Manager:")
        .unwrap();
    let (code, _) = from.split_once("Its Loader is").unwrap();
    let lines: Vec<_> = code
        .lines()
        .map(|line| line.strip_prefix("    ").unwrap_or(line))
        .collect();
    lines.join("\n")
}

/// Needs a kernel's headers, so it is left out with the tests in the virtual
/// machine.
#[test]
fn manager_of_the_readme_compiles() {
    if std::env::var_os("UMD_SKIP_VM").is_some_and(|value| value == "1") {
        eprintln!("UMD_SKIP_VM=1: the README's Manager is not compiled");
        return;
    }
    let source = manager();
    assert!(source.trim().lines().count() <= 50, "{source}");
    let kernel = setup::ensure(None, Update::Missing).unwrap().kernel;
    let folder = tempfile::tempdir().unwrap();
    let include = repo::root().join("loader-c/include");
    let kbuild = format!(
        "ccflags-y += -Werror -I{}\nobj-m += reverse_mgr.o\n",
        include.display()
    );
    fs::write(folder.path().join("Kbuild"), kbuild).unwrap();
    fs::write(folder.path().join("reverse_mgr.c"), source).unwrap();
    let output = Command::new("make")
        .arg("-C")
        .arg(&kernel.build_dir)
        .arg(format!("M={}", folder.path().display()))
        .args(&kernel.make_variables)
        .arg("reverse_mgr.o")
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}
