// SPDX-License-Identifier: MIT OR Apache-2.0

//! Debian's packages: what is in them, and that each build makes the same bytes.

use anyhow::{Context, Result, ensure};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use umd_tests::debian::packages::{self, Key};
use umd_tests::installed::{files_below, modinfo};
use umd_tests::kernel::Update;
use umd_tests::{command, handlers, repo, setup};

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The packages, and files that each has among others.
const FILES: [(&str, &[&str]); 4] = [
    (
        "umd-mgmt-dkms",
        &[
            "usr/share/doc/umd-mgmt-dkms/ADMIN.md.gz",
            "usr/share/initramfs-tools/hooks/umd",
            "usr/share/man/man4/umd_mgmt.4.gz",
            "usr/src/umd-mgmt-VERSION/dkms.conf",
            "usr/src/umd-mgmt-VERSION/mgmt/main.c",
        ],
    ),
    (
        "umd-pgp-dkms",
        &[
            "usr/share/doc/umd-pgp-dkms/README.md.gz",
            "usr/share/doc/umd-pgp-dkms/README.verify.md.gz",
            "usr/share/man/man4/pgp_mgr.4.gz",
            "usr/share/man/man4/verify_mgr.4.gz",
            "usr/src/umd-pgp-VERSION/dkms.conf",
            "usr/src/umd-pgp-VERSION/handlers/pgp_umh",
            "usr/src/umd-pgp-VERSION/handlers/verify_ec_umh",
            "usr/src/umd-pgp-VERSION/handlers/verify_rsa_umh",
            "usr/src/umd-pgp-VERSION/handlers/verify_umh",
            "usr/src/umd-pgp-VERSION/pgp/loader.c",
            "usr/src/umd-pgp-VERSION/verify/loader.c",
        ],
    ),
    (
        "umd-pgp",
        &["usr/sbin/umd-pgp", "usr/share/man/man8/umd-pgp.8.gz"],
    ),
    (
        "umd-dev",
        &[
            "usr/share/doc/umd-dev/examples/reverse/Kbuild",
            "usr/share/doc/umd-dev/umd.config",
            "usr/share/umd/include/umd_verify.h",
            "usr/share/umd/include/umd_verify_abi.h",
            "usr/share/umd/include/usermode_driver_mgmt.h",
            "usr/share/umd/umd.mk",
        ],
    ),
];

/// The packages' contents by their files' names.
fn built(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let files = packages::build(folder, &[], None)?;
    let mut contents = BTreeMap::new();
    for file in files {
        let name = file.file_name().context("it is a file")?;
        contents.insert(name.to_string_lossy().into_owned(), fs::read(&file)?);
    }
    Ok(contents)
}

/// Builds all in two folders, whose paths have other lengths.
pub(crate) fn are_reproducible() -> Result<()> {
    let [one, other] = [tempfile::tempdir()?, tempfile::tempdir()?];
    let deeper = other.path().join("another/folder");
    fs::create_dir_all(&deeper)?;
    let first = built(one.path())?;
    let second = built(&deeper)?;
    let names: Vec<_> = first.keys().collect();
    ensure!(names.len() == FILES.len(), "{names:?}");
    ensure!(first.keys().eq(second.keys()), "other packages");
    for (name, contents) in &first {
        ensure!(second[name] == *contents, "{name} is another");
        eprintln!("    {name}: {} bytes", contents.len());
    }
    for (package, files) in FILES {
        has_its_files(one.path(), package, files)?;
    }
    Ok(())
}

fn has_its_files(folder: &Path, package: &str, files: &[&str]) -> Result<()> {
    let unpacked = tempfile::tempdir()?;
    unpack(&find(folder, package)?, unpacked.path())?;
    let found = files_below(unpacked.path())?;
    for name in files {
        let name = name.replace("VERSION", VERSION);
        ensure!(found.contains(&name), "{package} lacks {name}: {found:#?}");
        if let Some((_, handler)) = name.split_once("/handlers/") {
            let built = fs::read(handlers::handlers_dir(umd_vm::Arch::host())?.join(handler))?;
            let packaged = fs::read(unpacked.path().join(name))?;
            ensure!(packaged == built, "the Handler is another");
        }
    }
    Ok(())
}

