// SPDX-License-Identifier: MIT OR Apache-2.0

//! The crates that are published: their packages, each of which must build
//! without this repository.

use crate::{cargo_tool, command, repo};
use anyhow::{Context, Result, bail, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The published crates, each behind those that it needs, with the folder.
pub const CRATES: [(&str, &str); 7] = [
    ("umd-abi-derive", "abi/derive"),
    ("umd-abi", "abi"),
    ("umd-handler", "handler"),
    ("umd-build", "handler/build"),
    ("umd-manager", "tests/umd-manager"),
    ("umd-vm", "tests/umd-vm"),
    ("cargo-umd", "handler/cargo-umd"),
];

/// The package of a crate.
#[derive(Debug, Clone)]
pub struct Package {
    /// The crate's name.
    pub name: &'static str,
    /// The file that would be uploaded.
    pub file: PathBuf,
}

/// Cargo in `folder`, with the repository's compiler: outside of the repository, rustup
/// would take the user's.
fn cargo(folder: &Path) -> Result<Command> {
    let file = repo::root().join("rust-toolchain.toml");
    let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    let text: toml::Table = text.parse()?;
    let channel = text["toolchain"]["channel"].as_str();
    let channel = channel.context("rust-toolchain.toml names no channel")?;
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(folder).env("RUSTUP_TOOLCHAIN", channel);
    Ok(cargo)
}

/// Makes the packages of all published crates. Files that are not committed yet
/// are packaged as they are.
///
/// # Errors
///
/// Cargo cannot make a package, or warns.
pub fn package() -> Result<Vec<Package>> {
    let target = repo::target_dir()?;
    let mut package = cargo(&repo::root())?;
    package.args(["package", "--locked", "--no-verify", "--allow-dirty"]);
    package.arg("--target-dir").arg(&target);
    for (name, _) in CRATES {
        package.args(["--package", name]);
    }
    let output = command::finished(&mut package)?;
    ensure!(
        output.status.success(),
        "{}",
        command::failure(&package, &output)
    );
    let said = String::from_utf8_lossy(&output.stderr);
    // Tests that need the repository are no part of a package.
    let is_one = |line: &&str| line.starts_with("warning") && !line.contains(": ignoring test `");
    let warnings: Vec<_> = said.lines().filter(is_one).collect();
    ensure!(
        warnings.is_empty(),
        "cargo package warns: {}",
        warnings.join("; ")
    );
    let version = env!("CARGO_PKG_VERSION");
    let packages = CRATES.iter().map(|&(name, _)| Package {
        name,
        file: target.join(format!("package/{name}-{version}.crate")),
    });
    Ok(packages.collect())
}

/// Packages in a folder outside of the repository, where cargo finds one beside
/// the other instead of at the registry. Only what is built goes to the repository's
/// target folder, where most dependencies are built already.
#[derive(Debug)]
pub struct Unpacked {
    folder: PathBuf,
}

impl Unpacked {
    /// Unpacks the packages of all published crates into `folder`.
    ///
    /// # Errors
    ///
    /// A package cannot be unpacked.
    pub fn new(packages: &[Package], folder: &Path) -> Result<Self> {
        for package in packages {
            let mut tar = Command::new("tar");
            // All files of a package are of one time long ago: cargo would take what it
            // has built of an earlier package for this one.
            tar.args(["--extract", "--touch", "--file"])
                .arg(&package.file);
            command::output(tar.arg("--directory").arg(folder))?;
        }
        Ok(Self {
            folder: folder.to_path_buf(),
        })
    }

    /// The folder of a crate.
    #[must_use]
    pub fn of(&self, name: &str) -> PathBuf {
        let version = env!("CARGO_PKG_VERSION");
        self.folder.join(format!("{name}-{version}"))
    }

    fn cargo(&self, name: &str) -> Result<Command> {
        let mut cargo = cargo(&self.of(name))?;
        for (other, _) in CRATES.iter().filter(|(other, _)| *other != name) {
            let path = self.of(other);
            let patch = format!("patch.crates-io.{other}.path=\"{}\"", path.display());
            cargo.args(["--config", &patch]);
        }
        Ok(cargo)
    }

    /// Compiles the library, programs, tests and examples of a package, with all
    /// features. Nothing is downloaded.
    ///
    /// # Errors
    ///
    /// Something does not compile, or with a warning.
    pub fn check(&self, name: &str) -> Result<()> {
        let mut check = self.cargo(name)?;
        check.args(["check", "--offline", "--all-targets", "--all-features"]);
        check.arg("--target-dir").arg(repo::target_dir()?);
        self.compiles(&mut check)
    }

    /// Compiles a package with the oldest version of each crate that the package says
    /// it works with.
    ///
    /// # Errors
    ///
    /// There is no such set of versions, or something does not compile.
    pub fn check_with_oldest(&self, name: &str) -> Result<()> {
        let lock = self.of(name).join("Cargo.lock");
        fs::remove_file(&lock).with_context(|| lock.display().to_string())?;
        let mut resolve = self.cargo(name)?;
        // A stable cargo has the option, too, but does not promise to keep it.
        resolve.env("RUSTC_BOOTSTRAP", "1");
        resolve.args(["-Zdirect-minimal-versions", "generate-lockfile"]);
        command::output(&mut resolve)?;
        let mut check = self.cargo(name)?;
        check.args(["check", "--locked", "--all-features"]);
        check.arg("--target-dir").arg(repo::target_dir()?);
        self.compiles(&mut check)
    }

    fn compiles(&self, check: &mut Command) -> Result<()> {
        let output = command::finished(check)?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{said}");
        // Cargo's own warnings are of the patches that this crate has no use for.
        let folder = self.folder.to_string_lossy();
        let ours = |line: &&str| line.contains(" --> ") && line.contains(&*folder);
        let warnings: Vec<_> = said.lines().filter(ours).collect();
        ensure!(warnings.is_empty(), "{said}");
        Ok(())
    }
}

/// The newest tag of a release: `v0.1.0`.
///
/// # Errors
///
/// Git cannot be asked.
fn last_release(root: &Path) -> Result<Option<String>> {
    let mut tags = Command::new("git");
    tags.args([
        "tag",
        "--list",
        "v[0-9]*",
        "--merged",
        "HEAD",
        "--sort=-version:refname",
    ]);
    let tags = command::output(tags.current_dir(root))?;
    Ok(tags.lines().next().map(str::to_owned))
}

/// Compares the interface of the published crates with that of the last release.
/// Returns the release; none: there is no release yet.
///
/// # Errors
///
/// The interface has changed more than the version says.
pub fn compare_with_last_release(root: &Path) -> Result<Option<String>> {
    let Some(tag) = last_release(root)? else {
        return Ok(None);
    };
    let program = cargo_tool::get("cargo-semver-checks", "0.51.0")?;
    let mut compare = Command::new(program);
    compare.args(["semver-checks", "--baseline-rev", &tag]);
    for (name, _) in CRATES {
        compare.args(["--package", name]);
    }
    compare.arg("--all-features").current_dir(root);
    let output = command::finished(&mut compare)?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stdout);
        bail!(
            "since {tag}: {said}\n{}",
            command::failure(&compare, &output)
        );
    }
    Ok(Some(tag))
}
