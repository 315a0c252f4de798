// SPDX-License-Identifier: MIT OR Apache-2.0

//! The kernels to build for and to boot: `--kernel K`.

use crate::apt::{Apt, Package};
use crate::{built, cache, sources, toolchain};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// What a kernel runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// A machine that qemu is.
    Qemu,
    /// This machine's kernel: it is User Mode Linux.
    UserMode,
}

/// A kernel that modules can be built for and that can be booted.
#[derive(Debug, Clone)]
pub struct Kernel {
    /// A name for folders in the target folder: that which `--kernel` takes, or
    /// made of the build folder's path.
    pub name: String,
    /// What `uname -r` says in it.
    pub release: String,
    /// What boots it.
    pub platform: Platform,
    /// The image to boot; a build folder may have none.
    pub image: Option<PathBuf>,
    /// The folder for `make -C`.
    pub build_dir: PathBuf,
    /// What make needs to be told to build for it with this machine's tools.
    pub make_variables: Vec<String>,
    /// Its own modules (`/lib/modules/RELEASE`), where it has some.
    pub modules: Option<PathBuf>,
}

impl Kernel {
    /// Whether it looks for its own bugs, and is slow for that.
    ///
    /// # Errors
    ///
    /// Its build folder has no configuration.
    pub fn has_checkers(&self) -> Result<bool> {
        let config = self.config()?;
        let is_on = |option: &str| config.lines().any(|line| line == option);
        Ok(is_on("CONFIG_KASAN=y") || is_on("CONFIG_KCSAN=y"))
    }

    /// The configuration that it was built with.
    ///
    /// # Errors
    ///
    /// Its build folder has none.
    pub(crate) fn config(&self) -> Result<String> {
        let file = self.build_dir.join(".config");
        fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))
    }

    /// The file of one of its own modules, if it has that.
    #[must_use]
    pub fn module(&self, name: &str) -> Option<PathBuf> {
        let name = format!("{name}.ko");
        let files = WalkDir::new(self.modules.as_ref()?).into_iter();
        files
            .filter_map(Result::ok)
            .map(walkdir::DirEntry::into_path)
            .find(|path| path.file_name().is_some_and(|own| *own == *name))
    }

    /// The image to boot.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn image(&self) -> Result<&Path> {
        self.image.as_deref().with_context(|| {
            format!(
                "{} has no image to boot: run make there",
                self.build_dir.display()
            )
        })
    }
}

/// A kernel of Debian's packages.
struct Series {
    name: &'static str,
    suites: &'static [&'static str],
}

const SERIES: [Series; 3] = [
    Series {
        name: "6.1",
        suites: &["bookworm", "bookworm-security"],
    },
    Series {
        name: "6.12",
        suites: &["trixie", "trixie-security"],
    },
    Series {
        name: "latest",
        // Libraries for the backports' tools are in trixie, if sid cannot be had.
        suites: &["trixie", "trixie-backports", "sid"],
    },
];

/// Whether package lists are fetched although the cache has what is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Update {
    /// Only when the cache lacks something.
    Missing,
    /// Always, for newer versions.
    Always,
}

/// The kernel that the machine's own distribution release ships.
#[must_use]
pub fn default_name() -> &'static str {
    match sources::os_release("VERSION_ID").as_deref() {
        Some("12") => "6.1",
        Some("13") => "6.12",
        _ => "latest",
    }
}

/// The suite of the machine's own distribution release.
#[must_use]
pub fn default_suite() -> &'static str {
    suites_of(None)[0]
}

/// The suites that a kernel of Debian's packages is in; none: those of the
/// machine's own distribution release.
pub(crate) fn suites_of(name: Option<&str>) -> &'static [&'static str] {
    let name = name.unwrap_or_else(|| default_name());
    SERIES
        .iter()
        .find(|series| series.name == name)
        .map_or(SERIES[0].suites, |series| series.suites)
}

/// Finds the kernel `name` (none: [`default_name`]); downloads or builds it
/// when it is not there.
///
/// # Errors
///
/// There is no such kernel, or it cannot be downloaded or built.
pub fn get(name: Option<&str>, update: Update) -> Result<Kernel> {
    let name = name.unwrap_or_else(|| default_name());
    if let Some(series) = SERIES.iter().find(|series| series.name == name) {
        return packaged(series, update);
    }
    if let Some(recipe) = built::find(name) {
        let folder = built::get(recipe, update)?;
        return Ok(Kernel {
            name: name.to_owned(),
            ..prepared(&folder)?
        });
    }
    if name.contains('/') || Path::new(name).is_dir() {
        return prepared(Path::new(name));
    }
    bail!(
        "no kernel '{name}': use {}, or the path of a prepared kernel build folder",
        names().collect::<Vec<_>>().join(", ")
    );
}

/// What kernels [`get`] knows by name.
pub fn names() -> impl Iterator<Item = &'static str> {
    SERIES
        .iter()
        .map(|series| series.name)
        .chain(built::names())
}

/// Finds busybox for the guests; downloads it when it is not there.
///
/// # Errors
///
/// It cannot be downloaded.
pub fn busybox(update: Update) -> Result<PathBuf> {
    let file = |root: PathBuf| {
        ["usr/bin/busybox", "bin/busybox"]
            .map(|path| root.join(path))
            .into_iter()
            .find(|path| path.is_file())
            .context("the package busybox-static has no bin/busybox")
    };
    if update == Update::Missing
        && let Some(root) = cache::current("busybox")?
    {
        return file(root);
    }
    let apt = Apt::update(suites_of(None))?;
    let package = apt.newest("busybox-static")?;
    let key = folder_name(&package.version);
    let root = cache::publish("busybox", &key, |root, _| {
        apt.unpack(&[package], "busybox", root)
    })?;
    file(root)
}