/// The file of a package.
fn find(folder: &Path, package: &str) -> Result<PathBuf> {
    let start = format!("{package}_{VERSION}_");
    fs::read_dir(folder)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with(&start) && name.ends_with(".deb")
        })
        .with_context(|| format!("no package {package}"))
}

/// The kernels of the package of modules.
const KERNELS: [&str; 2] = ["6.1", "6.12"];

const SIGNER: &str = "Key of a test";

/// Packs modules for two kernels, signed by a key of ours.
pub(crate) fn modules_are_signed() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let [key, certificate] = ["key", "certificate"].map(|name| folder.path().join(name));
    make_key(&key, &certificate)?;
    let kernels = KERNELS.map(|name| setup::ensure(Some(name), Update::Missing));
    let kernels = kernels.into_iter().collect::<Result<Vec<_>>>()?;
    let kernels: Vec<_> = kernels.into_iter().map(|ready| ready.kernel).collect();
    let key = Key {
        key: &key,
        certificate: &certificate,
    };
    packages::build(folder.path(), &kernels, Some(key))?;
    let unpacked = tempfile::tempdir()?;
    unpack(&find(folder.path(), "umd-modules")?, unpacked.path())?;
    for kernel in &kernels {
        let modules = unpacked
            .path()
            .join("usr/lib/modules")
            .join(&kernel.release);
        ensure!(modules.join("umd/Module.symvers").is_file(), "no symbols");
        for name in packages::module_names() {
            let module = modules.join(format!("updates/umd/{name}.ko"));
            let signer = modinfo(&module, "signer")?;
            ensure!(signer == SIGNER, "{name}: signed by '{signer}'");
            let built_for = modinfo(&module, "vermagic")?;
            ensure!(
                built_for.starts_with(&kernel.release),
                "{name}: {built_for}"
            );
        }
    }
    Ok(())
}

fn make_key(key: &Path, certificate: &Path) -> Result<()> {
    setup::install(&[("openssl", "openssl")])?;
    let mut make = Command::new("openssl");
    make.args(["req", "-new", "-x509", "-newkey", "rsa:2048", "-nodes"]);
    make.args(["-subj", &format!("/CN={SIGNER}"), "-keyout"]);
    make.arg(key).arg("-out").arg(certificate);
    command::output(&mut make)?;
    Ok(())
}

fn unpack(package: &Path, folder: &Path) -> Result<()> {
    let mut unpack = Command::new("dpkg-deb");
    command::output(unpack.arg("--extract").arg(package).arg(folder))?;
    Ok(())
}

/// The version has several homes that no tool keeps equal.
pub(crate) fn have_one_version() -> Result<()> {
    let loader_c = repo::root().join("loader-c");
    for (file, line) in [
        (
            "include/umd_version.h",
            format!("#define UMD_VERSION \"{VERSION}\""),
        ),
        ("dkms.conf", format!("PACKAGE_VERSION=\"{VERSION}\"")),
        ("debian/changelog", format!("umd ({VERSION}) ")),
        ("man/umd-pgp.8", format!("\"umd {VERSION}\"")),
        ("man/umd_mgmt.4", format!("\"umd {VERSION}\"")),
        ("man/pgp_mgr.4", format!("\"umd {VERSION}\"")),
        ("man/verify_mgr.4", format!("\"umd {VERSION}\"")),
    ] {
        let text = fs::read_to_string(loader_c.join(file))?;
        ensure!(text.contains(&line), "loader-c/{file} lacks: {line}");
    }
    Ok(())
}
