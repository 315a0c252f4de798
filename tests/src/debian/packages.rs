// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo debian`: Debian's packages, from `loader-c/debian/`. The Handlers are built
//! before, so that the packages' own build and the servers need no Rust.

use crate::kernel::Kernel;
use crate::progress::Step;
use crate::{command, file, handlers, modules, repo, setup};
use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use umd_vm::Arch;
use walkdir::WalkDir;

/// What builds packages, and Debian's packages of these programs.
const PROGRAMS: [setup::Program; 3] = [
    ("dh", "debhelper"),
    ("dh_dkms", "dh-dkms"),
    ("dpkg-buildpackage", "dpkg-dev"),
];

/// The build profile of `loader-c/debian/control` that adds the package of modules.
const WITH_MODULES: &str = "pkg.umd.modules";

/// The modules in that package, below `loader-c`: the library, and the drivers of OpenPGP
/// and of signatures.
pub const MODULES: [&str; 7] = [
    "umd_mgmt.ko",
    "pgp/pgp_mgr.ko",
    "pgp/pgp_loader_kmod.ko",
    "verify/verify_mgr.ko",
    "verify/verify_loader_kmod.ko",
    "verify/ec/verify_ec_loader_kmod.ko",
    "verify/rsa/verify_rsa_loader_kmod.ko",
];

/// The names of the modules, as `modprobe` takes them.
pub fn module_names() -> impl Iterator<Item = &'static str> {
    MODULES.iter().map(|path| {
        let file = path.rsplit_once('/').map_or(*path, |(_, file)| file);
        file.trim_end_matches(".ko")
    })
}

/// The Handlers that the packages have.
const HANDLERS: [&str; 5] = [
    "pgp_umh",
    "sample_umh",
    "verify_ec_umh",
    "verify_rsa_umh",
    "verify_umh",
];

/// Variables that would change what a build makes.
const SETTINGS: [&str; 5] = [
    "DEB_BUILD_OPTIONS",
    "DEB_BUILD_PROFILES",
    "SOURCE_DATE_EPOCH",
    "MAKEFLAGS",
    "DESTDIR",
];

/// A key that signs modules, and its certificate, as the kernel's `sign-file` reads them.
#[derive(Debug, Clone, Copy)]
pub struct Key<'a> {
    /// The private key, in PEM.
    pub key: &'a Path,
    /// The certificate, in PEM or DER.
    pub certificate: &'a Path,
}

/// Builds the packages in `folder`, which has no others, and returns their files. With
/// `kernels` there is one more, of modules for these; `key` signs them.
///
/// # Errors
///
/// A tool cannot be installed, or something does not build.
pub fn build(folder: &Path, kernels: &[Kernel], key: Option<Key>) -> Result<Vec<PathBuf>> {
    setup::install(&PROGRAMS)?;
    handlers::build_all(Arch::host())?;
    let sources = folder.join(format!("umd-{}", env!("CARGO_PKG_VERSION")));
    ensure!(!sources.exists(), "{} is there already", sources.display());
    copy_sources(&sources)?;
    copy_handlers(&sources.join("handlers"))?;
    for kernel in kernels {
        let of_kernel = sources.join("modules").join(&kernel.release);
        copy_modules(kernel, key, &of_kernel)?;
    }
    let step = Step::start("building the packages".to_owned());
    let mut build = Command::new("dpkg-buildpackage");
    build.args(["--build=full", "--no-sign"]);
    for name in SETTINGS {
        build.env_remove(name);
    }
    if !kernels.is_empty() {
        build.arg(format!("--build-profiles={WITH_MODULES}"));
    }
    build.current_dir(&sources).env("LC_ALL", "C.UTF-8");
    command::output(&mut build)?;
    step.done();
    fs::remove_dir_all(&sources)?;
    packages_in(folder)
}

/// The files of packages in a folder, sorted.
fn packages_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "deb") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Copies `loader-c/` without what was built there.
fn copy_sources(to: &Path) -> Result<()> {
    let from = repo::root().join("loader-c");
    let is_copied = |handlers: &Path| handlers == from.join("handlers");
    let entries = WalkDir::new(&from).sort_by_file_name().into_iter();
    for entry in entries.filter_entry(|entry| !is_copied(entry.path())) {
        let entry = entry?;
        let name = entry.path().strip_prefix(&from)?;
        let to = to.join(name);
        if entry.file_type().is_dir() {
            fs::create_dir_all(&to)?;
        } else if !modules::is_output(name) {
            fs::copy(entry.path(), &to).with_context(|| to.display().to_string())?;
        }
    }
    Ok(())
}

/// Copies the Handlers, with a list of what they are, byte for byte.
fn copy_handlers(to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    let mut sums = String::new();
    for name in HANDLERS {
        let bytes = fs::read(handlers::handlers_dir(Arch::host())?.join(name))?;
        let mut sum = String::new();
        for byte in Sha256::digest(&bytes) {
            write!(sum, "{byte:02x}")?;
        }
        writeln!(sums, "{sum}  {name}")?;
        file::write(&to.join(name), &bytes)?;
    }
    Ok(file::write(&to.join("SHA256SUMS"), sums.as_bytes())?)
}

/// Builds the modules and copies them, signed if there is a key.
fn copy_modules(kernel: &Kernel, key: Option<Key>, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    modules::build_and(kernel, |built| {
        fs::copy(built.join("Module.symvers"), to.join("Module.symvers"))?;
        for name in MODULES {
            let from = built.join(name);
            let to = to.join(from.file_name().context("it is a file")?);
            fs::copy(&from, &to).with_context(|| from.display().to_string())?;
            if let Some(key) = key {
                sign(kernel, key, &to)?;
            }
        }
        Ok(())
    })
}

/// Signs a module in its place.
///
/// # Errors
///
/// The kernel has no `sign-file`, or the key cannot be used.
pub fn sign(kernel: &Kernel, key: Key, module: &Path) -> Result<()> {
    let mut sign = Command::new(kernel.build_dir.join("scripts/sign-file"));
    sign.arg("sha512").arg(std::path::absolute(key.key)?);
    sign.arg(std::path::absolute(key.certificate)?).arg(module);
    command::output(&mut sign).context("the modules are not signed")?;
    Ok(())
}
