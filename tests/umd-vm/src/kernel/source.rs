// SPDX-License-Identifier: MIT OR Apache-2.0

//! Kernels that no distribution ships, with checkers on or to count instructions
//! on: built from the distribution's source package with the caller's options.

use super::{Kernel, Tools, Update, prepared_with};
use crate::apt::{Apt, Package};
use crate::cache::Cache;
use crate::error::bail;
use crate::programs::{self, KERNEL_BUILD};
use crate::{Arch, Result, command, make, progress::Step};
use anyhow::Context;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use walkdir::WalkDir;

/// How a kernel is made.
#[derive(Debug, Clone, Copy)]
pub struct Recipe<'a> {
    /// The kernel's name, and the cache's.
    pub name: &'a str,
    /// The suites that have the package `linux-source`.
    pub suites: &'a [&'a str],
    /// Kbuild's `ARCH`.
    pub architecture: &'a str,
    /// Lines `CONFIG_X=y`, and comments. An option that is neither named here nor
    /// needed by one that is named is off.
    pub options: &'a str,
    /// The targets and variables of make.
    pub targets: &'a [&'a str],
    /// The files and folders to keep: the image, and all that the build of a module
    /// reads.
    pub kept: &'a [&'a str],
}

impl Recipe<'_> {
    /// Finds the kernel in the cache, and builds a missing one or one whose options
    /// have changed.
    ///
    /// # Errors
    ///
    /// The source cannot be downloaded, or does not build.
    pub fn get(&self, cache: &Cache, update: Update) -> Result<Kernel> {
        let tools = self.tools(cache, update)?;
        let folder = self.folder(cache, update, tools.as_ref())?;
        Ok(Kernel {
            name: self.name.to_owned(),
            ..prepared_with(&folder, tools)?
        })
    }

    /// The compiler of the suites' release, if the kernel is for another processor.
    fn tools(&self, cache: &Cache, update: Update) -> Result<Option<Tools>> {
        let Some(arch) = Arch::foreign().find(|arch| arch.kbuild == self.architecture) else {
            return Ok(None);
        };
        let apt = || Apt::update_for(cache, self.suites, arch);
        let built = self.built(cache, update);
        let version = match built.and_then(|folder| compiler_version(&folder)) {
            Some(version) => version,
            None => Tools::version_of_release(&apt()?)?,
        };
        Tools::get(cache, arch, &version, update, apt).map(Some)
    }

    fn folder(&self, cache: &Cache, update: Update, tools: Option<&Tools>) -> Result<PathBuf> {
        if let Some(folder) = self.built(cache, update) {
            return Ok(folder);
        }
        programs::install(cache, &KERNEL_BUILD)?;
        let apt = Apt::update(cache, self.suites)?;
        let newest = apt.newest("linux-source")?;
        let name = newest
            .depends()
            .find(|name| name.starts_with("linux-source-"))
            .context("the package linux-source names no source")?;
        let package = apt.newest(name)?;
        let version = format!("{}-{}", package.folder_name(), self.key());
        cache.publish(&self.entry(), &version, |root, _| {
            let source = root.join(".source");
            unpack_source(&apt, package, &source)?;
            self.configure(&source, tools)?;
            let step = Step::start(format!(
                "building the kernel {}, which takes minutes",
                self.name
            ));
            let mut make = self.make(&source, tools);
            command::output(make.arg("--silent").args(self.targets))?;
            step.done();
            self.keep(&source, root)?;
            fs::remove_dir_all(&source)?;
            Ok(())
        })
    }

    /// The kernel as it was built with these options, if it is not to be renewed.
    fn built(&self, cache: &Cache, update: Update) -> Option<PathBuf> {
        let key = self.key();
        let is_of_key = |folder: &PathBuf| folder.to_string_lossy().ends_with(&key);
        let folder = cache.current(&self.entry()).filter(is_of_key);
        folder.filter(|_| update == Update::Missing)
    }

    fn entry(&self) -> String {
        format!("kernels/{}", self.name)
    }

    /// Names the parts that a kernel is made of. The options' order, and their
    /// comments, change nothing.
    fn key(&self) -> String {
        let mut lines: Vec<&str> = lines(self.options).collect();
        lines.sort_unstable();
        let made = (self.architecture, self.targets, self.kept);
        let text = format!("{made:?}\n{}", lines.join("\n"));
        format!("{:08x}", crc32fast::hash(text.as_bytes()))
    }

    fn make(&self, source: &Path, tools: Option<&Tools>) -> Command {
        let mut make = make::command(source);
        match tools {
            Some(tools) => make.args(tools.make_variables()),
            None => make.arg(format!("ARCH={}", self.architecture)),
        };
        make
    }

    /// Turns the options on, and all others off that they do not need.
    fn configure(&self, source: &Path, tools: Option<&Tools>) -> Result<()> {
        let given = source.join(".options");
        fs::write(&given, self.options)?;
        let mut configure = self.make(source, tools);
        configure.arg(format!("KCONFIG_ALLCONFIG={}", given.display()));
        command::output(configure.args(["--silent", "allnoconfig"]))?;
        let config = fs::read_to_string(source.join(".config"))?;
        let known = symbols(source)?;
        let (missing, unknown): (Vec<&str>, Vec<&str>) = missing(self.options, &config)
            .into_iter()
            .partition(|option| known.contains(symbol(option)));
        if !unknown.is_empty() {
            eprintln!("this version of Linux has no {}", unknown.join(", "));
        }
        if !missing.is_empty() {
            bail!(
                "the kernel {} cannot have {}: look at what they depend on",
                self.name,
                missing.join(", ")
            );
        }
        Ok(())
    }

    /// Moves the files and folders that stay from `source` to `root`.
    fn keep(&self, source: &Path, root: &Path) -> Result<()> {
        for name in self.kept {
            let to = root.join(name);
            if let Some(above) = to.parent() {
                fs::create_dir_all(above)?;
            }
            fs::rename(source.join(name), to)
                .with_context(|| format!("the build made no {name}"))?;
        }
        Ok(())
    }
}

