// SPDX-License-Identifier: MIT OR Apache-2.0

//! The packages in Debian systems: installed by apt, used, rebuilt by DKMS for a newer
//! kernel, and purged.

use crate::common::trial;
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use umd_tests::debian::guest::{self, Boot, Outcome};
use umd_tests::debian::{RELEASES, Release, Root, packages, uefi};
use umd_tests::log_lines::Page;
use umd_tests::{cache, command, repo, template};
use umd_vm::apt::Apt;

/// The packages of a server; `umd-dev` is for developers.
const ON_SERVERS: [&str; 3] = ["umd-mgmt-dkms_", "umd-pgp-dkms_", "umd-pgp_"];

/// What all packages are called without versions, the last one first.
const NAMES: [&str; 4] = ["umd-dev", "umd-pgp", "umd-pgp-dkms", "umd-mgmt-dkms"];

/// A driver that `cargo umd new` makes, and what DKMS calls it.
const OWN: &str = "third";
const OWN_IN_DKMS: &str = "umd-third/0.1.0";

/// A Debian system of the oldest release, with its own kernel.
pub(crate) fn short_trial() -> Trial {
    trial("debian_installs_the_packages::12", || {
        let system = System::new(RELEASES[0])?;
        let kernel = system.newest_kernel()?;
        system.use_packages(&kernel, "poweroff")
    })
}

/// All of it, for each release.
pub(crate) fn trials() -> Vec<Trial> {
    let of = |release: Release| {
        let name = format!("debian_rebuilds_for_a_newer_kernel::{}", release.number);
        trial(&name, move || rebuilds(release))
    };
    let signed = trial("debian_loads_only_what_is_signed::12", || {
        enforces_signatures(RELEASES[0])
    });
    RELEASES.into_iter().map(of).chain([signed]).collect()
}

/// The firmware knows the key with which DKMS has signed the modules.
fn enforces_signatures(release: Release) -> Result<()> {
    let system = System::new(release)?;
    let folder = tempfile::tempdir()?;
    let variables = folder.path().join("variables");
    uefi::variables(&variables)?;
    let certificate = fs::read(system.root.path("var/lib/dkms/mok.pub"))?;
    let list = folder.path().join("db");
    fs::write(&list, uefi::db(&certificate)?)?;
    system.root.copy(&list, "umd/db")?;
    system.root.write("umd/enforced", "")?;
    let kernel = system.newest_kernel()?;
    let enroll = format!("cat /umd/db >{}", uefi::DB);
    let first = Boot {
        root: &system.root,
        kernel: &kernel,
        arguments: "",
        script: &enroll,
        end: "poweroff",
        variables: Some(&variables),
    };
    let outcome = guest::boot(&first)?;
    ensure!(outcome.status == Some(0), "{}", outcome.output);
    system.boot(&Boot {
        arguments: "module.sig_enforce=1",
        script: &script()?,
        ..first
    })
}

/// What is done in each guest.
fn script() -> Result<String> {
    Ok(fs::read_to_string(
        repo::root().join("tests/debian/test.sh"),
    )?)
}

fn rebuilds(release: Release) -> Result<()> {
    let system = System::new(release)?;
    let old = system.newest_kernel()?;
    system.add_own_driver(&old)?;
    system.use_packages(&old, "reboot")?;

    system.put_into_initramfs()?;
    system.root.upgrade_kernel()?;
    let new = system.newest_kernel()?;
    ensure!(new != old, "{} has no newer kernel", release.number);
    for kernel in [&old, &new] {
        system.is_built_for(kernel)?;
        system.has_own_driver(kernel)?;
    }
    system.has_loader_in_initramfs(&new)?;
    system.use_packages(&new, "poweroff")?;

    system.driver_needs_the_library(&new)?;
    system.remove_own_driver()?;
    system.purge_leaves_nothing()
}

struct System {
    root: Root,
    /// The files before the packages came.
    before: BTreeSet<String>,
    /// The packages, on this machine.
    packages: TempDir,
}

