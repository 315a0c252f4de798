// SPDX-License-Identifier: MIT OR Apache-2.0

//! A third driver, added to a copy of the sources as the README says: two folders
//! and one line of Kbuild. `suite_reverse` runs it in a guest.

use std::path::Path;
use std::process::Command;
use umd_build::{budget, handlers, header, shape};
use umd_tests::{new_driver, repo};

/// The output of `diff` for the repository and the copy at `clone`.
fn changes(clone: &Path) -> Vec<String> {
    let root = repo::root();
    let mut changes = Vec::new();
    for name in new_driver::SOURCES {
        let mut diff = Command::new("diff");
        diff.env("LC_ALL", "C")
            .args(["-r", "--brief", "--no-dereference"]);
        let output = diff.arg(root.join(name)).arg(clone.join(name)).output();
        let said = String::from_utf8(output.unwrap().stdout).unwrap();
        changes.extend(said.lines().map(|line| {
            let line = line.replace(&format!("{}/", root.display()), "");
            line.replace(&format!("{}/", clone.display()), "CLONE/")
        }));
    }
    changes
}

#[test]
fn it_is_two_folders_and_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = new_driver::add(&["reverse"], folder.path()).unwrap();
    assert_eq!(
        changes(&workspace.root),
        [
            "Files Cargo.lock and CLONE/Cargo.lock differ",
            "Only in CLONE/handler/drivers: reverse",
            "Files loader-c/Kbuild and CLONE/loader-c/Kbuild differ",
            "Only in CLONE/loader-c: reverse",
        ]
    );

    // All that is known of a driver is found in them.
    let driver = workspace.driver("reverse").unwrap();
    let built = handlers::build_driver(&workspace, driver).unwrap();
    let [handler] = &built[..] else {
        panic!("{built:?}");
    };
    let budget = budget::of(handler).unwrap();
    shape::check(handler, &budget).unwrap();
    budget.check(handler).unwrap();
    let headers = header::all(&workspace).unwrap();
    let is_its = |header: &&header::Header| header.path.ends_with("reverse/umd_reverse_abi.h");
    let header = headers.iter().find(is_its).unwrap();
    assert!(header.text.contains("#define UMD_REVERSE_MAX 2048"));
    answers_without_a_kernel(&handler.path);
}

fn answers_without_a_kernel(handler: &Path) {
    let output = Command::new(env!("CARGO_BIN_EXE_umd"))
        .args(["demo", "--host", "--handler"])
        .arg(handler)
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{output:?}");
    assert!(printed.contains("olleh"), "{printed}");
}

/// No other command sees the code of these drivers in its place in a workspace.
#[test]
fn drivers_of_the_tests_are_formatted_and_clean() {
    let names = new_driver::names().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut workspace = new_driver::add(&names, folder.path()).unwrap();
    workspace
        .drivers
        .retain(|driver| names.contains(&driver.name()));
    assert_eq!(workspace.drivers.len(), names.len(), "{workspace:?}");

    let mut format = Command::new("cargo");
    format.args(["fmt", "--check"]).current_dir(&workspace.root);
    for driver in &workspace.drivers {
        format.args(["--package", &driver.package]);
    }
    assert!(format.status().unwrap().success());
    handlers::lint(&workspace).unwrap();
}
