// SPDX-License-Identifier: MIT OR Apache-2.0

//! The distribution's SELinux policy for guests, compiled from the modules of its
//! package. The compiler is of the same release, with its own libraries: nothing of
//! SELinux is installed on this machine.

use crate::{cache, command, kernel, setup};
use anyhow::{Context, Result};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use umd_vm::apt::Apt;
use walkdir::WalkDir;

/// The release with the policy.
const SUITES_OF: &str = "6.12";

/// The policy, its compilers, and the libraries that they are linked with.
const PACKAGES: [&str; 10] = [
    "selinux-policy-default",
    "policycoreutils",
    "secilc",
    "libaudit1",
    "libbz2-1.0",
    "libcap-ng0",
    "libpcre2-8-0",
    "libselinux1",
    "libsemanage2",
    "libsepol2",
];

/// A version of the policy's format that each kernel from 6.1 on reads.
const FORMAT: &str = "33";

/// The files of the cache, which are in the guest's folder `/selinux`.
const FILES: [&str; 2] = ["policy", "file_contexts"];

/// Returns paths in the guest and files: the policy as the kernel loads it, and the
/// contexts of files. Compiles them when the cache has none.
///
/// # Errors
///
/// A package cannot be downloaded, or the policy does not compile.
pub fn files() -> Result<Vec<(String, PathBuf)>> {
    let root = match cache::open()?.current("selinux") {
        Some(root) => root,
        None => make()?,
    };
    let file = |name: &str| (format!("selinux/{name}"), root.join(name));
    Ok(FILES.map(file).to_vec())
}

fn make() -> Result<PathBuf> {
    setup::install(&[("bzip2", "bzip2")])?;
    let cache = cache::open()?;
    let apt = Apt::update(&cache, kernel::suites_of(Some(SUITES_OF)))?;
    let mut packages = vec![apt.newest("libc6")?];
    for name in PACKAGES {
        packages.push(apt.newest(name)?);
    }
    let version = packages[1].folder_name();
    Ok(cache.publish("selinux", &version, |root, _| {
        let unpacked = tempfile::tempdir_in(root).context("no folder")?;
        apt.unpack(&packages, "the policy of SELinux", unpacked.path())?;
        Ok(compile(unpacked.path(), root)?)
    })?)
}

/// Compiles the modules below `packages` to [`FILES`] in `root`.
fn compile(packages: &Path, root: &Path) -> Result<()> {
    let modules = packages.join("usr/share/selinux/default");
    let mut all = Vec::new();
    for entry in WalkDir::new(&modules).sort_by_file_name() {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy();
        let Some(name) = name.strip_suffix(".pp.bz2") else {
            continue;
        };
        let module = packages.join(format!("{name}.pp"));
        let mut unpack = Command::new("bzip2");
        unpack.args(["--decompress", "--stdout"]).arg(entry.path());
        unpack.stdout(Stdio::from(File::create(&module)?));
        command::output(&mut unpack)?;
        let text = packages.join(format!("{name}.cil"));
        let mut translate = program(packages, "usr/libexec/selinux/hll/pp");
        command::output(translate.arg(&module).arg(&text)).with_context(|| name.to_owned())?;
        all.push(text);
    }
    let [policy, contexts] = FILES.map(|name| root.join(name));
    let mut compile = program(packages, "usr/bin/secilc");
    compile.args(["--multiple-decls", "--mls", "true", "--policyvers", FORMAT]);
    // Rules that say which denials are not to be logged are left out.
    compile.args(["--disable-neverallow", "--disable-dontaudit"]);
    compile.arg("--output").arg(&policy);
    compile.arg("--filecontext").arg(&contexts).args(all);
    command::output(&mut compile).context("the policy does not compile")?;
    Ok(())
}

/// A program of the packages, which is started with their C library.
fn program(packages: &Path, path: &str) -> Command {
    let libraries = packages.join("usr/lib/x86_64-linux-gnu");
    let mut command = Command::new(libraries.join("ld-linux-x86-64.so.2"));
    command.arg("--library-path").arg(&libraries);
    command.arg(packages.join(path));
    command
}