impl System {
    /// A system with the packages.
    fn new(release: Release) -> Result<Self> {
        let packages = tempfile::tempdir()?;
        let mut built = packages::build(packages.path(), &[], None)?;
        built.retain(|file| is_on_servers(file));
        ensure!(built.len() == ON_SERVERS.len(), "{built:?}");
        let root = Root::new(release)?;
        let signed = Apt::release(&cache::open()?, "bookworm")?;
        for name in ["Release", "Release.gpg"] {
            root.copy(&signed.join(name), &format!("umd/{name}"))?;
        }
        let before = files(&root)?;
        root.install(&built)?;
        let system = Self {
            root,
            before,
            packages,
        };
        system.is_built_for(&system.newest_kernel()?)?;
        Ok(system)
    }

    fn newest_kernel(&self) -> Result<String> {
        let kernels = self.root.kernels()?;
        kernels.last().cloned().context("no kernel")
    }

    fn is_built_for(&self, kernel: &str) -> Result<()> {
        for name in ["umd-mgmt", "umd-pgp"] {
            self.is_installed(name, kernel)?;
        }
        let symbols = format!("lib/modules/{kernel}/umd/Module.symvers");
        ensure!(self.root.path(&symbols).exists(), "no {symbols}");
        Ok(())
    }

    fn is_installed(&self, name: &str, kernel: &str) -> Result<()> {
        let status = self.root.run(&["dkms", "status", "-k", kernel])?;
        let is_it = |line: &str| line.starts_with(name) && line.contains(": installed");
        ensure!(status.lines().any(is_it), "{kernel}: {status}");
        Ok(())
    }

    /// Adds a driver as its README says.
    fn add_own_driver(&self, kernel: &str) -> Result<()> {
        let package = format!("umd-dev_{}_all.deb", env!("CARGO_PKG_VERSION"));
        self.root.install(&[self.packages.path().join(package)])?;
        let folder = tempfile::tempdir()?;
        let driver = template::new(folder.path(), OWN)?;
        command::output(&mut template::umd(&driver, &["build"]))?;
        let handler = driver.join(format!("target/handlers/{OWN}_umh"));
        let to = format!("root/{OWN}");
        for file in files_in(&driver.join("loader-c").join(OWN))? {
            let name = file.file_name().context("it is a file")?;
            let name = name.to_string_lossy();
            self.root.copy(&file, &format!("{to}/{name}"))?;
        }
        for to in [format!("{to}/handlers"), "umd".to_owned()] {
            self.root.copy(&handler, &format!("{to}/{OWN}_umh"))?;
        }
        self.root.run(&["dkms", "add", &format!("/{to}")])?;
        self.root
            .run(&["dkms", "install", OWN_IN_DKMS, "-k", kernel])?;
        self.has_own_driver(kernel)
    }

    fn has_own_driver(&self, kernel: &str) -> Result<()> {
        let (name, _) = OWN_IN_DKMS.split_once('/').context("it has a version")?;
        self.is_installed(name, kernel)
    }

    fn remove_own_driver(&self) -> Result<()> {
        self.root.run(&["dkms", "remove", OWN_IN_DKMS, "--all"])?;
        let sources = format!("/usr/src/{}", OWN_IN_DKMS.replace('/', "-"));
        self.root.run(&["rm", "-r", &sources])?;
        Ok(())
    }

    fn put_into_initramfs(&self) -> Result<()> {
        let list = "etc/initramfs-tools/modules";
        let own = fs::read_to_string(self.root.path(list))?;
        self.root.write(list, &format!("{own}pgp_mgr\n"))?;
        self.root.write("umd/in_initramfs", "")
    }

    fn has_loader_in_initramfs(&self, kernel: &str) -> Result<()> {
        let image = format!("/boot/initrd.img-{kernel}");
        let list = self.root.run(&["lsinitramfs", &image])?;
        for module in packages::module_names() {
            let file = format!("/{module}.ko");
            ensure!(list.contains(&file), "{module} is not in {image}");
        }
        Ok(())
    }

    fn use_packages(&self, kernel: &str, end: &str) -> Result<()> {
        self.boot(&Boot {
            root: &self.root,
            kernel,
            arguments: "",
            script: &script()?,
            end,
            variables: None,
        })
    }