fn packaged(series: &Series, update: Update) -> Result<Kernel> {
    let entry = format!("kernels/{}", series.name);
    if update == Update::Missing
        && let Some(root) = cache::current(&entry)?
    {
        return unpacked(series, &root);
    }
    let apt = Apt::update(series.suites)?;
    let meta = apt.newest("linux-image-amd64")?;
    let release = meta
        .depends()
        .find_map(|name| name.strip_prefix("linux-image-"))
        .context("the package linux-image-amd64 names no kernel")?
        .to_owned();
    let version = meta.version.clone();
    let root = cache::publish(&entry, &folder_name(&version), |root, destination| {
        let what = format!("Linux {version}");
        apt.unpack(&packages(&apt, &release)?, &what, root)?;
        let libraries = toolchain::library_packages(&apt)?;
        let libraries_root = root.join(toolchain::LIBRARIES);
        apt.unpack(&libraries, "the build tools' libraries", &libraries_root)?;
        toolchain::relocate(root, destination, &release)?;
        fs::write(root.join("release"), &release)?;
        Ok(())
    })?;
    unpacked(series, &root)
}

/// Image, modules, headers and build tools, but nothing that only an
/// installed system needs.
fn packages(apt: &Apt, release: &str) -> Result<Vec<Package>> {
    let wanted = |name: &str| {
        ["linux-image-", "linux-binary-", "linux-modules-"]
            .iter()
            .chain(&["linux-headers-", "linux-kbuild-"])
            .any(|prefix| name.starts_with(prefix))
    };
    let mut packages = apt.closure(&format!("linux-image-{release}"), wanted)?;
    packages.extend(apt.closure(&format!("linux-headers-{release}"), wanted)?);
    packages.sort();
    packages.dedup();
    Ok(packages)
}

fn unpacked(series: &Series, root: &Path) -> Result<Kernel> {
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
    let image = images
        .into_iter()
        .find(|path| path.is_file())
        .with_context(|| format!("the cache is damaged: delete {}", root.display()))?;
    let build_dir = root.join(format!("usr/src/linux-headers-{release}"));
    let make_variables = toolchain::make_variables(&build_dir)?;
    Ok(Kernel {
        name: series.name.to_owned(),
        platform: Platform::Qemu,
        image: Some(image),
        make_variables,
        build_dir,
        modules,
        release,
    })
}

/// A kernel that somebody built or unpacked: `path` is what `make -C` takes.
fn prepared(path: &Path) -> Result<Kernel> {
    let build_dir = fs::canonicalize(path)
        .with_context(|| format!("no kernel build folder {}", path.display()))?;
    let shown = build_dir.display();
    if !build_dir.join("Makefile").is_file() {
        bail!("{shown} is no kernel build folder (no Makefile): give the one that `make -C` takes");
    }
    if !build_dir.join("Module.symvers").is_file() {
        bail!("{shown} is not ready for modules (no Module.symvers): build the kernel there first");
    }
    // Not include/config/kernel.release: Debian's headers have another there.
    let generated = fs::read_to_string(build_dir.join("include/generated/utsrelease.h"))
        .with_context(|| format!("{shown} is not ready for modules: run `make prepare` there"))?;
    let release = generated
        .split('"')
        .nth(1)
        .with_context(|| format!("{shown} tells no release: run `make prepare` there"))?
        .to_owned();
    let config = fs::read_to_string(build_dir.join(".config")).unwrap_or_default();
    let mut make_variables = toolchain::make_variables(&build_dir)?;
    let (platform, images) = if config.lines().any(|line| line == "CONFIG_UML=y") {
        make_variables.push("ARCH=um".to_owned());
        (Platform::UserMode, vec![build_dir.join("linux")])
    } else {
        let image = build_dir.join("arch/x86/boot/bzImage");
        let installed = PathBuf::from(format!("/boot/vmlinuz-{release}"));
        (Platform::Qemu, vec![image, installed])
    };
    let modules = PathBuf::from(format!("/lib/modules/{release}"));
    Ok(Kernel {
        name: shown.to_string().trim_matches('/').replace('/', "-"),
        platform,
        make_variables,
        modules: modules.join("kernel").is_dir().then_some(modules),
        image: images.into_iter().find(|path| path.is_file()),
        release,
        build_dir,
    })
}

/// A package version as the name of a folder; make cannot work in a folder
/// with a colon in its name.
pub(crate) fn folder_name(version: &str) -> String {
    version.replace(':', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(name: &str) -> String {
        let error = get(Some(name), Update::Missing).err();
        error.map_or_else(String::new, |error| format!("{error:#}"))
    }

    #[test]
    fn an_unknown_name_tells_the_known_ones() {
        assert!(message("5.10").contains("use 6.1, 6.12, latest, debug, "));
    }

    #[test]
    fn a_folder_that_is_no_build_folder_is_refused() {
        assert!(message("/nonexistent/linux").contains("no kernel build folder"));
        let Ok(folder) = tempfile::tempdir() else {
            panic!("no temporary folder");
        };
        let path = folder.path().to_string_lossy().into_owned();
        assert!(message(&path).contains("no Makefile"));
        assert!(fs::write(folder.path().join("Makefile"), "").is_ok());
        assert!(message(&path).contains("no Module.symvers"));
    }
}
