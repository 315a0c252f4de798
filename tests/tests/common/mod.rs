// SPDX-License-Identifier: MIT OR Apache-2.0

//! Compiling C programs.

use std::path::Path;
use std::process::Command;
use umd_tests::repo;

/// The warnings that the header and the test programs must not cause.
const STRICT: [&str; 5] = ["-Wall", "-Wextra", "-Werror", "-pedantic", "-O1"];

/// Compiles `tests/c/SOURCE` to `output`.
pub(crate) fn compile(compiler: &str, arguments: &[&str], source: &str, output: &Path) {
    let root = repo::root();
    let status = Command::new(compiler)
        .args(STRICT)
        .args(arguments)
        .arg("-I")
        .arg(root.join("loader-c/include"))
        .arg("-o")
        .arg(output)
        .arg(root.join("tests/c").join(source))
        .status()
        .unwrap_or_else(|error| panic!("cannot start {compiler}: {error}"));
    assert!(status.success(), "{compiler} {arguments:?} {source}");
}