    fn boot(&self, boot: &Boot) -> Result<()> {
        let Boot { kernel, end, .. } = *boot;
        let outcome = guest::boot(boot)?;
        let seconds = outcome.elapsed.as_secs_f64();
        let shutdown = outcome.shutdown.as_secs_f64();
        eprintln!("    {kernel}: {seconds:.0} s in the guest, {shutdown:.0} s of them to {end}");
        judge(&outcome)
    }

    /// Without the library's symbols a driver is not built, and the message says so.
    fn driver_needs_the_library(&self, kernel: &str) -> Result<()> {
        let version = env!("CARGO_PKG_VERSION");
        let [library, driver] = ["mgmt", "pgp"].map(|name| format!("umd-{name}/{version}"));
        self.root
            .run(&["dkms", "uninstall", &library, "-k", kernel])?;
        self.root.run(&["dkms", "unbuild", &driver, "-k", kernel])?;
        // DKMS 3.2 sees by itself what is missing, unless it is forced; then our message is
        // in the log of the build.
        let log = format!("var/lib/dkms/{driver}/build/make.log");
        for force in [&[][..], &["--force"]] {
            let build = ["dkms", "build", &driver, "-k", kernel];
            let output = self.root.finished(&[&build, force].concat())?;
            ensure!(!output.status.success(), "it is built");
            let log = fs::read(self.root.path(&log)).unwrap_or_default();
            let said = [output.stdout, output.stderr, log].concat();
            let said = String::from_utf8_lossy(&said);
            let ours = said.contains(&format!("dkms install {library} -k {kernel}"));
            let of_dkms = force.is_empty() && said.contains("missing BUILD_DEPENDS: umd-mgmt.");
            ensure!(ours || of_dkms, "{said}");
        }
        Ok(())
    }

    fn purge_leaves_nothing(&self) -> Result<()> {
        self.root.apt(&[&["purge"][..], &NAMES].concat())?;
        let left: Vec<String> = files(&self.root)?
            .difference(&self.before)
            .filter(|name| is_ours(name))
            .cloned()
            .collect();
        ensure!(left.is_empty(), "{left:#?}");
        let accounts = fs::read_to_string(self.root.path("etc/passwd"))?;
        ensure!(!accounts.contains("umd"), "{accounts}");
        Ok(())
    }
}

/// The files of a folder.
fn files_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
    entries.collect()
}

fn is_on_servers(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    ON_SERVERS.iter().any(|start| name.starts_with(start))
}

/// All files of the system but logs.
fn files(root: &Root) -> Result<BTreeSet<String>> {
    let list = root.run(&["find", "/", "-xdev", "-not", "-path", "/var/log/*"])?;
    Ok(list.lines().map(str::to_owned).collect())
}

/// Whether a file that was not there before is one that purging should have removed: not
/// the packages' own files in /root, what the newer kernel brings, nor DKMS's key.
fn is_ours(name: &str) -> bool {
    const OF_OTHERS: [&str; 5] = [
        "/root/",
        "/umd/",
        "/var/lib/dkms/mok.",
        "/proc",
        "/var/cache/",
    ];
    let is_of_others = OF_OTHERS.iter().any(|start| name.starts_with(start));
    !is_of_others
        && ["umd", "pgp", "dkms", "verify_mgr", "loader_kmod"]
            .iter()
            .any(|word| name.contains(word))
}

fn judge(outcome: &Outcome) -> Result<()> {
    let (output, console) = (&outcome.output, &outcome.console);
    ensure!(outcome.status == Some(0), "{output}\nconsole:\n{console}");
    ensure!(
        !console.contains("A stop job is running"),
        "the end is held up:\n{console}"
    );
    let page = Page::read()?;
    let lines: Vec<&str> = output
        .lines()
        .filter_map(|line| line.strip_prefix("journal: "))
        .collect();
    ensure!(!lines.is_empty(), "the journal has nothing:\n{output}");
    let unknown: Vec<_> = lines.iter().filter(|line| !page.explains(line)).collect();
    ensure!(unknown.is_empty(), "not in ADMIN.md: {unknown:#?}");
    Ok(())
}
