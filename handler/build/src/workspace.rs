// SPDX-License-Identifier: MIT OR Apache-2.0

//! The drivers' crates of a workspace, as cargo lists them.

use crate::Target;
use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The build dependency that makes a crate a driver.
const MARK: &str = env!("CARGO_PKG_NAME");

/// The crate whose header all drivers' headers include.
const CORE: &str = "umd-abi";

/// A workspace with drivers.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// The root folder.
    pub root: PathBuf,
    /// Cargo's target folder, where everything that is built goes.
    pub target: PathBuf,
    /// The folder of the core contract, if that is a crate of this workspace.
    pub core: Option<PathBuf>,
    /// All drivers, by the name of the package.
    pub drivers: Vec<Driver>,
    /// The processor that handlers are built for; `None` for this machine's.
    pub processor: Option<&'static Target>,
}

/// The crate of one driver.
#[derive(Clone, Debug)]
pub struct Driver {
    /// The name of its package.
    pub package: String,
    /// The folder of the crate.
    pub folder: PathBuf,
    /// The names of the binaries, each of them a Handler.
    pub handlers: Vec<String>,
}

impl Workspace {
    /// The workspace that `folder` is in.
    ///
    /// # Errors
    ///
    /// Cargo does not tell.
    pub fn find(folder: &Path) -> Result<Self> {
        let said = metadata(folder, &["--no-deps"])?;
        let path = |key| text(&said, key).map(PathBuf::from);
        let mut found = Self {
            root: path("workspace_root")?,
            target: path("target_directory")?,
            core: None,
            drivers: Vec::new(),
            processor: None,
        };
        for package in list(&said, "packages")? {
            if text(package, "name")? == CORE {
                found.core = Some(folder_of(package)?);
            }
            if is_driver(package)? {
                found.drivers.push(Driver::new(package)?);
            }
        }
        found.drivers.sort_by(|a, b| a.package.cmp(&b.package));
        Ok(found)
    }

    /// The folder of the final ELF files: `handlers` in the target folder, or, for
    /// another processor than this machine's, `handlers-ARCH`.
    #[must_use]
    pub fn handlers_dir(&self) -> PathBuf {
        let name = match self.processor {
            Some(processor) if Some(processor) != Target::host() => {
                format!("handlers-{}", processor.arch)
            }
            _ => "handlers".to_owned(),
        };
        self.target.join(name)
    }

    /// The processor that handlers are built for.
    ///
    /// # Errors
    ///
    /// It is this machine's, and none can be built for that.
    pub fn processor(&self) -> Result<&'static Target> {
        self.processor
            .or_else(Target::host)
            .context("no handler can be built for this machine's processor")
    }

    /// The folder and version of the package `name`, of this workspace or another.
    ///
    /// # Errors
    ///
    /// Cargo does not tell, or the workspace does not depend on the package.
    pub fn package(&self, name: &str) -> Result<(PathBuf, String)> {
        let said = metadata(&self.root, &["--locked"])?;
        for package in list(&said, "packages")? {
            if text(package, "name")? == name {
                return Ok((folder_of(package)?, text(package, "version")?.to_owned()));
            }
        }
        bail!("{} has no package {name}", self.root.display())
    }

    /// The driver whose folder has that name.
    ///
    /// # Errors
    ///
    /// No driver has that name.
    pub fn driver(&self, name: &str) -> Result<&Driver> {
        let mut drivers = self.drivers.iter();
        drivers
            .find(|driver| driver.name() == name)
            .with_context(|| format!("{} has no driver {name}", self.root.display()))
    }
}

impl Driver {
    fn new(package: &Value) -> Result<Self> {
        let mut handlers = Vec::new();
        for target in list(package, "targets")? {
            if list(target, "kind")?.iter().any(|kind| kind == "bin") {
                handlers.push(text(target, "name")?.to_owned());
            }
        }
        handlers.sort_unstable();
        Ok(Self {
            package: text(package, "name")?.to_owned(),
            folder: folder_of(package)?,
            handlers,
        })
    }

    /// The name of the crate's folder, which the kernel side uses too.
    #[must_use]
    pub fn name(&self) -> String {
        let name = self.folder.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }
}

/// The word of cargo on the workspace that `folder` is in.
fn metadata(folder: &Path, arguments: &[&str]) -> Result<Value> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut metadata = Command::new(cargo);
    metadata.args(["metadata", "--format-version=1"]);
    metadata.args(arguments).current_dir(folder);
    Ok(serde_json::from_str(&output(&mut metadata)?)?)
}

fn is_driver(package: &Value) -> Result<bool> {
    let dependencies = list(package, "dependencies")?;
    let mut dependencies = dependencies.iter();
    Ok(dependencies.any(|other| other["name"] == MARK && other["kind"] == "build"))
}

fn folder_of(package: &Value) -> Result<PathBuf> {
    let manifest = Path::new(text(package, "manifest_path")?);
    let folder = manifest.parent().context("a manifest is in a folder")?;
    Ok(folder.to_path_buf())
}

fn text<'a>(value: &'a Value, key: &str) -> Result<&'a str> {
    let text = value[key].as_str();
    text.with_context(|| format!("cargo metadata says no {key}"))
}

fn list<'a>(value: &'a Value, key: &str) -> Result<&'a [Value]> {
    let list = value[key].as_array().map(Vec::as_slice);
    list.with_context(|| format!("cargo metadata lists no {key}"))
}

/// Runs `command` and returns its output.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .with_context(|| format!("cannot start {program}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "{program} failed ({}): {}",
        output.status,
        said.trim_end()
    );
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
