// SPDX-License-Identifier: MIT OR Apache-2.0

//! A checkout has the repository's bytes whatever the user's git is set to.

#![forbid(unsafe_code)]

use std::path::Path;
use std::process::Command;

/// Git for Windows, and WSL with its settings, checks text out with CRLF by
/// default. A guest's shell does not run a script with CRLF, and a generated
/// file would differ from the committed one.
#[test]
fn a_checkout_with_autocrlf_has_the_line_ends_of_the_repository() {
    let folder = tempfile::tempdir().unwrap();
    let clone = folder.path().join("clone");
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut clone_it = Command::new("git");
    clone_it.args(["clone", "--quiet", "-c", "core.autocrlf=true"]);
    clone_it.arg(repository).arg(&clone);
    assert!(clone_it.status().unwrap().success());

    let mut list = Command::new("git");
    list.arg("-C").arg(&clone).args(["ls-files", "--eol"]);
    let files = String::from_utf8(list.output().unwrap().stdout).unwrap();
    assert!(files.lines().count() > 100, "{files}");
    let is_changed = |line: &&str| line.contains("w/crlf") || line.contains("w/mixed");
    let changed: Vec<_> = files.lines().filter(is_changed).collect();
    assert!(changed.is_empty(), "{changed:#?}");
}