/// The major version of gcc that built the kernel in `folder`.
fn compiler_version(folder: &Path) -> Option<String> {
    let config = fs::read_to_string(folder.join(".config")).ok()?;
    let mut lines = config.lines();
    let version = lines.find_map(|line| line.strip_prefix("CONFIG_GCC_VERSION="))?;
    // 120200 is version 12.2.0.
    Some((version.parse::<u32>().ok()? / 10_000).to_string())
}

fn lines(options: &str) -> impl Iterator<Item = &str> {
    options.lines().filter(|line| line.starts_with("CONFIG_"))
}

/// Unpacks the package's kernel into the folder `source`.
fn unpack_source(apt: &Apt, package: Package, source: &Path) -> Result<()> {
    fs::create_dir(source)?;
    let downloaded = tempfile::tempdir_in(source)?;
    let what = format!("the source of Linux {}", package.version);
    let archive = format!("usr/src/{}.tar.xz", package.name);
    apt.unpack(&[package], &what, downloaded.path())?;
    let step = Step::start(format!("extracting {what}"));
    let mut tar = Command::new("tar");
    tar.args(["--extract", "--strip-components=1", "--file"]);
    tar.arg(downloaded.path().join(archive));
    tar.arg("--directory").arg(source);
    command::output(&mut tar)?;
    step.done();
    Ok(())
}

/// `DEBUG_LIST` of `CONFIG_DEBUG_LIST=y`.
fn symbol(option: &str) -> &str {
    let name = option.split('=').next().unwrap_or_default();
    name.strip_prefix("CONFIG_").unwrap_or(name)
}

/// All options that this version of Linux has: options come and go.
fn symbols(source: &Path) -> Result<BTreeSet<String>> {
    let mut symbols = BTreeSet::new();
    for entry in WalkDir::new(source) {
        let entry = entry?;
        if !entry.file_name().to_string_lossy().starts_with("Kconfig") {
            continue;
        }
        let text = fs::read_to_string(entry.path()).unwrap_or_default();
        symbols.extend(text.lines().filter_map(|line| {
            let mut words = line.split_whitespace();
            let is_one = matches!(words.next(), Some("config" | "menuconfig"));
            words.next().filter(|_| is_one).map(str::to_owned)
        }));
    }
    Ok(symbols)
}

/// Returns the options that a kernel's configuration does not honour. Kconfig
/// silently drops an option whose dependency is off.
fn missing<'a>(options: &'a str, config: &str) -> Vec<&'a str> {
    let is_so = |option: &&str| match option.strip_suffix("=n") {
        Some(name) => !config.lines().any(|line| {
            line.strip_prefix(name)
                .is_some_and(|rest| rest.starts_with('='))
        }),
        None => config.lines().any(|line| line == *option),
    };
    lines(options).filter(|option| !is_so(option)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_that_kconfig_left_out_is_missed() {
        let options = "# a comment\nCONFIG_A=y\nCONFIG_B=n\nCONFIG_C=\"x\"\n";
        let config = "CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_C=\"x\"\n";
        assert_eq!(missing(options, config), [""; 0]);
        let config = "CONFIG_AA=y\nCONFIG_B=y\nCONFIG_C=\"\"\n";
        assert_eq!(
            missing(options, config),
            ["CONFIG_A=y", "CONFIG_B=n", "CONFIG_C=\"x\""]
        );
    }

    #[test]
    fn another_option_is_another_kernel() {
        let key = |architecture, options| {
            let recipe = Recipe {
                name: "",
                suites: &[],
                architecture,
                options,
                targets: &["bzImage"],
                kept: &[".config"],
            };
            recipe.key()
        };
        let one = key("x86", "CONFIG_A=y\nCONFIG_B=y\n");
        assert_eq!(one, key("x86", "# why\nCONFIG_B=y\n\nCONFIG_A=y\n"));
        assert_ne!(one, key("x86", "CONFIG_A=y\nCONFIG_B=n\n"));
        assert_ne!(one, key("um", "CONFIG_A=y\nCONFIG_B=y\n"));
    }
}
