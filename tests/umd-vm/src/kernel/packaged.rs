// SPDX-License-Identifier: MIT OR Apache-2.0

//! Kernels of Debian's packages, and the busybox of the guests.

use super::{Kernel, Platform, Update, headers};
use crate::Result;
use crate::apt::{Apt, Package};
use crate::cache::Cache;
use crate::error::bail;
use anyhow::Context;
use std::fs;
use std::path::{Path, PathBuf};

/// Which packages of a kernel are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parts {
    /// Image, modules, headers and build tools.
    All,
    /// Headers and build tools: the kernel cannot be booted.
    Headers,
}

impl Parts {
    /// The prefix of the names of the packages that depend on the newest kernel's, and
    /// of the latter.
    fn prefix(self) -> &'static str {
        match self {
            Self::All => "linux-image-",
            Self::Headers => "linux-headers-",
        }
    }
}

/// A kernel of Debian's packages: the newest that `linux-image-amd64` or
/// `linux-image-FLAVOUR-amd64` names, or `linux-headers-amd64` if only headers are used.
#[derive(Debug, Clone, Copy)]
pub struct Series<'a> {
    /// The kernel's name, and the cache's.
    pub name: &'a str,
    /// The suites that have the packages and the libraries of their build tools.
    pub suites: &'a [&'a str],
    /// The packages to use.
    pub parts: Parts,
    /// `rt` (`PREEMPT_RT`) or `cloud` (without drivers for hardware), if it is not the
    /// ordinary kernel.
    pub flavour: Option<&'a str>,
}

impl Series<'_> {
    /// Finds the kernel in the cache, and downloads a missing one.
    ///
    /// # Errors
    ///
    /// The packages cannot be downloaded or unpacked.
    pub fn get(&self, cache: &Cache, update: Update) -> Result<Kernel> {
        let entry = format!("kernels/{}", self.name);
        if update == Update::Missing
            && let Some(root) = cache.current(&entry)
        {
            return self.unpacked(&root);
        }
        let apt = Apt::update(cache, self.suites)?;
        let meta = apt.newest(&self.meta_package())?;
        let release = meta
            .depends()
            .find_map(|name| name.strip_prefix(self.parts.prefix()))
            .with_context(|| format!("the package {} names no kernel", meta.name))?
            .to_owned();
        let root = cache.publish(&entry, &meta.folder_name(), |root, destination| {
            let flavour = self.flavour.map(|flavour| format!(" {flavour}"));
            let what = format!("Linux {}{}", meta.version, flavour.unwrap_or_default());
            apt.unpack(&packages(&apt, &release, self.parts)?, &what, root)?;
            let libraries = headers::library_packages(&apt)?;
            let libraries_root = root.join(headers::LIBRARIES);
            apt.unpack(&libraries, "the build tools' libraries", &libraries_root)?;
            headers::relocate(root, destination, &release)?;
            fs::write(root.join("release"), &release)?;
            Ok(())
        })?;
        self.unpacked(&root)
    }

    /// The package that names the newest kernel's.
    fn meta_package(&self) -> String {
        let prefix = self.parts.prefix();
        match self.flavour {
            Some(flavour) => format!("{prefix}{flavour}-amd64"),
            None => format!("{prefix}amd64"),
        }
    }

    fn unpacked(&self, root: &Path) -> Result<Kernel> {
        let release = fs::read_to_string(root.join("release"))
            .with_context(|| format!("the cache is damaged: delete {}", root.display()))?;
        let modules = ["usr/lib/modules", "lib/modules"]
            .map(|folder| root.join(folder).join(&release))
            .into_iter()
            .find(|folder| folder.join("kernel").is_dir());
        let images = [
            root.join(format!("boot/vmlinuz-{release}")),
            root.join(format!("usr/lib/modules/{release}/vmlinuz")),
        ];
        let image = images.into_iter().find(|path| path.is_file());
        if image.is_none() && self.parts == Parts::All {
            bail!("the cache is damaged: delete {}", root.display());
        }
        let build_dir = root.join(format!("usr/src/linux-headers-{release}"));
        let make_variables = headers::make_variables(&build_dir)?;
        Ok(Kernel {
            name: self.name.to_owned(),
            platform: Platform::Qemu,
            image,
            make_variables,
            build_dir,
            modules,
            release,
        })
    }
}

/// The packages of the parts, but nothing that only an installed system needs.
fn packages(apt: &Apt, release: &str, parts: Parts) -> Result<Vec<Package>> {
    const HEADERS: [&str; 2] = ["linux-headers-", "linux-kbuild-"];
    const BOOTED: [&str; 3] = ["linux-image-", "linux-binary-", "linux-modules-"];
    let is_one = |prefixes: &[&str], name: &str| prefixes.iter().any(|one| name.starts_with(one));
    let headers = |name: &str| is_one(&HEADERS, name);
    let all = |name: &str| headers(name) || is_one(&BOOTED, name);
    let first = format!("linux-headers-{release}");
    let mut packages = match parts {
        Parts::Headers => apt.closure(&first, headers)?,
        Parts::All => apt.closure(&first, all)?,
    };
    if parts == Parts::All {
        packages.extend(apt.closure(&format!("linux-image-{release}"), all)?);
    }
    packages.sort();
    packages.dedup();
    Ok(packages)
}

/// Finds the guests' busybox in the cache, and downloads a missing one from
/// `suites`.
///
/// # Errors
///
/// The package cannot be downloaded.
pub fn busybox(cache: &Cache, suites: &[&str], update: Update) -> Result<PathBuf> {
    let file = |root: PathBuf| -> Result<PathBuf> {
        Ok(["usr/bin/busybox", "bin/busybox"]
            .map(|path| root.join(path))
            .into_iter()
            .find(|path| path.is_file())
            .context("the package busybox-static has no bin/busybox")?)
    };
    if update == Update::Missing
        && let Some(root) = cache.current("busybox")
    {
        return file(root);
    }
    let apt = Apt::update(cache, suites)?;
    let package = apt.newest("busybox-static")?;
    let key = package.folder_name();
    let root = cache.publish("busybox", &key, |root, _| {
        apt.unpack(&[package], "busybox", root)
    })?;
    file(root)
}
