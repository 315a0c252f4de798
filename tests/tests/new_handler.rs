// SPDX-License-Identifier: MIT OR Apache-2.0

//! A new handler, added to a copy of the sources as the README describes.

use std::process::Command;

#[test]
fn runs_without_a_kernel() {
    let folder = tempfile::tempdir().unwrap();
    let handler =
        umd_tests::new_handler::build("new_handler/reverse_umh.rs", folder.path()).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_umd"))
        .args(["demo", "--host", "--handler"])
        .arg(handler)
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{output:?}");
    assert!(printed.contains("olleh"), "{printed}");
}
