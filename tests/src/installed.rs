// SPDX-License-Identifier: MIT OR Apache-2.0

//! What `make install` in `loader-c/` installs, and a driver outside of that tree
//! that is built with it.

use crate::kernel::Kernel;
use crate::{command, file, handlers, modules, repo, setup};
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the driver's Kbuild finds what is installed.
const SHARE: &str = "/usr/share/umd";

/// The folder of an installed system.
#[derive(Debug)]
pub struct Installed<'a> {
    kernel: &'a Kernel,
    root: &'a Path,
}

impl<'a> Installed<'a> {
    /// Builds the modules for `kernel` and installs them below `root`.
    ///
    /// # Errors
    ///
    /// They do not build, or make fails.
    pub fn new(kernel: &'a Kernel, root: &'a Path) -> Result<Self> {
        setup::install(&[("depmod", "kmod")])?;
        let installed = Self { kernel, root };
        modules::build_and(kernel, |sources| {
            installed.make_in(sources, "install")?;
            Ok(())
        })?;
        Ok(installed)
    }

    /// Removes all of that.
    ///
    /// # Errors
    ///
    /// Make fails.
    pub fn remove(&self) -> Result<()> {
        modules::build_and(self.kernel, |sources| {
            self.make_in(sources, "uninstall")?;
            Ok(())
        })
    }

    fn make_in(&self, sources: &Path, target: &str) -> Result<String> {
        let mut make = of_loader_c(self.kernel, sources);
        make.arg(variable("DESTDIR", self.root));
        make.arg(variable(
            "HANDLERS",
            &handlers::handlers_dir(self.kernel.arch())?,
        ));
        make.arg(target);
        Ok(command::output(&mut make)?)
    }

    /// The folder of the kernel's modules.
    #[must_use]
    pub fn modules(&self) -> PathBuf {
        self.root.join("lib/modules").join(&self.kernel.release)
    }

    /// What drivers are built with.
    #[must_use]
    pub fn share(&self) -> PathBuf {
        self.root.join(&SHARE[1..])
    }

    /// The symbols of the library.
    #[must_use]
    pub fn symbols(&self) -> PathBuf {
        self.modules().join("umd/Module.symvers")
    }

    /// Builds the driver of `loader-c/examples/reverse` in `folder`, with all warnings
    /// of the compiler and with the library's symbols from `symbols`. Returns the
    /// warnings.
    ///
    /// # Errors
    ///
    /// The driver does not build.
    pub fn build_example(&self, folder: &Path, symbols: &Path) -> Result<Vec<String>> {
        self.copy_example(folder)?;
        let arguments = [variable("UMD_SYMVERS", symbols), "W=1".to_owned()];
        Ok(umd_vm::modules::make(self.kernel, folder, &arguments)?)
    }

    fn copy_example(&self, folder: &Path) -> Result<()> {
        for entry in fs::read_dir(repo::root().join("loader-c/examples/reverse"))? {
            let entry = entry?;
            let text = fs::read_to_string(entry.path())?;
            let text = text.replace(SHARE, &self.share().display().to_string());
            file::write(&folder.join(entry.file_name()), text.as_bytes())?;
        }
        // Any Handler will do: nothing is started.
        let handler = handlers::handlers_dir(self.kernel.arch())?.join("sample_umh");
        fs::create_dir_all(folder.join("handlers"))?;
        fs::copy(handler, folder.join("handlers/reverse_umh"))?;
        Ok(())
    }
}

/// A make in `sources`, a copy of `loader-c/`, for `kernel` and with this machine's
/// tools.
fn of_loader_c(kernel: &Kernel, sources: &Path) -> Command {
    let mut make = Command::new("make");
    for (name, value) in kernel.make().get_envs() {
        match value {
            Some(value) => make.env(name, value),
            None => make.env_remove(name),
        };
    }
    make.arg("-C").arg(sources).args(&kernel.make_variables);
    make.arg(variable("KDIR", &kernel.build_dir));
    make
}

fn variable(name: &str, value: &Path) -> String {
    format!("{name}={}", value.display())
}

/// A field of a module, as `modinfo` prints it.
///
/// # Errors
///
/// The module cannot be read.
pub fn modinfo(module: &Path, field: &str) -> Result<String> {
    setup::install(&[("modinfo", "kmod")])?;
    let program = command::find("modinfo").context("no modinfo")?;
    let mut modinfo = Command::new(program);
    modinfo.arg("-F").arg(field).arg(module);
    Ok(command::output(&mut modinfo)?.trim_end().to_owned())
}

/// The names of the files below a folder, sorted.
///
/// # Errors
///
/// The folder cannot be read.
pub fn files_below(folder: &Path) -> Result<Vec<String>> {
    ensure!(folder.is_dir(), "no folder {}", folder.display());
    let mut names = Vec::new();
    for entry in walkdir::WalkDir::new(folder) {
        let entry = entry?;
        if !entry.file_type().is_dir() {
            let name = entry.path().strip_prefix(folder)?;
            names.push(name.to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}
