// SPDX-License-Identifier: MIT OR Apache-2.0

//! Kernels of Debian's packages, and the busybox of the guests.

use super::wrapped::Root;
use super::{Kernel, Platform, Tools, Update, headers};
use crate::apt::{Apt, Package};
use crate::cache::Cache;
use crate::error::bail;
use crate::{Arch, Result};
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

/// A kernel of Debian's packages: the newest that `linux-image-ARCH`,
/// `linux-image-FLAVOUR-ARCH` or (of `16k`) `linux-image-ARCH-FLAVOUR` names, or
/// `linux-headers-ARCH` if only headers are used.
#[derive(Debug, Clone, Copy)]
pub struct Series<'a> {
    /// The kernel's name, and the cache's.
    pub name: &'a str,
    /// The suites that have the packages and the libraries of their build tools.
    pub suites: &'a [&'a str],
    /// The packages to use.
    pub parts: Parts,
    /// `rt` (`PREEMPT_RT`), `cloud` (without drivers for hardware) or `16k` (pages of so
    /// many bytes), if it is not the ordinary kernel.
    pub flavour: Option<&'a str>,
    /// The kinds of processor that Debian has it for.
    pub archs: &'a [&'a str],
}

impl Series<'_> {
    /// Whether Debian has the kernel for that kind of processor.
    #[must_use]
    pub fn is_for(&self, arch: &Arch) -> bool {
        self.archs.contains(&arch.name)
    }

    /// Finds the kernel in the cache, and downloads a missing one, with what builds its
    /// modules on this machine.
    ///
    /// # Errors
    ///
    /// The packages cannot be downloaded or unpacked.
    pub fn get(&self, cache: &Cache, arch: &'static Arch, update: Update) -> Result<Kernel> {
        let entry = format!("kernels/{}", arch.add_to_name(self.name));
        if update == Update::Missing
            && let Some(root) = cache.current(&entry)
        {
            return self.unpacked(cache, arch, &root, update);
        }
        let apt = Apt::update_for(cache, self.suites, arch)?;
        let meta = apt.newest(&self.meta_package(arch))?;
        let release = meta
            .depends()
            .find_map(|name| name.strip_prefix(self.parts.prefix()))
            .with_context(|| format!("the package {} names no kernel", meta.name))?
            .to_owned();
        let root = cache.publish(&entry, &meta.folder_name(), |root, destination| {
            let mut what = format!("Linux {}", meta.version);
            let foreign = arch.is_foreign().then_some(arch.debian);
            for part in self.flavour.into_iter().chain(foreign) {
                what = format!("{what} {part}");
            }
            apt.unpack(&packages(&apt, &release, self.parts)?, &what, root)?;
            let folder = Root {
                now: root,
                then: destination,
            };
            headers::relocate(&apt, folder, &release, arch)?;
            fs::write(root.join("release"), &release)?;
            Ok(())
        })?;
        self.unpacked(cache, arch, &root, update)
    }

    /// The package that names the newest kernel's.
    fn meta_package(&self, arch: &Arch) -> String {
        let prefix = self.parts.prefix();
        let arch = arch.debian;
        match self.flavour {
            // Debian's name for the size of pages comes last.
            Some(flavour @ "16k") => format!("{prefix}{arch}-{flavour}"),
            Some(flavour) => format!("{prefix}{flavour}-{arch}"),
            None => format!("{prefix}{arch}"),
        }
    }

    /// The tools that the headers in `build_dir` name.
    fn tools(
        &self,
        cache: &Cache,
        arch: &'static Arch,
        build_dir: &Path,
        update: Update,
    ) -> Result<Tools> {
        let version = headers::compiler_version(build_dir)
            .with_context(|| format!("{} names no compiler", build_dir.display()))?;
        let apt = || Apt::update_for(cache, self.suites, arch);
        Tools::get(cache, arch, &version, update, apt)
    }

    fn unpacked(
        &self,
        cache: &Cache,
        arch: &'static Arch,
        root: &Path,
        update: Update,
    ) -> Result<Kernel> {
        let release = fs::read_to_string(root.join("release"))
            .with_context(|| format!("the cache is damaged: delete {}", root.display()))?;
        let modules = ["usr/lib/modules", "lib/modules"]
            .map(|folder| root.join(folder).join(&release))
            .into_iter()
            .find(|folder| folder.join("kernel").is_dir());
        let images = [
            root.join(format!("boot/vmlinuz-{release}")),
            root.join(format!("usr/lib/modules/{release}/vmlinuz")),
            // Not compressed on riscv64.
            root.join(format!("boot/vmlinux-{release}")),
        ];
        let image = images.into_iter().find(|path| path.is_file());
        if image.is_none() && self.parts == Parts::All {
            bail!("the cache is damaged: delete {}", root.display());
        }
        let build_dir = root.join(format!("usr/src/linux-headers-{release}"));
        let tools = if arch.is_foreign() {
            Some(self.tools(cache, arch, &build_dir, update)?)
        } else {
            None
        };
        Ok(Kernel {
            name: arch.add_to_name(self.name),
            platform: Platform::Qemu(arch),
            image,
            make_variables: headers::make_variables(&build_dir, tools.as_ref()),
            compiler: Tools::compiler_of(tools.as_ref()),
            build_dir,
            modules,
            release,
        })
    }
}

/// The name of the guests' busybox in the cache.
const BUSYBOX: &str = "busybox";

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
pub fn busybox(cache: &Cache, suites: &[&str], arch: &Arch, update: Update) -> Result<PathBuf> {
    let entry = arch.add_to_name(BUSYBOX);
    let file = |root: PathBuf| -> Result<PathBuf> {
        Ok(["usr/bin/busybox", "bin/busybox"]
            .map(|path| root.join(path))
            .into_iter()
            .find(|path| path.is_file())
            .context("the package busybox-static has no bin/busybox")?)
    };
    if update == Update::Missing
        && let Some(root) = cache.current(&entry)
    {
        return file(root);
    }
    let apt = Apt::update_for(cache, suites, arch)?;
    let package = apt.newest(&format!("busybox-static:{}", arch.debian))?;
    let key = package.folder_name();
    let root = cache.publish(&entry, &key, |root, _| apt.unpack(&[package], &entry, root))?;
    file(root)
}
