// SPDX-License-Identifier: MIT OR Apache-2.0

//! Drivers that `cargo umd new` makes outside of this workspace, and commands in them.

use std::ffi::OsStr;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tempfile::TempDir;

/// A driver `acme` that all tests share, one after the other.
pub(crate) struct Driver {
    folder: TempDir,
}

static DRIVER: Mutex<Option<Driver>> = Mutex::new(None);

/// The driver, as long as nobody else uses it.
pub(crate) struct Held(MutexGuard<'static, Option<Driver>>);

impl Deref for Held {
    type Target = Driver;

    fn deref(&self) -> &Driver {
        self.0.as_ref().unwrap()
    }
}

/// The driver, which the first caller has made.
pub(crate) fn driver() -> Held {
    let mut driver = DRIVER.lock().unwrap_or_else(PoisonError::into_inner);
    driver.get_or_insert_with(|| {
        let folder = tempfile::tempdir().unwrap();
        succeeds(&mut umd(folder.path(), &["new", "acme"]));
        Driver { folder }
    });
    Held(driver)
}

/// Removes the driver, when no test is left.
pub(crate) fn remove_driver() {
    let mut driver = DRIVER.lock().unwrap_or_else(PoisonError::into_inner);
    *driver = None;
}

impl Driver {
    /// The folder of the driver.
    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().join("acme")
    }

    /// The folder above, where cargo looks for configurations, too.
    pub(crate) fn above(&self) -> &Path {
        self.folder.path()
    }

    /// The Handler's file.
    pub(crate) fn handler(&self) -> PathBuf {
        self.root().join("target/handlers/acme_umh")
    }

    /// `cargo umd` in the driver's folder.
    pub(crate) fn umd(&self, arguments: &[&str]) -> Command {
        umd(&self.root(), arguments)
    }

    /// `cargo` in the driver's folder.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let mut cargo = clean("cargo", &self.root());
        cargo.args(arguments);
        cargo
    }
}

/// `cargo umd` in `folder`, as cargo starts it.
pub(crate) fn umd(folder: &Path, arguments: &[&str]) -> Command {
    let mut umd = clean(env!("CARGO_BIN_EXE_cargo-umd"), folder);
    umd.arg("umd").args(arguments);
    umd
}

/// A command without what cargo has set for this test.
fn clean(program: impl AsRef<OsStr>, folder: &Path) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        let is_home = ["CARGO_HOME", "RUSTUP_HOME"].contains(&&*text);
        if (text.starts_with("CARGO") || text.starts_with("RUST")) && !is_home {
            command.env_remove(&name);
        }
    }
    command.current_dir(folder);
    command
}

/// This repository's folder.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Has cargo make the packages of these crates of the repository below `target`. Returns
/// the files, in the same order.
pub(crate) fn package(crates: &[&str], target: &Path) -> Vec<PathBuf> {
    let mut package = Command::new("cargo");
    package.args(["package", "--quiet", "--no-verify", "--allow-dirty"]);
    package.args(["--offline", "--target-dir"]).arg(target);
    for name in crates {
        package.args(["--package", name]);
    }
    succeeds(package.current_dir(repository()));
    let file = |name| format!("package/{name}-{}.crate", env!("CARGO_PKG_VERSION"));
    crates.iter().map(|name| target.join(file(name))).collect()
}

/// All output of a command.
pub(crate) fn said(output: &Output) -> String {
    let both = [&output.stdout[..], &output.stderr].concat();
    String::from_utf8_lossy(&both).into_owned()
}

/// Runs a command that succeeds, and returns its standard output.
#[track_caller]
pub(crate) fn succeeds(command: &mut Command) -> Vec<u8> {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", said(&output));
    output.stdout
}

/// Runs a command that fails and says `expected`.
#[track_caller]
pub(crate) fn fails(command: &mut Command, expected: &str) {
    let output = command.output().unwrap();
    let said = said(&output);
    assert!(!output.status.success(), "{command:?} succeeds: {said}");
    assert!(said.contains(expected), "{command:?}: {said}");
}

/// As [`fails`], where one line is all that is said.
#[track_caller]
pub(crate) fn fails_in_a_line(command: &mut Command, expected: &str) {
    let output = command.output().unwrap();
    let said = said(&output);
    assert!(!output.status.success(), "{command:?} succeeds: {said}");
    assert!(
        said.starts_with("error: ") && said.contains(expected),
        "{said}"
    );
    assert_eq!(said.lines().count(), 1, "{said}");
}
